"""PIVOT over values that a query finds: FOR c IN (ANY …) and FOR c IN (SELECT …)."""

from __future__ import annotations

from sqlglot import exp

from include.local.snowflake import bindings
from include.local.snowflake.errors import not_supported
from include.local.snowflake.state.session import Session


def list_values(session: Session, tree: exp.Expr) -> exp.Expr:
    """Put the values in the place of ANY or of the subquery.

    Args:
        session: The session, which is asked for the values.
        tree: Statement as parsed; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: The values cannot be found, or an option is not supported.
    """
    for pivot in list(tree.find_all(exp.Pivot)):
        if pivot.args.get("default_on_null"):
            raise not_supported("PIVOT with DEFAULT ON NULL")
        source = pivot.parent
        for field in pivot.args.get("fields") or []:
            if isinstance(field, exp.In) and isinstance(source, exp.Expr):
                _fill(session, source, field)
    return tree


def _fill(session: Session, source: exp.Expr, field: exp.In) -> None:
    wanted = field.expressions[0] if len(field.expressions) == 1 else field.args.get("query")
    if isinstance(wanted, exp.PivotAny) or (isinstance(wanted, exp.Column) and wanted.name.upper() == "ANY"):
        plain = source.copy()
        plain.set("pivots", None)
        query: exp.Expr = exp.select(field.this.copy()).distinct().from_(plain).order_by(field.this.copy())
        _put(session, field, query)
    elif isinstance(wanted, (exp.Subquery, exp.Query)):
        _put(session, field, wanted.unnest() if isinstance(wanted, exp.Subquery) else wanted)


def _put(session: Session, field: exp.In, query: exp.Expr) -> None:
    found = session.execute(query.sql(dialect="snowflake"))
    distinct = dict.fromkeys(row[0] for row in found.tuples() if row[0] is not None)
    values = [bindings.literal("", value) for value in distinct]
    # Snowflake calls the columns after the values as they would be written.
    named = [exp.PivotAlias(this=value, alias=exp.to_identifier(value.sql(dialect="snowflake"), quoted=True)) for value in values]
    field.set("expressions", named)
    field.set("query", None)
