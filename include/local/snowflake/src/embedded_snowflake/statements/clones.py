"""CREATE TABLE … LIKE and … CLONE."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, does_not_exist, not_supported
from embedded_snowflake.names import TableName, display_path, held, verbatim
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import table_catalog


def source(session: Session, tree: exp.Create) -> tuple[TableName, bool] | None:
    """Find the table that a CREATE TABLE copies.

    Args:
        session: Session that may have temporary tables of these names.

    Returns:
        The table's full name, and whether its rows are copied too; None when the statement copies none.

    Raises:
        SnowflakeError: There is no such table, or it is a table of the past.
    """
    properties = tree.args.get("properties")
    like = (
        next((item for item in properties.expressions if isinstance(item, exp.LikeProperty)), None)
        if properties is not None
        else None
    )
    clone = tree.args.get("clone")
    origin = clone or like
    if origin is None:
        return None
    table = identifiers.stored(origin.this.copy())
    if not isinstance(table, exp.Table) or table.args.get("when") is not None:
        raise not_supported("time travel (CLONE … AT, BEFORE)")
    name = table_names.full_name(table, session)
    kind = table_catalog.kind_of(session, name)
    if kind is None:
        raise does_not_exist("Object", display_path(name))
    if kind != "TABLE" and (clone is not None or kind != "VIEW"):  # LIKE takes the columns of a view, too
        raise compilation_error(f"Object found is of type '{kind}', not specified type 'TABLE'.", 2203, "02000")
    return name, clone is not None


def statements(session: Session, origin: TableName, target: TableName, *, rows: bool, temporary: bool) -> list[str]:
    """Write the copy.

    Args:
        session: Session that may have temporary tables of these names.
        origin: Full name of the table to copy.
        target: Full name of the new table.
        rows: Whether its rows are copied, too.
        temporary: Whether the new table is a temporary one.

    Returns:
        DuckDB's statements: columns with their types, NOT NULLs and defaults come along.
    """
    sql = (
        "select column_name, data_type, is_nullable, column_default from duckdb_columns() where database_name=? and"
        " schema_name=?"
    )
    columns = session.duck.execute(
        sql + " and table_name=? order by column_index", list(held(session.place_of(origin)))
    ).fetchall()
    definitions = [
        f"{verbatim(name)} {kind}{'' if nullable else ' not null'}{'' if default is None else f' default {default}'}"
        for name, kind, nullable, default in columns
    ]
    place = table_catalog.place(session, target, temporary=temporary)
    made = [f"create {'temp ' if temporary else ''}table {place} ({', '.join(definitions)})"]
    if rows:
        made.append(f"insert into {place} select * from {table_catalog.place(session, origin)}")
    return made
