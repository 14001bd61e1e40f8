"""Statements about databases, schemas and file formats, and SHOW."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakesnow import transforms
from sqlglot import exp

from embedded_snowflake.errors import already_exists, does_not_exist, not_supported
from embedded_snowflake.names import display, display_path, private_table, quote
from embedded_snowflake.private_tables import FILE_FORMATS, LOAD_HISTORY
from embedded_snowflake.results import Result, status_result
from embedded_snowflake.sources import file_formats
from embedded_snowflake.sql.resolve import identifiers, table_names
from embedded_snowflake.state import declarations, running
from embedded_snowflake.state.duck_catalogue import SEQUENCES
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import options, show, show_columns

_DDL, _SHOW = 0x6000, 0x4400


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


def file_format(statement: Statement, tree: exp.Create | exp.Drop) -> Result:
    """Run CREATE or DROP FILE FORMAT; formats are rows of fakesnow's own table.

    Raises:
        SnowflakeError: It does not exist, exists already, or an option is not supported.
    """
    session = statement.session
    stored = identifiers.stored_table(tree)
    name = table_names.full_name(stored, session)
    cursor = session.engine.root.cursor()
    where = "where database_name = ? and schema_name = ? and name = ?"
    found = cursor.execute(f"select 1 from {FILE_FORMATS} {where}", list(name)).fetchone() is not None
    shown = display(name.name)
    if isinstance(tree, exp.Drop):
        if not found and not tree.args.get("exists"):
            raise does_not_exist("File format", display_path(name))
        cursor.execute(f"delete from {FILE_FORMATS} {where}", list(name))
        session.engine.account.grants.dropped(Securable("FILE FORMAT", *name))
        return status_result(f"{shown} successfully dropped.", _DDL)
    if found and tree.args.get("exists"):
        return status_result(f"{shown} already exists, statement succeeded.", _DDL)
    if found and not tree.args.get("replace"):
        raise already_exists(display_path(name))
    tree.set("this", stored)
    options = file_formats.options_of(
        session, tree.args["properties"].expressions if tree.args.get("properties") else []
    )
    if file_formats.read(options).type == "CSV":
        _set_default_escape(tree)
    cursor.execute(transforms.create_file_format(tree, name.database, name.schema).sql(dialect="duckdb"))
    session.engine.account.grants.created(Securable("FILE FORMAT", *name), session.role)
    return status_result(f"File format {shown} successfully created.", _DDL)


def _set_default_escape(tree: exp.Expr) -> None:
    """Write Snowflake's default of ESCAPE_UNENCLOSED_FIELD out, where fakesnow has another."""
    properties = tree.args.get("properties") or exp.Properties(expressions=[])
    if not any(
        isinstance(item, exp.Property) and item.name.upper() == "ESCAPE_UNENCLOSED_FIELD"
        for item in properties.expressions
    ):
        properties.append(
            "expressions", exp.Property(this=exp.var("ESCAPE_UNENCLOSED_FIELD"), value=exp.Literal.string("\\"))
        )
    tree.set("properties", properties)


def describe_listing(statement: Statement, tree: exp.Show) -> Result:
    """Describe SHOW: what it lists is only read."""
    return replace(listing(statement, tree), rows=[], table=None)


def listing(statement: Statement, tree: exp.Show) -> Result:
    """Run SHOW.

    Raises:
        SnowflakeError: What it looks into does not exist, or it is not supported.
    """
    session = statement.session
    what = tree.name.upper()
    stored = tree.transform(transforms.upper_case_unquoted_identifiers, copy=False)
    show.require_scope(session, tree)
    listed = show.tables(session, tree) or show.keys(session, tree) or show_columns.columns(session, tree)
    if listed is not None:
        return listed
    shown: exp.Expr = stored.copy()
    shown.set("like", None)  # which names it matches is `show.matching`'s affair
    shown = transforms.show_databases(shown)
    database, schema = session.database, session.schema
    shown = transforms.show_schemas(shown, database)
    for scoped in (transforms.show_tables_etc, transforms.show_stages, transforms.show_sequences):
        shown = scoped(shown, database, schema)
    shown = transforms.show_keys(shown, database, kind="FOREIGN")
    if isinstance(shown, exp.Show):
        raise not_supported(f"SHOW {what}")
    sql = shown.sql(dialect="duckdb")  # fakesnow's own names
    result = running.fetch(session, sql)
    rows = show.matching(tree, result)
    if what == "SCHEMAS":
        rows = [
            tuple("INFORMATION_SCHEMA" if value == "information_schema" else value for value in row) for row in rows
        ]
    if what == "SEQUENCES":
        rows = _with_next_values(session, [column.name for column in result.columns], rows)
    return Result(result.columns, rows=rows, statement_type=_SHOW)


def _with_next_values(session: Session, names: list[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The rows of SHOW SEQUENCES with the value that comes next, where fakesnow has the first one."""
    sql = "select database_name, schema_name, sequence_name, coalesce(last_value + increment_by, start_value) from "
    coming = {tuple(row[:3]): row[3] for row in session.duck.execute(sql + SEQUENCES).fetchall()}
    shown = []
    for row in rows:
        of = dict(zip(names, row, strict=True))
        of["next_value"] = coming.get((of["database_name"], of["schema_name"], of["name"]), of["next_value"])
        shown.append(tuple(of[name] for name in names))
    return shown
