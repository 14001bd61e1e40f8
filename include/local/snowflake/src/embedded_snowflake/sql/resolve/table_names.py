"""Resolve table names: to a database and schema, or to the session's temporary object of that name."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import TEMPORARY, TableName, display_path, path, split_name, temporary_place
from embedded_snowflake.private_tables import GLOBAL_DATABASE, SCHEMA
from embedded_snowflake.sql.parse.creating import SCOPED
from embedded_snowflake.state.session import Session

_CREATED_KINDS = frozenset({"TABLE", "VIEW", "SEQUENCE"})


def place_tables(tree: exp.Expr, session: Session) -> dict[str, str]:
    """Write every table name in full, so that DuckDB's own search rules do not apply.

    A temporary object lives in DuckDB's `temp` database under its full Snowflake name in one word.

    Args:
        tree: Statement with identifiers in their stored case; changed in place.
        session: Current database and schema, temporary objects.

    Returns:
        How to show the tables that are named with their schema: their full names, by their last parts.

    Raises:
        SnowflakeError: A name needs a current database or schema and there is none.
    """
    created = (
        tree.find(exp.Table) if isinstance(tree, exp.Create) and str(tree.kind).upper() in _CREATED_KINDS else None
    )
    qualified: dict[str, str] = {}
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.Identifier) and not (table.db == "" and _is_local_name(table)):
            name = _place(table, session, temporary=table is created and is_temporary(tree))
            if name is not None:
                qualified[name.name] = display_path(name)
    for call in tree.find_all(exp.Anonymous):
        if call.name.upper() == "NEXTVAL" and call.expressions:
            _place_sequence(call, session)
    for column in tree.find_all(exp.Column):
        if column.args.get("db"):  # db.schema.table.column: the table's alias is its last word
            column.set("db", None)
            column.set("catalog", None)
    return qualified


def is_temporary(tree: exp.Expr) -> bool:
    """Tell whether a CREATE makes a temporary object.

    Args:
        tree: A CREATE statement.

    Returns:
        True for TEMPORARY, TEMP, LOCAL TEMPORARY, VOLATILE.
    """
    return _temporary(tree) is not None


def is_scoped(tree: exp.Expr) -> bool:
    """Tell whether a CREATE makes a temporary object for a procedure's own use, as Snowpark does for itself.

    Args:
        tree: A CREATE statement.

    Returns:
        True for SCOPED TEMPORARY.
    """
    return getattr(_temporary(tree), "name", "") == SCOPED


def _temporary(tree: exp.Expr) -> exp.TemporaryProperty | None:
    properties = tree.args.get("properties")
    found = properties.expressions if properties is not None else []
    return next((item for item in found if isinstance(item, exp.TemporaryProperty)), None)


def full_name(table: exp.Table, session: Session) -> TableName:
    """Complete a table's name from the session's current database and schema.

    Args:
        table: The name, identifiers in their stored case.
        session: The session that they are taken from.

    Returns:
        Database, schema and name.

    Raises:
        SnowflakeError: There is no current database or schema to complete it.
    """
    database, schema = table.catalog or session.database, table.db or session.schema
    if table.catalog and not table.db:
        schema = "PUBLIC"  # db..table
    if not database:
        raise SnowflakeError(
            "Cannot perform operation. This session does not have a current database. Call 'USE DATABASE', or use a"
            " qualified name.",
            90105,
            "22000",
        )
    if not schema:
        raise SnowflakeError(
            "Cannot perform operation. This session does not have a current schema. Call 'USE SCHEMA', or use a"
            " qualified name.",
            90106,
            "22000",
        )
    return TableName(database, schema, table.name)


def _place(table: exp.Table, session: Session, *, temporary: bool) -> TableName | None:
    """Write a table's name in full; the name is given back where the statement has its schema."""
    if table.catalog in (GLOBAL_DATABASE, TEMPORARY[0], "system"):
        return None
    name = full_name(table, session)
    named = name if table.db else None
    if table.db.upper() == SCHEMA.upper() or name.schema == "INFORMATION_SCHEMA":
        table.set("catalog", exp.to_identifier(name.database, quoted=True))
        table.set("db", exp.to_identifier(SCHEMA))
        return named
    if table.args.get("when") is not None or table.args.get("changes") is not None:
        raise not_supported("time travel (AT, BEFORE, CHANGES)")
    inner = not isinstance(table.parent, (exp.Create, exp.Drop, exp.Alter, exp.Insert, exp.Schema, exp.TruncateTable))
    if inner and not table.alias:
        # Columns are qualified with this name, whatever the table is called in DuckDB.
        table.set("alias", exp.TableAlias(this=exp.to_identifier(name.name, quoted=True)))
    if temporary or name in session.temporary:
        name = temporary_place(".".join(name))
    for part, value in zip(("catalog", "db", "this"), name, strict=True):
        table.set(part, exp.to_identifier(value, quoted=True))
    return named


def _place_sequence(call: exp.Anonymous, session: Session) -> None:
    """Complete the name in NEXTVAL('S'), which is a text."""
    parts = split_name(call.expressions[0].name)
    parts_of = dict(
        zip(("this", "db", "catalog"), (exp.to_identifier(part, quoted=True) for part in reversed(parts)), strict=False)
    )
    table = exp.Table(**parts_of)
    name = full_name(table, session)
    call.set("expressions", [exp.Literal.string(path(session.place_of(name)))])


def _is_local_name(table: exp.Table) -> bool:
    """Tell whether a bare name is that of a common table expression around it."""
    node = table.parent
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None and any(cte.alias == table.name for cte in clause.expressions):
            return True
        node = node.parent
    return False
