"""What a SHOW looks into, and which of the objects there it lists."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import cannot_use, does_not_exist
from embedded_snowflake.names import display_path, like
from embedded_snowflake.results import Result
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import table_catalog


def scope(session: Session, tree: exp.Show) -> tuple[str | None, str | None]:
    """Find what a SHOW looks into.

    Args:
        session: Session whose database and schema are meant where the statement names none.
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
        session: Session whose database and schema are meant where the statement names none.
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
        if name.schema != "INFORMATION_SCHEMA" and table_catalog.kind_of(session, name) is None:
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
    rows = [row for row in result.tuples() if place is None or matches(tree, str(row[place]))]
    limit = tree.args.get("limit")
    return rows if limit is None else rows[: int(limit.expression.name)]


def matches(tree: exp.Show, name: str) -> bool:
    """Tell whether a SHOW lists an object.

    Args:
        tree: The SHOW.
        name: The object's name, as stored.

    Returns:
        Whether the name is like the pattern and starts with the text that the SHOW has.
    """
    pattern, prefix = tree.args.get("like"), tree.args.get("starts_with")
    if prefix and not name.startswith(prefix.name if isinstance(prefix, exp.Expr) else str(prefix)):
        return False
    if not pattern:
        return True
    text = pattern.name if isinstance(pattern, exp.Expr) else str(pattern)
    return like(text).fullmatch(name) is not None
