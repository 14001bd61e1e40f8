"""Mark arguments and operands that may be of another type than their function takes.

They are marked in Snowflake's tree, where functions still have Snowflake's names. implicit_conversion.py converts them
in DuckDB's tree, for which DuckDB can be asked for types.
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.sql.resolve.signatures.arguments import arguments_of
from embedded_snowflake.sql.resolve.type_families import CONDITIONS, MARK, family_of, serves

_LIKENESSES = (exp.DPipe, exp.Like, exp.ILike)


def mark(tree: exp.Expr) -> exp.Expr:
    """Mark such arguments.

    Args:
        tree: Statement in Snowflake's own functions, identifiers in their stored case; changed in place.

    Returns:
        The tree.
    """
    for node in list(tree.walk()):
        if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.PercentileCont):
            for ordered in node.expression.find_all(exp.Ordered):
                _mark(ordered.this, "float")
        for value, family in [*arguments_of(node), *_operands(node)]:
            for one in (
                value.expressions
                if isinstance(value, exp.Distinct)
                else [value.this if isinstance(value, exp.Order) else value]
            ):
                _mark(one, family)
    return tree


def _operands(node: exp.Expr) -> list[tuple[exp.Expr, str]]:
    """List the operands of operators and clauses, with the family that is expected of each."""
    if isinstance(node, _LIKENESSES):
        wanted = [(node.this, "text"), (node.expression, "text")]
    elif isinstance(node, CONDITIONS):
        wanted = [(node.args[name], "boolean") for name in ("this", "expression") if node.args.get(name) is not None]
    elif isinstance(node, exp.If) and not (
        isinstance(node.parent, exp.Case) and node.parent.args.get("this") is not None
    ):
        wanted = [(node.this, "boolean")]
    else:
        return []
    return [(value, family) for value, family in wanted if not isinstance(value, (exp.Any, exp.All, exp.Tuple))]


def _mark(value: exp.Expr, family: str) -> None:
    if family in ("any", "unit") or not isinstance(value, exp.Expr) or serves(family_of(value), family):
        return
    if (
        isinstance(value, (exp.Star, exp.Interval, exp.Var, exp.Kwarg, exp.Lambda))
        or value.find_ancestor(exp.Lambda) is not None
    ):
        return
    marked = exp.Anonymous(this=MARK + family)
    value.replace(marked)
    marked.set("expressions", [value])  # not a copy: parts of it may be marked, too
