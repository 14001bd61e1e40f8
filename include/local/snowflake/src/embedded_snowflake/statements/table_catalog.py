"""What the statements on tables share.

Which objects exist and where, and what is recorded about them for SHOW and others.
"""

from __future__ import annotations

import threading

from fakesnow.info_schema import insert_table_comment_sql, insert_text_lengths_sql
from sqlglot import exp

from embedded_snowflake.names import TableName, held, path, temporary_place
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.assignment import target_columns

DDL = 0x6000
DONE = "Statement executed successfully."
_LENGTHS = threading.Lock()
TEXT_TYPES = (exp.DataType.Type.VARCHAR, exp.DataType.Type.TEXT)


def kind_of(session: Session, name: TableName, *, temporary: bool | None = None) -> str | None:
    """Find an object.

    Args:
        session: Session that may have a temporary one of that name.
        name: Its full name.
        temporary: Where to look: among temporary objects or among the others; None for what the name means in the
            session.

    Returns:
        TABLE, VIEW or SEQUENCE; None when there is none of that name.
    """
    if temporary or (temporary is None and name in session.temporary):
        return session.temporary.get(name)
    sql = """select 'TABLE' from duckdb_tables() where database_name=$1 and schema_name=$2 and table_name=$3
             union all select 'VIEW' from duckdb_views() where database_name=$1 and schema_name=$2 and view_name=$3
             union all select 'SEQUENCE' from duckdb_sequences()
             where database_name=$1 and schema_name=$2 and sequence_name=$3"""
    row = session.duck.cursor().execute(sql, list(held(name))).fetchone()
    return str(row[0]) if row else None


def place(session: Session, name: TableName, *, temporary: bool | None = None) -> str:
    """Write an object's place in DuckDB.

    Args:
        session: Session that may have a temporary one of that name.
        name: Its full name.
        temporary: As for `kind_of`.

    Returns:
        The name in DuckDB's SQL.
    """
    among_temporary = name in session.temporary if temporary is None else temporary
    return path(temporary_place(".".join(name)) if among_temporary else name)


def record_comments(session: Session, tree: exp.Expr) -> None:
    """Record the comment that a statement gives a table.

    Args:
        session: Session that may have a temporary one of that name.
        tree: The translated statement, from which fakesnow took the comment.
    """
    comment = tree.args.get("table_comment")
    if comment and comment[1] is not None:
        table, text = comment
        database, schema, name = table_names.full_name(table, session)
        escaped = str(text).replace("'", "''")
        session.engine.root.cursor().execute(insert_table_comment_sql(database, schema, name, escaped))


def record_lengths(session: Session, name: TableName) -> None:
    """Record the lengths of a table's texts for INFORMATION_SCHEMA.

    Args:
        session: Session that may have a temporary one of that name.
        name: Database, schema and table; nothing happens for a temporary one.
    """
    if name in session.temporary:
        return
    columns = [column for column in target_columns(session, name) if column.type.this in TEXT_TYPES]
    if columns:
        database, schema, table = (part.replace("'", "''") for part in name)
        lengths = [(column.name.replace("'", "''"), column.length or 16_777_216) for column in columns]
        with _LENGTHS:  # DuckDB's ON CONFLICT knows nothing of what another session has just written
            session.engine.root.cursor().execute(insert_text_lengths_sql(database, schema, table, lengths))
