"""SHOW TABLES, VIEWS and OBJECTS, with the session's temporary ones, and SHOW PRIMARY and UNIQUE KEYS."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from embedded_snowflake.names import literal, private_table
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sources import row_counts, tables_and_views
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import show_filters

_SHOW = 0x4400
# Columns after the first five, with what they hold here: https://docs.snowflake.com/en/sql-reference/sql/show-tables
_TABLE_COLUMNS: dict[str, Any] = {
    "comment": "",
    "cluster_by": "",
    "rows": 0,
    "bytes": 0,
    "owner": "SYSADMIN",
    "retention_time": "1",
    "automatic_clustering": "OFF",
    "change_tracking": "OFF",
    "search_optimization": "OFF",
    "is_external": "N",
    "enable_schema_evolution": "N",
    "owner_role_type": "ROLE",
    "is_event": "N",
    "budget": None,
    "is_hybrid": "N",
    "is_iceberg": "N",
    "is_dynamic": "N",
    "is_immutable": "N",
}
_VIEW_COLUMNS: dict[str, Any] = {
    "reserved": "",
    "owner": "SYSADMIN",
    "comment": "",
    "text": "",
    "is_secure": "false",
    "is_materialized": "false",
    "owner_role_type": "ROLE",
    "change_tracking": "OFF",
}


def tables(session: Session, tree: exp.Show) -> Result | None:
    """Run SHOW TABLES, VIEWS or OBJECTS.

    Args:
        session: Session whose database and schema are meant where the statement names none.
        tree: Statement, identifiers in their stored case.

    Returns:
        Its result, or None for another SHOW.
    """
    what = tree.name.upper()
    if what not in ("TABLES", "VIEWS", "OBJECTS"):
        return None
    database, schema = show_filters.scope(session, tree)
    found = tables_and_views.list_all(session, database, schema)
    if what != "OBJECTS":
        found = [item for item in found if (item["kind"] == "VIEW") == (what == "VIEWS")]
    found = [item for item in found if show_filters.matches(tree, item["name"])]
    if (limit := tree.args.get("limit")) is not None:
        found = found[: int(limit.expression.name)]
    if what != "VIEWS" and not tree.args.get("terse"):
        counts = row_counts.count(session, [tables_and_views.name_of(item) for item in found if item["kind"] != "VIEW"])
        for item in found:
            item["rows"] = counts.get(tables_and_views.name_of(item), 0)
    names = ["created_on", "name", "kind", "database_name", "schema_name"]
    if what == "VIEWS" and not tree.args.get("terse"):
        names = ["created_on", "name", "database_name", "schema_name"]
    fixed = {} if tree.args.get("terse") else _VIEW_COLUMNS if what == "VIEWS" else _TABLE_COLUMNS
    columns = [_column(name, fixed) for name in [*names, *fixed]]
    rows = [tuple(item.get(column.name, fixed.get(column.name)) for column in columns) for item in found]
    return Result(columns, rows=rows, statement_type=_SHOW)


def keys(session: Session, tree: exp.Show) -> Result | None:
    """Run SHOW PRIMARY KEYS or SHOW UNIQUE KEYS.

    Args:
        session: Session whose database and schema are meant where the statement names none.
        tree: Statement, identifiers in their stored case.

    Returns:
        Its result, or None for another SHOW.
    """
    kind = {"PRIMARY KEYS": "PRIMARY KEY", "UNIQUE KEYS": "UNIQUE"}.get(tree.name.upper())
    if kind is None:
        return None
    table = tree.args.get("scope") if str(tree.args.get("scope_kind")).upper() == "TABLE" else None
    database, schema = show_filters.scope(session, tree)
    if isinstance(table, exp.Table):
        database, schema, _ = table_names.full_name(table, session)
    rows: list[tuple[Any, ...]] = []
    for name in [database] if database is not None else session.engine.databases():
        found = session.duck.execute(
            f"""select created, {literal(name)}, schema_name, table_name, column_name, position, constraint_name
            from {private_table(name, "key_facts")}
            left join {private_table(name, "table_facts")} using (schema_name, table_name)
            where key_facts.kind = $1 and schema_name = coalesce($2, schema_name)
            and table_name = coalesce($3, table_name)
            order by schema_name, table_name, constraint_name, position""",
            [kind, schema, table.name if table is not None else None],
        ).fetchall()
        rows += [(*row, "false", None) for row in found]
    names = [
        "database_name",
        "schema_name",
        "table_name",
        "column_name",
        "key_sequence",
        "constraint_name",
        "rely",
        "comment",
    ]
    columns = [_column("created_on", {}), *(_column(name, {"key_sequence": 0}) for name in names)]
    return Result(columns, rows=rows, statement_type=_SHOW)


def _column(name: str, fixed: dict[str, Any]) -> Column:
    if name == "created_on":
        return Column(name, "timestamp_ltz", precision=0, scale=3)
    if isinstance(fixed.get(name), int):
        return Column(name, "fixed", precision=38, scale=0)
    return Column(name)
