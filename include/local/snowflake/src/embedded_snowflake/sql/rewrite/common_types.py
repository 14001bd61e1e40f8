"""Convert operands to their common type: of arithmetic, of COALESCE, CASE and the like.

A text beside a number is read as a number, beside a date as a date; beside a VARIANT everything is a VARIANT. Of
GREATEST and LEAST the first argument decides, except that a text among numbers is a number there, too: their reference
says otherwise, but Snowpark's own tests (test_greatest, test_least), which run on accounts, expect 3.0 of '1.0', 2, 3.

https://docs.snowflake.com/en/sql-reference/functions/coalesce#usage-notes
https://docs.snowflake.com/en/sql-reference/functions/greatest#returns
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.sql.resolve.number_types import is_number
from embedded_snowflake.sql.resolve.operands import ARITHMETIC, FIRST_DECIDES
from embedded_snowflake.sql.rewrite.conversions import CONVERSION_TO
from embedded_snowflake.sql.rewrite.macro_calls import call
from embedded_snowflake.sql.rewrite.number_scales import MixedNumbers

_NULL = ("NULL", '"NULL"')
_FRACTION = 5  # digits after the point of a text that becomes a NUMBER, unless it is a constant: NUMBER(18, 5)


def convert(node: exp.Expr, group: list[exp.Expr], kinds: list[str | None], mixed: MixedNumbers) -> None:
    """Convert the operands of a group to their common type.

    Args:
        node: What they are operands of.
        group: The operands; replaced where they stand.
        kinds: DuckDB's type of each; None where it cannot tell.
        mixed: Takes note of it where numbers of many digits may meet.
    """
    arithmetic = isinstance(node, ARITHMETIC)
    if not arithmetic and not isinstance(node, exp.Nullif):
        mixed.note(node, group, kinds)
    target = _number_beside(kinds) if arithmetic else _common(kinds, first=isinstance(node, FIRST_DECIDES))
    for operand, kind in zip(group, kinds, strict=True):
        if kind is None or kind in _NULL or kind == target:
            continue
        place = exp.Null()  # the operand itself is moved, not a copy: parts of it may still have to be converted
        operand.replace(place)
        place.replace(_in_arithmetic(operand, kind, target) if arithmetic else _beside(operand, kind, target))


def as_number(value: exp.Expr, *, is_float: bool = False) -> exp.Expr:
    """Read a text as a number.

    Args:
        value: DuckDB's expression of a text.
        is_float: Whether it stands beside a float.

    Returns:
        A FLOAT; or a NUMBER of the digits that a constant has, of NUMBER(18, 5) otherwise.
    """
    if is_float:
        return call("to_double", value)
    scale, precision = _FRACTION, 18
    if isinstance(value, exp.Literal):
        _, _, fraction = value.name.strip().partition(".")
        scale, precision = (
            (len(fraction) if fraction.isdigit() else 0 if value.name.strip().lstrip("+-").isdigit() else _FRACTION),
            38,
        )
    return exp.cast(value, f"DECIMAL({precision}, {scale})", copy=False)


def _number_beside(kinds: list[str | None]) -> str | None:
    """Tell what texts become in an operation with numbers; None where the other operand is a date, say."""
    others = [kind for kind in kinds if kind not in (*_NULL, "VARCHAR", "JSON", "BOOLEAN")]
    if any(not is_number(kind) for kind in others):
        return "DATE" if "DATE" in others else None
    return "DOUBLE" if any(kind in ("DOUBLE", "FLOAT") for kind in others) or "JSON" in kinds else "DECIMAL"


def _in_arithmetic(operand: exp.Expr, kind: str, target: str | None) -> exp.Expr:
    if target == "DATE":  # days are added, whole ones
        is_amount = kind == "VARCHAR" or (is_number(kind) and not isinstance(operand, exp.Literal))
        return exp.cast(call("to_integer", operand), "INT", copy=False) if is_amount else operand
    if target is not None and kind == "JSON":
        return call("to_double", operand)
    if target is not None and kind == "VARCHAR":
        return as_number(operand, is_float=target == "DOUBLE")
    return exp.cast(operand, "BIGINT", copy=False) if target is not None and kind == "BOOLEAN" else operand


def _common(kinds: list[str | None], *, first: bool) -> str | None:
    """Find the common type; None where nothing has to change, or it cannot be told."""
    if "JSON" in kinds:
        return "JSON"
    known = [kind for kind in kinds if kind not in _NULL]
    others = [kind for kind in known if kind is not None and kind != "VARCHAR"]
    if first and known and known[0] == "VARCHAR" and not all(is_number(kind) for kind in others):
        return "VARCHAR"
    if not others or "VARCHAR" not in known:
        return None
    if all(is_number(kind) for kind in others):
        return "DOUBLE" if "DOUBLE" in others or "FLOAT" in others else "DECIMAL"
    if set(others) == {"DATE", "TIMESTAMP"}:
        return "TIMESTAMP"
    return others[0] if len(set(others)) == 1 else None


def _beside(operand: exp.Expr, kind: str, target: str | None) -> exp.Expr:
    if target == "JSON":
        return call("to_variant", operand)
    if target == "VARCHAR":
        return call("varchar", operand)
    if kind != "VARCHAR" or target is None:
        return operand
    if target in ("DOUBLE", "DECIMAL"):
        return as_number(operand, is_float=target == "DOUBLE")
    if target == "TIME":
        return call("to_time", operand)
    return call(CONVERSION_TO[target], operand) if target in CONVERSION_TO else operand
