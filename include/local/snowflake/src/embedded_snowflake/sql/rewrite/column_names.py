"""Name result columns: a projection without alias is called by its own text, in upper case."""

from __future__ import annotations

from sqlglot import exp

_NAMED = (exp.Alias, exp.Aliases, exp.Column, exp.Star, exp.Identifier)


def name_projections(tree: exp.Expr) -> exp.Expr:
    """Give every projection that is an expression the name that Snowflake would.

    Args:
        tree: Statement as parsed by our dialect, which keeps each projection's text.

    Returns:
        The tree, changed in place.
    """
    for select in list(tree.find_all(exp.Select)):
        texts = select.args.get("texts") or []
        if len(texts) == len(select.expressions):
            named = [_named(projection, text) for projection, text in zip(select.expressions, texts, strict=True)]
            select.set("expressions", named)
        select.set("texts", None)
    return tree


def _named(projection: exp.Expr, text: str) -> exp.Expr:
    if isinstance(projection, _NAMED) or projection.is_star:
        return projection
    if isinstance(projection, exp.Dot) and not isinstance(projection.expression, exp.Func):
        return projection
    return exp.alias_(projection, exp.to_identifier(text.upper(), quoted=True), copy=False)
