"""CREATE and DROP of databases and schemas."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import already_exists, does_not_exist, not_supported
from embedded_snowflake.names import display, private_table, quote
from embedded_snowflake.private_tables import LOAD_HISTORY
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state import declarations, running
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import options

_DDL = 0x6000


def _stored_name(tree: exp.Expr) -> list[str]:
    """Parts of the database or schema name, as stored."""
    return [part.name for part in identifiers.stored_table(tree).parts]


def create(statement: Statement, tree: exp.Create) -> Result:
    """Run CREATE DATABASE or CREATE SCHEMA.

    Raises:
        SnowflakeError: It exists already, its database does not, or an option is not supported.
    """
    session, kind = statement.session, str(tree.kind).upper()
    exists, replaces = bool(tree.args.get("exists")), bool(tree.args.get("replace"))
    if tree.args.get("clone") is not None:
        raise not_supported(f"CREATE {kind} … CLONE")
    options.check(tree, kind)
    parts = _stored_name(tree)
    if kind == "DATABASE":
        name = parts[-1]
        if not session.engine.create_database(name, replace=replaces, exists=exists):
            return status_result(f"{display(name)} already exists, statement succeeded.", _DDL)
        for made in (Securable("DATABASE", name), Securable("SCHEMA", name, "PUBLIC")):
            session.engine.account.grants.created(made, session.role)
        session.use(name, None)
        return status_result(f"Database {display(name)} successfully created.", _DDL)
    database, schema = _schema_name(session, parts)
    if session.engine.has_schema(database, schema):
        if exists:
            return status_result(f"{display(schema)} already exists, statement succeeded.", _DDL)
        if not replaces:
            raise already_exists(f"{database}.{schema}")
        _drop_schema(session, database, schema)
    running.retried(session, lambda: session.duck.execute(f"create schema {quote(database)}.{quote(schema)}"))
    session.engine.account.grants.created(Securable("SCHEMA", database, schema), session.role)
    session.use(database, schema)
    return status_result(f"Schema {display(schema)} successfully created.", _DDL)


def drop(statement: Statement, tree: exp.Drop) -> Result:
    """Run DROP DATABASE or DROP SCHEMA.

    Raises:
        SnowflakeError: It does not exist.
    """
    session, kind = statement.session, str(tree.kind).upper()
    parts = _stored_name(tree)
    missing = status_result(f"Drop statement executed successfully ({display(parts[-1])} already dropped).", _DDL)
    if kind == "DATABASE":
        if parts[-1] not in session.engine.databases() and tree.args.get("exists"):
            return missing
        if parts[-1] == session.database:
            session.duck.execute("set schema = 'memory.main'")
        session.engine.drop_database(parts[-1])
        session.forget(parts[-1])
    else:
        database, schema = _schema_name(session, parts)
        if not session.engine.has_schema(database, schema):
            if tree.args.get("exists"):
                return missing
            raise does_not_exist("Schema", f"{database}.{schema}")
        _drop_schema(session, database, schema)
        session.forget(database, schema)
    return status_result(f"{display(parts[-1])} successfully dropped.", _DDL)


def _drop_schema(session: Session, database: str, schema: str) -> None:
    def run() -> None:
        session.duck.execute(f"drop schema {quote(database)}.{quote(schema)} cascade")
        for table in (LOAD_HISTORY, "loaded_files", *declarations.NAMED_TABLES):
            session.duck.execute(f"delete from {private_table(database, table)} where schema_name = ?", [schema])

    running.atomic(session, run)
    session.engine.forget_contents(database, schema)


def _schema_name(session: Session, parts: list[str]) -> tuple[str, str]:
    database = parts[-2] if len(parts) > 1 else session.database
    if database is None or database not in session.engine.databases():
        raise does_not_exist("Database", database or "")
    return database, parts[-1]
