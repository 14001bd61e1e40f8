"""Tell which family of types a value evidently has, and whether it serves where another one is expected."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.sql.resolve.signatures.arguments import signature_of

MARK = "_wanted_"  # begins the name of the call that rewrite/expected_types.py puts around an argument
_NUMBERS = ("number", "integer", "float")
# Families that serve where a family is expected.
_SERVES = {
    "number": _NUMBERS,
    "float": _NUMBERS,
    "integer": ("integer",),
    "text": ("text",),
    "date": ("date",),
    "boolean": ("boolean",),
}
CONDITIONS = (exp.And, exp.Or, exp.Not, exp.Where, exp.Having, exp.Qualify)
_TRUTHS = (
    *CONDITIONS,
    exp.Predicate,
    exp.Exists,
    exp.Boolean,
    exp.Between,
    exp.In,
    exp.Is,
    exp.Like,
    exp.ILike,
    exp.Xor,
)
_AROUND = (exp.Paren, exp.Alias, exp.Window, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)
_CONVERSIONS = {
    **dict.fromkeys(("varchar", "text", "short_varchar", "try_short_varchar", "to_json"), "text"),
    **dict.fromkeys(("to_integer", "try_to_integer", "to_wide_integer", "try_to_wide_integer"), "integer"),
    **dict.fromkeys(("to_double", "try_to_double", "divide"), "float"),
    **dict.fromkeys(("to_boolean", "try_to_boolean"), "boolean"),
    **dict.fromkeys(
        ("to_date", "date_of_text", "to_timestamp", "moment", "to_timestamp_ltz", "instant", "to_time"), "date"
    ),
}


def family_of_mark(node: exp.Expr) -> str | None:
    """Read the mark around an argument of another type than expected.

    Args:
        node: Any node.

    Returns:
        The family that is expected of the argument; None when the node is no mark.
    """
    name = str(node.this) if isinstance(node, exp.Anonymous) else ""
    return name.removeprefix(MARK) if name.startswith(MARK) else None


def family_of(node: exp.Expr) -> str | None:
    """Tell of which family a value evidently is.

    Args:
        node: An expression, in Snowflake's functions or in the library's.

    Returns:
        text, number, float, integer, boolean, date or null; None where only its type will tell.
    """
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "integer" if node.name.isdigit() else "number"
    if isinstance(node, exp.Null):
        return "null"
    if isinstance(node, exp.Cast):
        return _family_of_type(node.to)
    if isinstance(node, _AROUND):
        return family_of(node.this)
    if isinstance(node, (exp.Neg, exp.Mul, exp.Div, exp.Mod)):
        return "number"
    if isinstance(node, (exp.Add, exp.Sub)):
        return "number" if all(family_of(side) in _NUMBERS for side in (node.this, node.expression)) else None
    if isinstance(node, exp.DPipe):
        return "text"
    if isinstance(node, _TRUTHS):
        return "boolean"
    if isinstance(node, exp.Anonymous):
        name = str(node.this)
        marked = family_of_mark(node) or _CONVERSIONS.get(name.removeprefix(PREFIX))
        if marked is not None:
            return marked
        if name == "strftime":
            return "text"
    signature = signature_of(node)
    return signature.gives if signature is not None and signature.gives != "any" else None


def serves(family: str | None, wanted: str) -> bool:
    """Tell whether a value can be taken as it is.

    Args:
        family: The value's family; None where it is not known.
        wanted: The family that is expected.

    Returns:
        True where no conversion is needed.
    """
    return family == "null" or family in _SERVES.get(wanted, (family,))


def _family_of_type(kind: exp.DataType) -> str | None:
    if kind.this in exp.DataType.TEXT_TYPES:
        return "text"
    if kind.this in (exp.DataType.Type.FLOAT, exp.DataType.Type.DOUBLE):
        return "float"
    if kind.this in exp.DataType.NUMERIC_TYPES:
        return "integer" if kind.this in exp.DataType.INTEGER_TYPES else "number"
    if kind.this in exp.DataType.TEMPORAL_TYPES:
        return "date"
    return "boolean" if kind.this == exp.DataType.Type.BOOLEAN else None
