"""SHOW TABLES, VIEWS and OBJECTS, with the session's temporary ones."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import cannot_use, does_not_exist
from embedded_snowflake.names import display_path, like, private_table
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sources import row_counts, tables_and_views
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import catalogue

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
        session: The session.
        tree: Statement, identifiers in their stored case.

    Returns:
        Its result, or None for another SHOW.
    """
    what = tree.name.upper()
    if what not in ("TABLES", "VIEWS", "OBJECTS"):
        return None
    database, schema = scope(session, tree)
    found = tables_and_views.list_all(session, database, schema)
    if what != "OBJECTS":
        found = [item for item in found if (item["kind"] == "VIEW") == (what == "VIEWS")]
    found = [item for item in found if _matches(tree, item["name"])]
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
        session: The session.
        tree: Statement, identifiers in their stored case.

    Returns:
        Its result, or None for another SHOW.
    """
    kind = {"PRIMARY KEYS": "PRIMARY KEY", "UNIQUE KEYS": "UNIQUE"}.get(tree.name.upper())
    if kind is None:
        return None
    table = tree.args.get("scope") if str(tree.args.get("scope_kind")).upper() == "TABLE" else None
    database, schema = scope(session, tree)
    if isinstance(table, exp.Table):
        database, schema, _ = table_names.full_name(table, session)
    rows: list[tuple[Any, ...]] = []
    for name in [database] if database is not None else session.engine.databases():
        found = session.duck.execute(
            f"""select created, '{name.replace("'", "''")}', schema_name, table_name, column_name, position, constraint_name
            from {private_table(name, "key_facts")}
            left join {private_table(name, "table_facts")} using (schema_name, table_name)
            where key_facts.kind = $1 and schema_name = coalesce($2, schema_name) and table_name = coalesce($3, table_name)
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


def scope(session: Session, tree: exp.Show) -> tuple[str | None, str | None]:
    """Find what a SHOW looks into.

    Args:
        session: The session.
        tree: Statement, identifiers in their stored case.

    Returns:
        Database and schema; None for all.
    """
    kind = str(tree.args.get("scope_kind") or "").upper()
    named = tree.args.get("scope")
    parts = [part.name for part in named.parts] if isinstance(named, exp.Table) else []
    if kind == "ACCOUNT":
        return None, None
    if kind == "DATABASE":
        return (parts[-1] if parts else session.database), None
    if parts:
        return (parts[-2] if len(parts) > 1 else session.database), parts[-1]
    return session.database, session.schema


def require_scope(session: Session, tree: exp.Show) -> None:
    """Check that what a SHOW looks into is there.

    Args:
        session: The session.
        tree: Statement, identifiers in their stored case.

    Raises:
        SnowflakeError: The table, schema or database that it names does not exist.
    """
    named = tree.args.get("scope")
    if not isinstance(named, exp.Table):
        return
    if tree.name.upper() == "SCHEMAS":
        if named.name not in session.engine.databases():
            raise cannot_use()
        return
    if str(tree.args.get("scope_kind")).upper() in ("TABLE", "VIEW"):
        name = table_names.full_name(named, session)
        if name.schema != "INFORMATION_SCHEMA" and catalogue.kind_of(session, name) is None:
            raise does_not_exist("Table", display_path(name))
        return
    database, schema = scope(session, tree)
    if database not in session.engine.databases():
        raise cannot_use()
    if schema not in (None, "INFORMATION_SCHEMA") and not session.engine.has_schema(str(database), schema):
        raise cannot_use()


def matching(tree: exp.Show, result: Result) -> list[tuple[Any, ...]]:
    """Leave out what LIKE, STARTS WITH and LIMIT leave out.

    Args:
        tree: The SHOW, identifiers in their stored case.
        result: All that it could list; what has no column of names stays.

    Returns:
        The rows.
    """
    names = [column.name for column in result.columns]
    place = next((names.index(name) for name in ("column_name", "name") if name in names), None)
    rows = [row for row in result.tuples() if place is None or _matches(tree, str(row[place]))]
    limit = tree.args.get("limit")
    return rows if limit is None else rows[: int(limit.expression.name)]


def _matches(tree: exp.Show, name: str) -> bool:
    pattern, prefix = tree.args.get("like"), tree.args.get("starts_with")
    if prefix and not name.startswith(prefix.name if isinstance(prefix, exp.Expr) else str(prefix)):
        return False
    if not pattern:
        return True
    text = pattern.name if isinstance(pattern, exp.Expr) else str(pattern)
    return like(text).fullmatch(name) is not None
