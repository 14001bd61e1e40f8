"""DESCRIBE TABLE, VIEW and SEQUENCE."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import does_not_exist, not_supported
from embedded_snowflake.names import TableName, display_path
from embedded_snowflake.results import Result
from embedded_snowflake.sources import table_columns
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state import running
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import show

_DESCRIBE = 0x4500


def run(statement: Statement, tree: exp.Describe) -> Result:
    """Run DESCRIBE of a table, a view, a sequence or a query's result.

    Raises:
        SnowflakeError: The object does not exist, or is of a kind that is not supported.
    """
    described = describe(statement, tree)
    if not described.rows and str(tree.args.get("kind")).upper() == "SEQUENCE":
        raise does_not_exist("Sequence", display_path(_name(statement.session, tree.this)))
    return described


def describe(statement: Statement, tree: exp.Describe) -> Result:
    """Describe DESCRIBE, which only reads; a sequence need not be there.

    Raises:
        SnowflakeError: The object does not exist, or is of a kind that is not supported.
    """
    session = statement.session
    kind = str(tree.args.get("kind") or "TABLE").upper()
    inner = tree.this
    if isinstance(inner, exp.Query):
        translated, facts = translate(replace_sources(statement, inner.copy()), statement)
        found = running.describe(session, duck_sql(translated), facts)
        return table_columns.of_result(found.columns)
    if kind not in ("TABLE", "VIEW", "SEQUENCE"):
        raise not_supported(f"DESCRIBE {kind}")
    if kind == "SEQUENCE":
        return _sequence(statement, _name(session, inner))
    return table_columns.of_table(session, _name(session, inner), kind)


def _name(session: Session, named: exp.Expr) -> TableName:
    return table_names.full_name(identifiers.stored_table(named), session)


def _sequence(statement: Statement, name: TableName) -> Result:
    """Give what SHOW SEQUENCES says of one: SQLAlchemy asks in this way whether it is there."""
    schema = exp.Table(
        db=exp.to_identifier(name.database, quoted=True), this=exp.to_identifier(name.schema, quoted=True)
    )
    listed = show.run(statement, exp.Show(this="SEQUENCES", scope=schema, scope_kind="SCHEMA"))
    place = [column.name for column in listed.columns].index("name")
    rows = [row for row in listed.tuples() if row[place] == name.name]
    return Result(listed.columns, rows=rows, statement_type=_DESCRIBE)
