"""SHOW: what this server lists itself, and what fakesnow lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fakesnow import transforms
from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.state import running
from embedded_snowflake.state.duck_catalog import SEQUENCES
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import show_columns, show_filters, show_tables

_SHOW = 0x4400


def describe(statement: Statement, tree: exp.Show) -> Result:
    """Describe SHOW: what it lists is only read."""
    return replace(run(statement, tree), rows=[], table=None)


def run(statement: Statement, tree: exp.Show) -> Result:
    """Run SHOW.

    Raises:
        SnowflakeError: What it looks into does not exist, or it is not supported.
    """
    session = statement.session
    what = tree.name.upper()
    stored = tree.transform(transforms.upper_case_unquoted_identifiers, copy=False)
    show_filters.require_scope(session, tree)
    listed = show_tables.tables(session, tree) or show_tables.keys(session, tree) or show_columns.columns(session, tree)
    if listed is not None:
        return listed
    shown: exp.Expr = stored.copy()
    shown.set("like", None)  # which names it matches is `show_filters.matching`'s affair
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
    rows = show_filters.matching(tree, result)
    if what == "SCHEMAS":
        rows = [
            tuple("INFORMATION_SCHEMA" if value == "information_schema" else value for value in row) for row in rows
        ]
    if what == "SEQUENCES":
        rows = _with_next_values(session, [column.name for column in result.columns], rows)
    return Result(result.columns, rows=rows, statement_type=_SHOW)


def _with_next_values(session: Session, names: list[str], rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Give the rows of SHOW SEQUENCES the value that comes next, where fakesnow has the first one."""
    sql = "select database_name, schema_name, sequence_name, coalesce(last_value + increment_by, start_value) from "
    coming = {tuple(row[:3]): row[3] for row in session.duck.execute(sql + SEQUENCES).fetchall()}
    shown = []
    for row in rows:
        of = dict(zip(names, row, strict=True))
        of["next_value"] = coming.get((of["database_name"], of["schema_name"], of["name"]), of["next_value"])
        shown.append(tuple(of[name] for name in names))
    return shown
