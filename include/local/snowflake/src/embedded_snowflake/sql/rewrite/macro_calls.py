"""Build calls of the library's macros."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX

# Macros of which a second call would change nothing.
_ONCE = frozenset({"to_time", "to_double", "to_boolean", "to_integer", "varchar"})
# Conversions to a date: DuckDB's type, and the macro that reads texts alone.
_DATES = {
    "to_date": ("DATE", "date_of_text"),
    "to_timestamp": ("TIMESTAMP", "moment"),
    "to_timestamp_ltz": ("TIMESTAMPTZ", "instant"),
    "written": ("TIMESTAMP", "moment"),
}
_GIVES_DATES = frozenset(
    {*_DATES, *(reader for _, reader in _DATES.values()), "as_date", "as_timestamp", "as_timestamp_ltz"}
)


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Call a macro of the library.

    A macro that takes anything names its argument once for every type: one within another takes DuckDB a second to
    bind. So a simpler one is called where the argument's type is evident.

    Args:
        name: Its name without prefix.
        arguments: Its arguments.

    Returns:
        The call, or what means the same.
    """
    first = arguments[0] if len(arguments) == 1 else None
    if name in _DATES:
        kind, reader = _DATES[name]
        if isinstance(first, exp.Literal) and first.is_string:
            return exp.Anonymous(this=PREFIX + reader, expressions=[first])
        if _is_call(first, _GIVES_DATES) and first is not None:
            return exp.cast(first, kind, copy=False)
    if name in _ONCE and _is_call(first, frozenset({name})) and first is not None:
        return first
    return exp.Anonymous(this=PREFIX + name, expressions=list(arguments))


def as_decimal(value: exp.Expr, scale: int) -> exp.Expr:
    """Give a number 38 digits.

    Args:
        value: DuckDB's expression of a number; not copied.
        scale: Digits after the point.

    Returns:
        The cast, which `exp.cast` would leave out where the value is cast to another DECIMAL already.
    """
    return exp.Cast(this=value, to=exp.DataType.build(f"DECIMAL(38, {scale})", dialect="duckdb"))


def _is_call(node: exp.Expr | None, names: frozenset[str]) -> bool:
    return (
        isinstance(node, exp.Anonymous) and str(node.this).removeprefix(PREFIX) in names and len(node.expressions) == 1
    )
