"""The query history, kept on disk across restarts."""

from __future__ import annotations

import datetime
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa

KEPT_STATEMENTS = 50_000

_SCHEMA = """
create table if not exists queries (
    number integer primary key autoincrement,
    query_id text not null unique, query_text text, database_name text, schema_name text, query_type text,
    session_id integer,
    user_name text, role_name text, warehouse_name text, query_tag text, execution_status text, error_code text,
    error_message text, start_time integer, end_time integer, rows_produced integer,
    warehouse_size text, rows_inserted integer, bytes_written_to_result integer
)
"""
_ADDED = {"warehouse_size": "text", "rows_inserted": "integer", "bytes_written_to_result": "integer"}
"""Columns that a file of an earlier version lacks."""
_UNKNOWN = ("BYTES_SCANNED", "COMPILATION_TIME", "EXECUTION_TIME")
"""Columns of Snowflake's that are NULL here: DuckDB does not tell one from the other, or what it reads."""


@dataclass(frozen=True)
class Took:
    """What a statement did that has ended.

    Attributes:
        rows: Rows in its result.
        inserted: Rows that it put into a table.
        result_bytes: Size of its result; None where it is a status or a few values.
        warehouse_size: Size of the warehouse that it ran in; None where it needs none.
    """

    rows: int = 0
    inserted: int = 0
    result_bytes: int | None = None
    warehouse_size: str | None = None


_NOTHING = Took()


@dataclass(frozen=True)
class Entry:
    """One statement as it starts.

    Attributes:
        query_id: Id that the client knows it by.
        text: Statement as sent.
        database: Current database.
        schema: Current schema.
        session_id: Number of the session.
        user: User name.
        role: Current role.
        warehouse: Current warehouse.
        tag: The session's QUERY_TAG.
    """

    query_id: str
    text: str
    database: str | None
    schema: str | None
    session_id: int
    user: str
    role: str | None
    warehouse: str | None
    tag: str


class History:
    """Records statements as they start and end.

    SQLite without waiting for the disk: what was recorded outlives a killed server, and costs well under a millisecond.

    Args:
        path: Database file; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("pragma journal_mode=wal")
        self._base.execute("pragma synchronous=off")
        self._base.execute(_SCHEMA)
        there = {row[1] for row in self._base.execute("pragma table_info(queries)")}
        for name, kind in _ADDED.items():
            if name not in there:
                self._base.execute(f"alter table queries add column {name} {kind}")
        self._base.execute(
            "update queries set execution_status='FAILED_WITH_ERROR', error_code='000604', "
            "error_message='The server ended while this statement ran.' where execution_status='RUNNING'"
        )
        self._base.execute(
            "delete from queries where number < (select max(number) from queries) - ?", [KEPT_STATEMENTS]
        )

    def begin(self, entry: Entry) -> None:
        """Record that a statement starts.

        Args:
            entry: The statement and where it runs.
        """
        with self._lock:
            self._base.execute(
                "insert into queries (query_id, query_text, database_name, schema_name, session_id, user_name,"
                " role_name, warehouse_name, query_tag, execution_status, start_time) values"
                " (?,?,?,?,?,?,?,?,?,'RUNNING',?)",
                [
                    entry.query_id,
                    entry.text,
                    entry.database,
                    entry.schema,
                    entry.session_id,
                    entry.user,
                    entry.role,
                    entry.warehouse,
                    entry.tag,
                    _now(),
                ],
            )

    def end(
        self,
        query_id: str,
        query_type: str,
        took: Took = _NOTHING,
        code: int | None = None,
        message: str | None = None,
    ) -> None:
        """Record how a statement ended.

        Args:
            query_type: SELECT, INSERT, CREATE_TABLE, …
            took: What it did.
            code: Error number, where it failed.
            message: Error message, where it failed.
        """
        status = "SUCCESS" if code is None else "FAILED_WITH_ERROR"
        error = None if code is None else f"{code:06d}"
        with self._lock:
            self._base.execute(
                "update queries set execution_status=?, error_code=?, error_message=?, end_time=?, rows_produced=?,"
                " query_type=?, warehouse_size=?, rows_inserted=?, bytes_written_to_result=? where query_id=?",
                [
                    status,
                    error,
                    message,
                    _now(),
                    took.rows,
                    query_type,
                    took.warehouse_size,
                    took.inserted,
                    took.result_bytes,
                    query_id,
                ],
            )

    def table(self, wanted: dict[str, Any], ended: tuple[int | None, int | None], limit: int) -> pa.Table:
        """Read the history, newest first.

        Args:
            wanted: Values that columns of `queries` must have; None for any.
            ended: First and last time at which they ended, in microseconds since 1970, now for a running one; None for
                any.
            limit: At most so many.

        Returns:
            Columns as in INFORMATION_SCHEMA.QUERY_HISTORY, NULL where it is not known; times are UTC timestamps in
            microseconds.
        """
        held = {f"{name} = ?": value for name, value in wanted.items() if value is not None}
        held |= {
            f"coalesce(end_time, {_now()}) {sign} ?": time
            for sign, time in zip((">=", "<="), ended, strict=True)
            if time is not None
        }
        where, values = f"where {' and '.join(held)}" if held else "", list(held.values())
        sql = (
            "select query_id, query_text, database_name, schema_name, query_type, session_id, user_name, role_name,"
            " warehouse_name, query_tag, execution_status, error_code, error_message, start_time, end_time,"
            " (coalesce(end_time, start_time) - start_time) / 1000, rows_produced, warehouse_size, rows_inserted,"
            f" rows_produced, bytes_written_to_result, {', '.join('null' for _ in _UNKNOWN)} from queries {where}"
            " order by number desc limit ?"
        )
        with self._lock:
            rows = self._base.execute(sql, [*values, limit]).fetchall()
        instant = pa.timestamp("us", tz="UTC")
        types: dict[str, pa.DataType] = {"SESSION_ID": pa.int64(), "START_TIME": instant, "END_TIME": instant}
        numbers = ("TOTAL_ELAPSED_TIME", "ROWS_PRODUCED", "ROWS_INSERTED", "ROWS_WRITTEN_TO_RESULT")
        types |= dict.fromkeys((*numbers, "BYTES_WRITTEN_TO_RESULT", *_UNKNOWN), pa.int64())
        names = [
            "QUERY_ID",
            "QUERY_TEXT",
            "DATABASE_NAME",
            "SCHEMA_NAME",
            "QUERY_TYPE",
            "SESSION_ID",
            "USER_NAME",
            "ROLE_NAME",
            "WAREHOUSE_NAME",
            "QUERY_TAG",
            "EXECUTION_STATUS",
            "ERROR_CODE",
            "ERROR_MESSAGE",
            "START_TIME",
            "END_TIME",
            "TOTAL_ELAPSED_TIME",
            "ROWS_PRODUCED",
            "WAREHOUSE_SIZE",
            "ROWS_INSERTED",
            "ROWS_WRITTEN_TO_RESULT",
            "BYTES_WRITTEN_TO_RESULT",
            *_UNKNOWN,
        ]
        columns = list(zip(*rows, strict=True)) if rows else [() for _ in names]
        arrays = [
            pa.array(values, type=types.get(name, pa.string())) for name, values in zip(names, columns, strict=True)
        ]
        return pa.Table.from_arrays(arrays, names=names)

    def status(self, query_id: str) -> tuple[str, str | None, str | None] | None:
        """Look up a statement's state.

        Returns:
            Execution status, error code and error message, or None when it is unknown.
        """
        with self._lock:
            sql = "select execution_status, error_code, error_message from queries where query_id=?"
            row = self._base.execute(sql, [query_id]).fetchone()
        return (row[0], row[1], row[2]) if row else None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()


def _now() -> int:
    """Microseconds since 1970, UTC."""
    return int(datetime.datetime.now(datetime.UTC).timestamp() * 1_000_000)
