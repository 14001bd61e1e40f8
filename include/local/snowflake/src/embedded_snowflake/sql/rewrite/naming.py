"""Names of result columns: a projection without alias is called by its own text, in upper case."""

from __future__ import annotations

from sqlglot import exp


def name_projections(tree: exp.Expr) -> exp.Expr:
    """Give every projection that is an expression the name that Snowflake would.

    Args:
        tree: Statement as parsed by our dialect, which keeps each projection's text.

    Returns:
        The tree, changed in place.
    """
    for select in list(tree.find_all(exp.Select)):
        select.set("expressions", [_named(projection) for projection in select.expressions])
    return tree


def _named(projection: exp.Expr) -> exp.Expr:
    if (
        isinstance(projection, (exp.Alias, exp.Aliases, exp.Column, exp.Star, exp.Identifier, exp.Dot))
        or projection.is_star
    ):
        return projection
    text = projection.meta.get("text")
    if not text:
        return projection
    return exp.alias_(projection, exp.to_identifier(text.upper(), quoted=True), copy=False)
