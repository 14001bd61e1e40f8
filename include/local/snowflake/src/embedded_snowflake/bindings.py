"""Values bound to the ? placeholders of a statement, filled into its syntax tree."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError

Binding = tuple[str, Any]  # Snowflake's type and the value in the protocol's text, or a Python value with type ""


def of_request(bindings: dict[str, dict[str, Any]]) -> list[list[Binding]]:
    """Read the bindings of a request.

    Args:
        bindings: {"1": {"type": "FIXED", "value": "3"}, …}; for executemany each value is a list.

    Returns:
        One list of bindings per row; one row for an ordinary statement.
    """
    columns = [bindings[key] for key in sorted(bindings, key=int)]
    if columns and isinstance(columns[0]["value"], list):
        rows = zip(*(column["value"] for column in columns), strict=True)
        return [[(column["type"], value) for column, value in zip(columns, row, strict=True)] for row in rows]
    return [[(column["type"], column["value"]) for column in columns]]


def of_values(values: Sequence[Any]) -> list[Binding]:
    """Make bindings of Python values.

    Args:
        values: None, numbers, texts, dates, …

    Returns:
        One binding per value.
    """
    return [("", value) for value in values]


def fill(tree: exp.Expr, values: Sequence[Binding]) -> exp.Expr:
    """Put values in the place of the placeholders: of ? in the order of the statement's text, of :1 by its number.

    Args:
        tree: Statement as parsed by our dialect.
        values: One per placeholder.

    Returns:
        The tree, changed in place.

    Raises:
        SnowflakeError: There are more placeholders than values.
    """
    marks = [mark for mark in tree.find_all(exp.Placeholder) if mark.name.startswith("?")]
    marks.sort(key=lambda mark: int(mark.name[1:]))
    if len(marks) > len(values):
        raise SnowflakeError(
            f"SQL compilation error:\nBind variable ? not set ({len(values)} of {len(marks)} given).", 2049, "42601"
        )
    for mark, (kind, value) in zip(marks, values, strict=False):
        mark.replace(literal(kind, value))
    for mark in [mark for mark in tree.find_all(exp.Placeholder) if mark.name.isdigit()]:
        if not 0 < int(mark.name) <= len(values):
            raise SnowflakeError(f"SQL compilation error:\nBind variable :{mark.name} not set.", 2049, "42601")
        mark.replace(literal(*values[int(mark.name) - 1]))
    return tree


def in_order(marks: Sequence[exp.Expr]) -> bool:
    """Tell whether expressions are all placeholders, each of the value at its own place.

    Args:
        marks: Expressions of a row of VALUES.

    Returns:
        True for (?, ?) and (:1, :2); False for (:2, :1) and for anything else.
    """
    placed = (
        isinstance(mark, exp.Placeholder) and (mark.name[:1] == "?" or mark.name == str(place))
        for place, mark in enumerate(marks, 1)
    )
    return all(placed)


def literal(kind: str, value: Any) -> exp.Expr:
    """Write a bound value as an expression of its type.

    Args:
        kind: Snowflake's binding type: FIXED, REAL, TEXT, BOOLEAN, DATE, TIME, TIMESTAMP_NTZ/LTZ/TZ, BINARY; "" for a
            Python value.
        value: The protocol's text: dates in milliseconds, times and timestamps in nanoseconds since 1970, binary in
            hex.

    Returns:
        The expression.
    """
    if value is None:
        return exp.Null()
    writer = _WRITERS.get(kind.upper())
    return writer(str(value)) if writer is not None else _python_literal(value)


def _python_literal(value: Any) -> exp.Expr:
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, (bytes, bytearray)):
        return exp.HexString(this=bytes(value).hex())
    if isinstance(value, datetime.datetime):
        return _cast(value.isoformat(sep=" "), "TIMESTAMPTZ" if value.tzinfo else "TIMESTAMP")
    if isinstance(value, datetime.date):
        return _cast(value.isoformat(), "DATE")
    if isinstance(value, datetime.time):
        return _cast(value.isoformat(), "TIME")
    if isinstance(value, float):
        return _cast(repr(value), "DOUBLE")
    if isinstance(value, str):
        return exp.Literal.string(value)
    return _number(str(value))


def _cast(text: str, kind: str) -> exp.Expr:
    return exp.cast(exp.Literal.string(text), kind)


def _number(text: str) -> exp.Expr:
    return exp.Neg(this=exp.Literal.number(text[1:])) if text.startswith("-") else exp.Literal.number(text)


def instant(nanoseconds: str) -> str:
    """ISO text of nanoseconds since 1970."""
    seconds, rest = divmod(int(nanoseconds), 1_000_000_000)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{rest:09d}"[:26]


def _timestamp_tz(text: str) -> exp.Expr:
    nanoseconds, _, _offset = text.partition(" ")
    return _cast(instant(nanoseconds) + "+00", "TIMESTAMPTZ")


_WRITERS: dict[str, Callable[[str], exp.Expr]] = {
    "FIXED": _number,
    "REAL": lambda text: _cast(text, "DOUBLE"),
    "TEXT": exp.Literal.string,
    "ANY": exp.Literal.string,
    "BOOLEAN": lambda text: exp.Boolean(this=text.lower() == "true"),
    "DATE": lambda text: _cast(instant(str(int(text) * 1_000_000))[:10], "DATE"),
    "TIME": lambda text: _cast(instant(text)[11:], "TIME"),
    "TIMESTAMP_NTZ": lambda text: _cast(instant(text), "TIMESTAMP"),
    "TIMESTAMP_LTZ": lambda text: _cast(instant(text) + "+00", "TIMESTAMPTZ"),
    "TIMESTAMP_TZ": _timestamp_tz,
    "BINARY": lambda text: exp.HexString(this=text),
}
