"""The table in Snowflake with a row for each try of each task: what it took."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any

from include.runtime.measures import POD_KEYS, Measures
from include.runtime.shipping import literal

log = logging.getLogger(__name__)

NO_SUCH_TABLE, ALREADY_THERE, NOT_ALLOWED, NO_MOMENT = 2003, 2002, 3001, 100035
"""Snowflake's error codes: of statements about an object, and of a text that is no timestamp."""
_TEXT, _COUNT, _AMOUNT, _TIME = "VARCHAR", "NUMBER(38,0)", "FLOAT", "TIMESTAMP_TZ(6)"
PLAIN = "{}"
"""How a moment is written where a session takes texts as Snowflake does by default: it costs least."""
IN_ANY_SESSION = "TO_TIMESTAMP_TZ({}, 'YYYY-MM-DD\"T\"HH24:MI:SS.FF6TZH:TZM')"
"""How it is written whatever TIMESTAMP_INPUT_FORMAT says."""
COLUMNS = {
    "DAG_ID": _TEXT,
    "RUN_ID": _TEXT,
    "TASK_ID": _TEXT,
    "MAP_INDEX": _COUNT,
    "TRY_NUMBER": _COUNT,
    "TARGET": _TEXT,
    "RUN_AS": _TEXT,
    "STATE": _TEXT,
    "STARTED_AT": _TIME,
    "QUEUED_SECONDS": _AMOUNT,
    "STARTUP_SECONDS": _AMOUNT,
    "WORK_SECONDS": _AMOUNT,
    "CPU_SECONDS": _AMOUNT,
    "MEMORY_BYTES": _COUNT,
    "STATEMENTS": _COUNT,
    "WAREHOUSE": _TEXT,
    "WAREHOUSE_SIZE": _TEXT,
    "WAREHOUSE_SECONDS": _AMOUNT,
    "ROWS_READ": _COUNT,
    "ROWS_WRITTEN": _COUNT,
    "BYTES_READ": _COUNT,
    "BYTES_WRITTEN": _COUNT,
    "VERSION": _TEXT,
    "POD": _TEXT,
    "NODE": _TEXT,
    "IMAGE": _TEXT,
    "IMAGE_PULL_SECONDS": _AMOUNT,
    "SCHEDULED_SECONDS": _AMOUNT,
    "CPU_REQUEST": _AMOUNT,
    "CPU_LIMIT": _AMOUNT,
    "MEMORY_REQUEST": _COUNT,
    "MEMORY_LIMIT": _COUNT,
}
"""Names and types; what each is: docs/measures.md."""


def add(execute: Callable[[str], Any], table: str, names: Mapping[str, Any], measures: Measures) -> None:
    """Add the row of one try, to a table that is made if it is not there.

    Args:
        execute: runs a statement; raises an error of the connector's.
        table: the table.
        names: `dag_id`, `run_id`, `task_id`, `map_index` and `try_number` of the task.
        measures: what it took, as `include.runtime.measures` has it.

    Raises:
        Exception: the row cannot be added, other than for a want of privileges, which is said in the log.
    """
    try:
        try:
            execute(insert_statement(table, names, measures))
        except Exception as error:
            code = getattr(error, "errno", None)
            if code not in (NO_SUCH_TABLE, NO_MOMENT):
                raise
            if code == NO_SUCH_TABLE:
                _create(execute, table)
            execute(insert_statement(table, names, measures, moment=IN_ANY_SESSION))
    except Exception as error:
        if getattr(error, "errno", None) not in (NO_SUCH_TABLE, NOT_ALLOWED):
            raise
        log.warning(
            "%s has no row of this task, as its role may not make the table or write to it. What to do: grant the role"
            " CREATE TABLE on the schema, or INSERT on the table if that is another role's; or write `snowflake:"
            " {task_runs: null}`.",
            table,
        )


def insert_statement(table: str, names: Mapping[str, Any], measures: Measures, moment: str = PLAIN) -> str:
    """Return the statement that adds a row. It binds nothing, as connections differ in how they do it.

    Args:
        table: the table.
        names: as above.
        measures: as above.
        moment: how a moment is written.

    Returns:
        SQL; columns of which nothing is known are left out.
    """
    row = {name: value for name, value in values(names, measures).items() if value is not None}
    literals = ", ".join(_sql(value, COLUMNS[name], moment) for name, value in row.items())
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({literals})"


def values(names: Mapping[str, Any], measures: Measures) -> dict[str, Any]:
    """Return a row's values by column; arguments as above."""
    pod = measures.get("pod") or {}
    known = {key: value for key, value in (*measures.items(), *names.items()) if key not in ("pod", "started")}
    known |= {"pod": pod.get("name"), **{key: pod.get(key) for key in POD_KEYS if key != "name"}}
    started = measures.get("started")
    if started is not None:
        known["started_at"] = dt.datetime.fromtimestamp(started, dt.UTC).isoformat(timespec="microseconds")
    return {name: known.get(name.lower()) for name in COLUMNS}


def _create(execute: Callable[[str], Any], table: str) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    try:
        execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
    except Exception as error:
        if getattr(error, "errno", None) != ALREADY_THERE:  # another task has made it meanwhile
            raise


def _sql(value: Any, kind: str, moment: str) -> str:
    if kind == _TEXT:
        return literal(str(value))
    if kind == _TIME:
        return moment.format(literal(value))
    return repr(int(value) if kind == _COUNT else float(value))
