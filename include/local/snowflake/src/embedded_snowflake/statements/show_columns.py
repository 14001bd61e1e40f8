"""SHOW COLUMNS, after what DESCRIBE says of each table."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlglot import exp

from embedded_snowflake.names import TableName
from embedded_snowflake.results import TEXT_LENGTH, Result, text_result
from embedded_snowflake.sources import table_columns, tables_and_views
from embedded_snowflake.sql.resolve import table_names
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements import show_filters

_SHOW = 0x4400
_COLUMNS = [
    "table_name",
    "schema_name",
    "column_name",
    "data_type",
    "null?",
    "default",
    "kind",
    "expression",
    "comment",
    "database_name",
]
_COLUMNS += ["autoincrement", "schema_evolution_record"]


def columns(session: Session, tree: exp.Show) -> Result | None:
    """Run SHOW COLUMNS IN a table, view, schema, database or the account.

    Args:
        session: Session whose database and schema are meant where the statement names none.
        tree: Statement, identifiers in their stored case.

    Returns:
        Its result; None for another SHOW.

    Raises:
        SnowflakeError: As for DESCRIBE.
    """
    if tree.name.upper() != "COLUMNS":
        return None
    names = _tables(session, tree)
    found = text_result(_COLUMNS, [row for name in names for row in _rows(session, name)], _SHOW)
    return replace(found, rows=show_filters.matching(tree, found))


def _tables(session: Session, tree: exp.Show) -> list[TableName]:
    table = tree.args.get("scope")
    if isinstance(table, exp.Table) and str(tree.args.get("scope_kind")).upper() in ("TABLE", "VIEW"):
        return [table_names.full_name(table, session)]
    found = tables_and_views.list_all(session, *show_filters.scope(session, tree))
    return [tables_and_views.name_of(item) for item in found]


def _rows(session: Session, name: TableName) -> list[tuple[Any, ...]]:
    described = table_columns.of_table(session, name)
    rows = []
    for column, kind, _, nullable, default, *_ in described.tuples():
        null = nullable == "Y"
        shown = json.dumps(_type(kind, null), separators=(",", ":"))
        identity = (default or "").startswith("IDENTITY ")
        ordinary, numbered = ("", default) if identity else (default or "", "")
        rows.append(
            (
                name.name,
                name.schema,
                column,
                shown,
                str(null).lower(),
                ordinary,
                "COLUMN",
                "",
                "",
                name.database,
                numbered,
                None,
            )
        )
    return rows


def _type(text: str, nullable: bool) -> dict[str, Any]:
    """Write DESCRIBE's NUMBER(10,2) as SHOW COLUMNS does."""
    name, _, rest = text.partition("(")
    numbers = [int(part) for part in rest.rstrip(")").split(",") if part]
    if name == "NUMBER":
        return {"type": "FIXED", "precision": numbers[0], "scale": numbers[1], "nullable": nullable}
    if name == "VARCHAR":
        size = min(4 * numbers[0], TEXT_LENGTH)
        return {"type": "TEXT", "length": numbers[0], "byteLength": size, "nullable": nullable, "fixed": False}
    if name == "BINARY":
        return {"type": name, "length": numbers[0], "byteLength": numbers[0], "nullable": nullable, "fixed": True}
    if name.startswith("TIME"):
        return {"type": name, "precision": 0, "scale": numbers[0], "nullable": nullable}
    return {"type": "REAL" if name == "FLOAT" else name, "nullable": nullable}
