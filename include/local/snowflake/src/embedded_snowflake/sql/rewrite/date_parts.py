"""Check the parts of dates, and rewrite arithmetic with those that DuckDB counts otherwise."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, not_supported

# After sqlglot has expanded abbreviations:
# https://docs.snowflake.com/en/sql-reference/functions-date-time#supported-date-and-time-parts
_UNITS = frozenset(
    {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"}
)
# Functions that read a part of a time.
READERS = (
    exp.Extract,
    exp.Year,
    exp.Quarter,
    exp.Month,
    exp.Week,
    exp.Day,
    exp.DayOfWeek,
    exp.DayOfMonth,
    exp.DayOfYear,
    exp.Hour,
    exp.Minute,
    exp.Second,
    exp.LastDay,
)
# The functions that have parts, and the arithmetic with intervals, which says the same as DATEADD.
KINDS = (
    *READERS,
    exp.TimestampTrunc,
    exp.DateTrunc,
    exp.DateAdd,
    exp.DateSub,
    exp.DateDiff,
    exp.TimeAdd,
    exp.Add,
    exp.Sub,
)


def check(node: exp.Expr) -> exp.Expr:
    """Refuse a part that the function does not have, and nanoseconds: times here have microseconds.

    Args:
        node: A node of the tree.

    Returns:
        The node, or what replaces it.

    Raises:
        SnowflakeError: The part is not one, or not supported.
    """
    if isinstance(node, exp.Extract) and not isinstance(node.expression, exp.Expr):
        text = "error line 1 at position 0\nnot enough arguments for function [DATE_PART], expected 2, got 1"
        raise compilation_error(text, 938, "22023")
    if isinstance(node, exp.Extract) and node.name.upper() in ("EPOCH", "EPOCH_SECOND", "EPOCH_SECONDS"):
        return exp.cast(exp.Floor(this=exp.Anonymous(this="epoch", expressions=[node.expression])), "BIGINT")
    node = _as_dateadd(node)
    if not isinstance(node, (exp.DateAdd, exp.DateSub, exp.DateDiff, exp.TimestampTrunc, exp.DateTrunc)):
        return node
    unit = node.text("unit").upper().removesuffix("S") if node.text("unit").upper() != "" else ""
    if not unit:
        return node
    if unit not in _UNITS:
        raise compilation_error(
            f"{node.text('unit')} is not a valid date/time component for this function.", 1032, "22023"
        )
    if unit == "NANOSECOND" and isinstance(node, (exp.DateAdd, exp.DateSub, exp.TimestampTrunc)):
        raise not_supported("nanoseconds: timestamps keep microseconds")
    if isinstance(node, (exp.DateAdd, exp.DateSub)):
        _round_amount(node)
    return node


def _as_dateadd(node: exp.Expr) -> exp.Expr:
    """Write TIMEADD(unit, n, t), t + INTERVAL 'n unit' and t - INTERVAL 'n unit' as DATEADD."""
    if isinstance(node, exp.TimeAdd):
        return exp.DateAdd(this=node.this, expression=node.expression, unit=node.args.get("unit"))
    interval = node.expression if isinstance(node, (exp.Add, exp.Sub)) else None
    if not isinstance(interval, exp.Interval) or not isinstance(interval.this, exp.Literal):
        return node
    unit = interval.args.get("unit")
    added: exp.Expr = node.this
    for part in f"{interval.this.name} {unit.name if unit is not None else ''}".split(","):
        number, _, name = part.strip().partition(" ")
        if not number.isdigit() or name.upper().removesuffix("S") not in _UNITS:
            raise not_supported(f"the interval {interval.sql(dialect='snowflake')}")
        amount: exp.Expr = exp.Literal.number(number)
        amount = exp.Neg(this=amount) if isinstance(node, exp.Sub) else amount
        added = exp.DateAdd(this=added, expression=amount, unit=exp.Var(this=name.upper().removesuffix("S")))
    return added


def _round_amount(node: exp.Expr) -> None:
    """Round the amount that is added to a whole number: 1.5 days are 2, where DuckDB would truncate or add hours."""
    amount = node.expression
    plain = amount.this if isinstance(amount, exp.Neg) else amount
    if isinstance(plain, exp.Literal) and plain.name.isdigit():
        return
    if isinstance(amount, exp.Expr) and not isinstance(amount, exp.Interval):
        node.set("expression", exp.cast(exp.Round(this=exp.cast(amount, "DOUBLE")), "BIGINT"))
