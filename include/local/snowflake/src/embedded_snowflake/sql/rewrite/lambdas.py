"""Rewrite FILTER and TRANSFORM of arrays with a lambda, whose parameter is a VARIANT."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.library.macros import PREFIX

KINDS = (exp.ArrayFilter, exp.Transform)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def rewrite(node: exp.Expr) -> exp.Expr:
    """Rewrite one of these functions over DuckDB's lists.

    Args:
        node: A node of the tree.

    Returns:
        The node, or what replaces it.

    Raises:
        SnowflakeError: The lambda does with its parameter what would depend on its type.
    """
    function = node.expression if isinstance(node, KINDS) else None
    if not isinstance(function, exp.Lambda):
        return node
    names = {parameter.name for parameter in function.expressions}
    for identifier in list(function.this.find_all(exp.Identifier)):
        if identifier.name in names and not isinstance(identifier.parent, exp.Column):
            _settle(identifier)
    name = "list_filter" if isinstance(node, exp.ArrayFilter) else "list_transform"
    elements = exp.Anonymous(this=f"{PREFIX}list", expressions=[node.this])
    return exp.Anonymous(
        this=f"{PREFIX}to_variant", expressions=[exp.Anonymous(this=name, expressions=[elements, function])]
    )


def _settle(identifier: exp.Identifier) -> None:
    """Require that the parameter is cast, asked for its kind, or compared with a constant, whose type it takes."""
    parent = identifier.parent
    if isinstance(parent, (exp.Lambda, exp.Cast, exp.Is)) or (
        isinstance(parent, exp.Anonymous) and parent.name.upper().startswith("IS_")
    ):
        return
    other = (
        (parent.expression if identifier.arg_key == "this" else parent.this)
        if isinstance(parent, _COMPARISONS)
        else None
    )
    if not isinstance(other, exp.Literal):
        raise not_supported("a lambda whose parameter is not cast: write x::int")
    macro = "text" if other.is_string else "to_double"
    identifier.replace(exp.Anonymous(this=PREFIX + macro, expressions=[identifier.copy()]))
