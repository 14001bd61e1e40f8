"""CREATE TABLE … USING TEMPLATE: columns as a query gives them, most often one of INFER_SCHEMA.

https://docs.snowflake.com/en/sql-reference/sql/create-table#create-table-using-template
"""

from __future__ import annotations

import json

from sqlglot import exp
from sqlglot.errors import ParseError

from embedded_snowflake.errors import compilation_error
from embedded_snowflake.sources import queries
from embedded_snowflake.state.statement import Statement


def write_out(statement: Statement, tree: exp.Create) -> exp.Create:
    """Write the columns of a template out.

    Args:
        statement: The CREATE that is run.
        tree: A CREATE; changed in place.

    Returns:
        The tree, without USING TEMPLATE.

    Raises:
        SnowflakeError: The query does not give one array of objects with COLUMN_NAME, TYPE and NULLABLE.
    """
    properties = tree.args.get("properties")
    template = (
        next((item for item in properties.expressions if isinstance(item, exp.UsingTemplateProperty)), None)
        if properties
        else None
    )
    if template is None:
        return tree
    rows = queries.run(statement, template.this.unnest().copy()).tuples()
    try:
        described = json.loads(rows[0][0])
        columns = [_column(one) for one in described]
    except (IndexError, KeyError, TypeError, ValueError, ParseError):
        columns = []
    if not columns:
        raise compilation_error(
            "The template is no array of objects with COLUMN_NAME, TYPE and NULLABLE.", 1003, "42000"
        )
    template.pop()
    tree.set("this", exp.Schema(this=tree.this, expressions=columns))
    return tree


def _column(described: dict[str, object]) -> exp.ColumnDef:
    constraints = []
    if described["NULLABLE"] is False:
        constraints.append(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    return exp.ColumnDef(
        this=exp.to_identifier(str(described["COLUMN_NAME"]), quoted=True),
        kind=exp.DataType.build(str(described["TYPE"]), dialect="snowflake"),
        constraints=constraints,
    )
