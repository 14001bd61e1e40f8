"""SHOW WAREHOUSES and DESCRIBE WAREHOUSE. Warehouses compute nothing here: what was said of them is kept and shown."""

from __future__ import annotations

from typing import Any

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.results import Column, Result
from embedded_snowflake.sql.parse import nodes
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state.account_objects import AccountObject
from embedded_snowflake.state.securables import Securable
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement

# Sizes as SHOW writes them, by their spellings without hyphens: https://docs.snowflake.com/en/sql-reference/sql/create-warehouse
_SIZES = {
    **{size.upper().replace("-", ""): size for size in ("X-Small", "Small", "Medium", "Large", "X-Large")},
    **{f"{count}XLARGE": f"{count}X-Large" for count in range(2, 7)},
    "XXLARGE": "2X-Large",
    "XXXLARGE": "3X-Large",
}
_SWITCHES = ("AUTO_RESUME", "INITIALLY_SUSPENDED", "ENABLE_QUERY_ACCELERATION")
_COUNTS = ("_COUNT", "_FACTOR", "_LEVEL", "_SECONDS", "AUTO_SUSPEND")  # ends of names
_NUMBERS = frozenset(
    {
        "auto_suspend",
        "max_cluster_count",
        "min_cluster_count",
        "query_acceleration_max_scale_factor",
        "queued",
        "running",
        "started_clusters",
    }
)
_TIMES = frozenset({"created_on", "resumed_on", "updated_on"})


def checked(name: str, text: str) -> str:
    """Check a property's value.

    Args:
        name: The property.
        text: Its value as written.

    Returns:
        The value; of WAREHOUSE_SIZE as SHOW writes it.

    Raises:
        SnowflakeError: The property has no such value.
    """
    value: str | None = text
    if name == "WAREHOUSE_SIZE":
        value = _SIZES.get(text.upper().replace("-", ""))
    elif name in _SWITCHES:
        value = text if text.upper() in ("TRUE", "FALSE") else None
    elif name.endswith(_COUNTS):
        value = text if text.isdecimal() or (name == "AUTO_SUSPEND" and text.upper() == "NULL") else None
    if value is None:
        raise SnowflakeError(f"SQL compilation error:\ninvalid value '{text}' for property '{name}'", 1008, "22023")
    return value


def listed(session: Session, items: list[AccountObject]) -> Result:
    """Answer SHOW WAREHOUSES.

    Args:
        session: Session whose warehouse is marked as current.
        items: The warehouses.

    Returns:
        A row each: https://docs.snowflake.com/en/sql-reference/sql/show-warehouses
    """
    rows = [_row(session, item) for item in items]
    names = list(_row(session, AccountObject("WAREHOUSE", "")))
    return Result([_column(name) for name in names], [tuple(row.values()) for row in rows], statement_type=0x4400)


def describe(statement: Statement, tree: nodes.DescribeAccountObject) -> Result:
    """Run DESCRIBE WAREHOUSE.

    Args:
        statement: Execution of it.
        tree: Statement.

    Returns:
        When the warehouse was made, its name and its kind.

    Raises:
        SnowflakeError: There is none of this name.
    """
    item = statement.session.engine.account.objects.get("WAREHOUSE", identifiers.only_part(tree.this))
    return Result(
        [_column(name) for name in ("created_on", "name", "kind")],
        [(item.created, item.name, "WAREHOUSE")],
        statement_type=0x4500,
    )


def _column(name: str) -> Column:
    if name in _TIMES:
        return Column(name, "timestamp_ltz", precision=0, scale=3)
    return Column(name, "fixed", precision=38, scale=0) if name in _NUMBERS else Column(name)


def _row(session: Session, item: AccountObject) -> dict[str, Any]:
    given = item.properties
    started = given.get("STATE", "STARTED") == "STARTED"
    least = int(given.get("MIN_CLUSTER_COUNT", "1"))
    pause = given.get("AUTO_SUSPEND", "600").upper()
    return {
        "name": item.name,
        "state": "STARTED" if started else "SUSPENDED",
        "type": given.get("WAREHOUSE_TYPE", "STANDARD").upper(),
        "size": given.get("WAREHOUSE_SIZE", "X-Small"),
        "min_cluster_count": least,
        "max_cluster_count": int(given.get("MAX_CLUSTER_COUNT", "1")),
        "started_clusters": least if started else 0,
        "running": 0,
        "queued": 0,
        "is_default": "N",
        "is_current": "Y" if item.name == session.warehouse else "N",
        "auto_suspend": None if pause == "NULL" else int(pause),
        "auto_resume": given.get("AUTO_RESUME", "TRUE").lower(),
        "available": "100" if started else "",
        "provisioning": "0" if started else "",
        "quiescing": "0" if started else "",
        "other": "0" if started else "",
        "created_on": item.created,
        "resumed_on": item.created,
        "updated_on": item.created,
        "owner": session.engine.account.grants.owner(Securable("WAREHOUSE", name=item.name)),
        "comment": item.comment,
        "enable_query_acceleration": given.get("ENABLE_QUERY_ACCELERATION", "FALSE").lower(),
        "query_acceleration_max_scale_factor": int(given.get("QUERY_ACCELERATION_MAX_SCALE_FACTOR", "8")),
        "resource_monitor": given.get("RESOURCE_MONITOR", "null"),
        "actives": "0",
        "pendings": "0",
        "failed": "0",
        "suspended": "0",
        "uuid": "0",
        "scaling_policy": given.get("SCALING_POLICY", "STANDARD").upper(),
        "budget": None,
        "owner_role_type": "ROLE",
        "resource_constraint": given.get("RESOURCE_CONSTRAINT"),
    }
