"""Parts of dates: which there are for a function, and those that DuckDB counts otherwise."""

from __future__ import annotations

from sqlglot import exp

from include.local.snowflake.errors import compilation_error, not_supported

# After sqlglot has made abbreviations whole: https://docs.snowflake.com/en/sql-reference/functions-date-time#supported-date-and-time-parts
_UNITS = frozenset({"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND", "NANOSECOND"})


def check(node: exp.Expr) -> exp.Expr:
    """Refuse a part that the function does not have, and nanoseconds: times here have microseconds.

    Args:
        node: A node of the tree.

    Returns:
        The node, or what replaces it.

    Raises:
        SnowflakeError: The part is not one, or not supported.
    """
    if isinstance(node, exp.Extract) and node.name.upper() in ("EPOCH", "EPOCH_SECOND", "EPOCH_SECONDS"):
        return exp.cast(exp.Floor(this=exp.Anonymous(this="epoch", expressions=[node.expression])), "BIGINT")
    if not isinstance(node, (exp.DateAdd, exp.DateSub, exp.DateDiff, exp.TimestampTrunc, exp.DateTrunc)):
        return node
    unit = node.text("unit").upper().removesuffix("S") if node.text("unit").upper() != "" else ""
    if not unit:
        return node
    if unit not in _UNITS:
        raise compilation_error(f"{node.text('unit')} is not a valid date/time component for this function.", 1032, "22023")
    if unit == "NANOSECOND" and isinstance(node, (exp.DateAdd, exp.DateSub, exp.TimestampTrunc)):
        raise not_supported("nanoseconds: timestamps keep microseconds")
    return node
