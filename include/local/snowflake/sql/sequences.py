"""SEQUENCE.NEXTVAL."""

from __future__ import annotations

from sqlglot import exp

from include.local.snowflake.names import quote


def next_value(node: exp.Expr) -> exp.Expr:
    """Write a sequence's next value as DuckDB's call.

    Args:
        node: A node of the tree, identifiers in their stored case.

    Returns:
        NEXTVAL('…') with the sequence's name in quotes, named NEXTVAL where it is a query's column; any other node as it is.
    """
    if not isinstance(node, exp.Column) or node.name != "NEXTVAL" or not node.table:
        return node
    parts = [node.text(part) for part in ("catalog", "db", "table") if node.text(part)]
    call = exp.Anonymous(this="nextval", expressions=[exp.Literal.string(".".join(quote(part) for part in parts))])
    return exp.alias_(call, exp.to_identifier("NEXTVAL", quoted=True)) if isinstance(node.parent, exp.Select) else call
