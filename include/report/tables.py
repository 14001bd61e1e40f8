"""The tables and columns of Airflow's metadata database that a report is read from, as Airflow 3.3 has them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Float, Integer, String, TypeDecorator, column, table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import NullType, TypeEngine


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, which SQLite and MySQL keep without their zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Value(TypeDecorator[Any]):
    """The value of an XCom: JSON, as plain values."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database has: SQLite makes a number of JSON that looks like one, so it is read as it is."""
        kinds: dict[str, TypeEngine[Any]] = {"sqlite": NullType(), "postgresql": JSONB()}
        return dialect.type_descriptor(kinds.get(dialect.name, JSON()))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Return the plain value."""
        return plain(json.loads(value) if dialect.name == "sqlite" and isinstance(value, str) else value)


def plain(value: Any) -> Any:
    """Put lists in place of the tuples that Airflow marks as such in an XCom (its rows of SQL results).

    Args:
        value: what the column's JSON says.

    Returns:
        The same without marks.
    """
    if isinstance(value, dict):
        if value.get("__classname__") == "builtins.tuple":
            return plain(value.get("__data__"))
        return {key: plain(below) for key, below in value.items()}
    return [plain(below) for below in value] if isinstance(value, list) else value


DAG = table("dag", column("dag_id", String), column("description", String))

RUN = table(
    "dag_run",
    column("id", Integer),
    column("dag_id", String),
    column("run_id", String),
    column("state", String),
    column("run_type", String),
    column("logical_date", Moment),
    column("start_date", Moment),
    column("end_date", Moment),
)

_TRY = (
    ("dag_id", String),
    ("run_id", String),
    ("task_id", String),
    ("map_index", Integer),
    ("state", String),
    ("try_number", Integer),
    ("operator", String),
    ("rendered_map_index", String),
    ("queued_dttm", Moment),
    ("start_date", Moment),
    ("end_date", Moment),
    ("duration", Float),
)

TASK = table("task_instance", *(column(name, kind) for name, kind in _TRY))
"""The last try of each task."""

EARLIER = table("task_instance_history", *(column(name, kind) for name, kind in _TRY))
"""The tries before it, and those of runs that were cleared."""

XCOM = table(
    "xcom",
    column("dag_id", String),
    column("run_id", String),
    column("task_id", String),
    column("map_index", Integer),
    column("key", String),
    column("value", Value),
)
