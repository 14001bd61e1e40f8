"""SHOW COLUMNS of a temporary table, which fakesnow's catalogue does not list."""

from __future__ import annotations

import json
import re
from typing import Any

from sqlglot import exp

from include.local.snowflake.results import Result, text_result
from include.local.snowflake.sql import placement
from include.local.snowflake.state.session import Session
from include.local.snowflake.statements import describe

_SHOW = 0x4400
_LARGEST_TEXT = 16_777_216
_COLUMNS = ["table_name", "schema_name", "column_name", "data_type", "null?", "default", "kind", "expression", "comment", "database_name"]
_COLUMNS += ["autoincrement", "schema_evolution_record"]


def columns(session: Session, tree: exp.Show) -> Result | None:
    """Run SHOW COLUMNS IN a temporary table.

    Args:
        session: The session.
        tree: Statement, identifiers in their stored case.

    Returns:
        Its result; None for another SHOW or a permanent table.
    """
    table = tree.args.get("scope")
    if tree.name.upper() != "COLUMNS" or not isinstance(table, exp.Table):
        return None
    name = placement.full_name(table, session)
    if name not in session.temporary:
        return None
    described = describe.handle(session, exp.Describe(this=table.copy(), kind="TABLE"))
    like = tree.args.get("like")
    pattern = like.name if isinstance(like, exp.Expr) else "%"
    wanted = re.compile(re.escape(pattern).replace("%", ".*").replace("_", "."), re.IGNORECASE)
    rows = []
    for column, kind, _, nullable, default, *_ in described.tuples() if described is not None else []:
        if wanted.fullmatch(column):
            null = nullable == "Y"
            shown = json.dumps(_type(kind, null), separators=(",", ":"))
            rows.append((name[2], name[1], column, shown, str(null).lower(), default or "", "COLUMN", "", "", name[0], "", None))
    return text_result(_COLUMNS, [] if session.describe_only else rows, _SHOW)


def _type(text: str, nullable: bool) -> dict[str, Any]:
    """DESCRIBE's NUMBER(10,2) as SHOW COLUMNS has it."""
    name, _, rest = text.partition("(")
    numbers = [int(part) for part in rest.rstrip(")").split(",") if part]
    if name == "NUMBER":
        return {"type": "FIXED", "precision": numbers[0], "scale": numbers[1], "nullable": nullable}
    if name == "VARCHAR":
        size = min(4 * numbers[0], _LARGEST_TEXT)
        return {"type": "TEXT", "length": numbers[0], "byteLength": size, "nullable": nullable, "fixed": False}
    if name == "BINARY":
        return {"type": name, "length": numbers[0], "byteLength": numbers[0], "nullable": nullable, "fixed": True}
    if name.startswith("TIME"):
        return {"type": name, "precision": 0, "scale": numbers[0], "nullable": nullable}
    return {"type": "REAL" if name == "FLOAT" else name, "nullable": nullable}
