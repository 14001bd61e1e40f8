"""Rewrite SEQUENCE.NEXTVAL, and AUTOINCREMENT by a sequence."""

from __future__ import annotations

import re

from fakesnow import transforms
from sqlglot import exp

from embedded_snowflake.names import verbatim

_NUMBERED = (exp.AutoIncrementColumnConstraint, exp.GeneratedAsIdentityColumnConstraint)


def number_columns(tree: exp.Create) -> list[exp.Expr]:
    """Make a sequence for an AUTOINCREMENT column.

    Args:
        tree: A CREATE statement.

    Returns:
        CREATE SEQUENCE where there is such a column, and the statement, whose column takes its default from the
        sequence.
    """
    if not isinstance(tree.this, exp.Schema) or tree.find(*_NUMBERED) is None:
        return [tree]
    # fakesnow names the sequence after table and column, and reads that name as SQL: give it plain ones meanwhile.
    kept = [part.copy() for part in _named(tree)]
    for number, part in enumerate(_named(tree)):
        part.replace(exp.to_identifier(f"{re.sub(r'[^A-Za-z0-9_]', '_', part.name)}_{number}", quoted=True))
    *first, last = transforms.create_table_autoincrement(tree)
    for part, name in zip(_named(last), kept, strict=True):
        part.replace(name)
    return [*first, last]


def _named(create: exp.Expr) -> list[exp.Expr]:
    """List the names of a table and its columns."""
    return [create.this.this.this, *(item.this for item in create.this.expressions if isinstance(item, exp.ColumnDef))]


def next_value(node: exp.Expr) -> exp.Expr:
    """Write a sequence's next value as DuckDB's call.

    Args:
        node: A node of the tree, identifiers in their stored case.

    Returns:
        NEXTVAL('…') with the sequence's name in quotes, named NEXTVAL where it is a query's column; any other node as
        it is.
    """
    if not isinstance(node, exp.Column) or node.name != "NEXTVAL" or not node.table:
        return node
    parts = [node.text(part) for part in ("catalog", "db", "table") if node.text(part)]
    call = exp.Anonymous(this="nextval", expressions=[exp.Literal.string(".".join(verbatim(part) for part in parts))])
    return exp.alias_(call, exp.to_identifier("NEXTVAL", quoted=True)) if isinstance(node.parent, exp.Select) else call
