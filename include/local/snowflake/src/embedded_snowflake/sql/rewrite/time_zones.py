"""Rewrite CONVERT_TIMEZONE: it moves a wall clock to another zone, or shows an instant in another.

Timestamps with a zone keep their instant here and not their offset. So an instant in another zone can be had where only
its wall clock is wanted (cast to TIMESTAMP_NTZ, DATE, TIME, its parts), where it is compared, and as a column of the
answer.
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.rewrite.date_formats import is_date_format
from embedded_snowflake.sql.rewrite.date_parts import READERS
from embedded_snowflake.sql.rewrite.macro_calls import call

_WALL_TYPES = frozenset(exp.DataType.Type[name] for name in ("TIMESTAMP", "TIMESTAMPNTZ", "DATETIME", "DATE", "TIME"))
_WALL_CALLS = frozenset(
    {"TO_DATE", "DATE", "TO_TIME", "TIME", "TO_TIMESTAMP_NTZ", "TO_TIMESTAMP", "DAYNAME", "MONTHNAME"}
)
_WALL_PARTS = (*READERS, exp.Dayname, exp.Monthname)
# Functions that give a timestamp of the same zone.
_SAME_ZONE = (exp.DateTrunc, exp.TimestampTrunc, exp.DateAdd, exp.DateSub)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between)


def convert(node: exp.Anonymous) -> exp.Expr:
    """Rewrite a CONVERT_TIMEZONE.

    Args:
        node: The call, in its place in the statement.

    Returns:
        What replaces it.

    Raises:
        SnowflakeError: The offset that TIMESTAMP_TZ would keep is needed.
    """
    if len(node.expressions) == 3:
        source, target, value = node.expressions
        moved = exp.Anonymous(this="timezone", expressions=[source, call("unzoned", value)])
        return exp.Anonymous(this="timezone", expressions=[target, moved])
    target, value = node.expressions
    instant: exp.Expr = call("to_timestamp_ltz", value)
    use = _use(node)
    if use == "wall":
        return exp.Anonymous(this="timezone", expressions=[target, instant])
    if use == "instant":
        return instant
    raise not_supported(
        "CONVERT_TIMEZONE with two arguments where its offset is needed: cast it to TIMESTAMP_NTZ first"
    )


def _use(node: exp.Expr, *, direct: bool = True) -> str:
    """Tell what a timestamp with a zone is used for: its wall clock, its instant, or more."""
    parent = node.parent
    if isinstance(parent, exp.Paren):
        return _use(parent, direct=direct)
    if isinstance(parent, _SAME_ZONE) and node.arg_key == "this":
        return _use(parent, direct=False)
    if (isinstance(parent, exp.Cast) and parent.to.this in _WALL_TYPES) or isinstance(parent, _WALL_PARTS):
        return "wall"
    if isinstance(parent, exp.Anonymous) and (parent.name.upper() in _WALL_CALLS or _is_written_without_zone(parent)):
        return "wall"
    if direct and isinstance(parent, _COMPARISONS):
        return "instant"
    holder = parent.parent if isinstance(parent, exp.Alias) else parent
    if direct and isinstance(holder, exp.Select) and holder.parent is None:
        return "instant"
    return ""


def _is_written_without_zone(call: exp.Anonymous) -> bool:
    if call.name.upper() not in ("TO_CHAR", "TO_VARCHAR") or len(call.expressions) != 2:
        return False
    form = call.expressions[1]
    return isinstance(form, exp.Literal) and is_date_format(form.name) and "TZ" not in form.name.upper()
