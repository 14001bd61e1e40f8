"""What is done in a task's own session once its work is over: the query history is asked, and the task's row added.

It comes before the session is closed and never in the task's way: what the task left open is rolled back, as the end of
its session would do it, and a failure is a line in the log.
"""

from __future__ import annotations

import logging
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from include.runtime import history, queries, task_runs
from include.runtime.measures import Measures

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection

log = logging.getLogger(__name__)

TIMEOUT = 20
"""Seconds for which Snowflake is waited for, all statements together: a task that has done its work must not hang."""
_Execute = Callable[[str], list[dict[str, Any]]]
_PART = r'(?:"(?:[^"]|"")+"|[^".]+)'


@dataclass(frozen=True)
class Place:
    """Where a session was when it was opened. A task may go elsewhere in it.

    Attributes:
        database: its database.
        schema: its schema.
        role: its role.
        warehouse: its warehouse.
    """

    database: str | None
    schema: str | None
    role: str | None
    warehouse: str | None

    @classmethod
    def of(cls, connection: SnowflakeConnection) -> Place:
        """Return where a connection's session is now."""
        return cls(connection.database, connection.schema, connection.role, connection.warehouse)

    def table(self, name: str) -> str:
        """Return a table's name with the database and schema that it lacks.

        Args:
            name: as written, with or without these.
        """
        parts = len(re.findall(_PART, name))
        before = [quoted(one) for one in (self.database, self.schema)[: 3 - parts] if one] if parts < 3 else []
        return ".".join([*before, name]) if len(before) == 3 - parts else name


def finish(
    connection: SnowflakeConnection,
    place: Place,
    table: str | None,
    names: Mapping[str, Any],
    measures: Measures,
    *,
    names_queries: bool = True,
) -> None:
    """Complete measures from the query history, and add the task's row. It raises nothing.

    Args:
        connection: the task's own, still open.
        place: where its session was at first.
        table: the table of rows; none if None.
        names: dag, task, run, map index and try.
        measures: what is known so far; what the history tells is added.
        names_queries: whether the log is to name the statements.
    """
    try:
        _finish(connection, place, table, names, measures, names_queries)
    except Exception as error:
        log.warning("Not all of what the task took could be measured: %s", _line(error))


def quoted(name: str) -> str:
    """Return a name that the connector gives, as an identifier: it leaves quotes on where they are needed, or not."""
    return name if name.startswith('"') else '"' + name.replace('"', '""') + '"'


def _finish(
    connection: SnowflakeConnection,
    place: Place,
    table: str | None,
    names: Mapping[str, Any],
    measures: Measures,
    names_queries: bool,
) -> None:
    if connection.is_closed():
        log.info("The task closed its session itself: its statements are not measured.")
        return
    if connection._async_sfqids and not connection._all_async_queries_finished():
        log.info("Statements that the task left running go on: they are not measured.")
        return
    execute = _within(connection, TIMEOUT)
    open_transaction = True
    try:
        rows = execute(history.STATEMENT)
        measures |= history.taken(rows)
        if names_queries:
            queries.log_all(connection, rows)
        open_transaction = not rows or rows[0]["OPEN_TRANSACTION"] is not None
    except Exception as error:
        log.info("The query history does not tell what the task's statements took: %s", _line(error))
    if table is None:
        return
    try:
        _return_to(connection, place, open_transaction, execute)
        task_runs.add(execute, place.table(table), names, measures)
        if not connection._session_parameters.get("AUTOCOMMIT"):
            execute("COMMIT")
    except Exception as error:
        log.warning("%s has no row of this task: %s", table, _line(error))


def _return_to(connection: SnowflakeConnection, place: Place, open_transaction: bool, execute: _Execute) -> None:
    """End what the task left open, and take back the role and the warehouse with which it began."""
    if open_transaction:
        execute("ROLLBACK")
    now = Place.of(connection)
    for what in ("role", "warehouse"):
        first = getattr(place, what)
        if first and getattr(now, what) != first:
            execute(f"USE {what.upper()} {quoted(first)}")


def _within(connection: SnowflakeConnection, seconds: float) -> _Execute:
    """Return what runs statements and gives their rows, until so many seconds are over."""
    from snowflake.connector import DictCursor

    end = time.monotonic() + seconds

    def execute(statement: str) -> list[dict[str, Any]]:
        left = math.ceil(end - time.monotonic())
        if left <= 0:
            raise TimeoutError(f"Snowflake took more than {seconds} seconds")
        vars(connection)["_network_timeout"] = left  # requests are repeated for ever by default
        with connection.cursor(DictCursor) as cursor:
            cursor.execute(statement, timeout=left)
            return [dict(row) for row in cursor.fetchall()]

    return execute


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
