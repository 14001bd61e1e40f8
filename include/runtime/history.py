"""What Snowflake's query history tells of a session's statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

LIMIT = 10_000
"""Statements that Snowflake tells of at most."""
COLUMNS = (
    "QUERY_ID",
    "QUERY_TYPE",
    "EXECUTION_STATUS",
    "START_TIME",
    "END_TIME",
    "TOTAL_ELAPSED_TIME",
    "EXECUTION_TIME",
    "WAREHOUSE_NAME",
    "WAREHOUSE_SIZE",
    "ROWS_INSERTED",
    "ROWS_WRITTEN_TO_RESULT",
    "BYTES_WRITTEN_TO_RESULT",
)
"""What is asked of each statement (Snowflake, "QUERY_HISTORY, QUERY_HISTORY_BY_*"; the last three since its bundle
2024_02). Not the others: a text, or values that were bound, of thousands of statements is much, and nobody's to see.
BYTES_WRITTEN is a column of ACCOUNT_USAGE alone, which is up to 45 minutes behind."""
STATEMENT = (
    f"SELECT {', '.join(COLUMNS)}, CURRENT_TRANSACTION() AS OPEN_TRANSACTION,"
    " QUERY_TEXT ILIKE 'SELECT * FROM TABLE(RESULT_SCAN(%' AS FETCHES"
    f" FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY_BY_SESSION(RESULT_LIMIT => {LIMIT}))"
)
"""One statement for all. It says too whether the session has an open transaction, and which statements only fetch the
result of an earlier one, as the client does it for results in Arrow batches: that result is read once."""
ENDED = ("SUCCESS", "FAIL", "FAILED_WITH_ERROR", "FAILED_WITH_INCIDENT")
"""States of statements that are over; the one that asks is not."""
PUTS_ROWS = ("INSERT", "MERGE", "COPY", "CREATE_TABLE_AS_SELECT")
"""Parts of the types of statements that put rows into tables. Of others Snowflake need not say that it was none."""


def taken(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what a session's statements took.

    Args:
        rows: The history's rows: columns by name, in upper case.

    Returns:
        Those of `include.runtime.measures.KEYS` that the history tells; None for a sum of which a statement's part is
        not known, and for every sum where there are more statements than it tells of.
    """
    ended = [row for row in rows if row.get("EXECUTION_STATUS") in ENDED]
    whole = len(rows) < LIMIT
    computed = _computed(ended)
    done = [row for row in ended if row["EXECUTION_STATUS"] == "SUCCESS"]
    read = [row for row in done if row.get("QUERY_TYPE") == "SELECT" and not row.get("FETCHES")]
    written = [row for row in done if row.get("ROWS_INSERTED") is not None or _puts_rows(row)]
    warehouse, size = _most_used(computed)
    return {
        "statements": len(ended) if whole else None,
        "warehouse": warehouse,
        "warehouse_size": size,
        "warehouse_seconds": sum(map(seconds, _not_within_a_call(computed))) if whole else None,
        "rows_read": _sum(read, "ROWS_WRITTEN_TO_RESULT") if whole else None,
        "rows_written": _sum(written, "ROWS_INSERTED") if whole else None,
        "bytes_read": _sum(read, "BYTES_WRITTEN_TO_RESULT") if whole else None,
    }


def seconds(row: Row) -> float:
    """Return how long a statement ran, without compilation and queues where the account tells these apart.

    Args:
        row: the statement's row of the history.
    """
    milliseconds = row.get("EXECUTION_TIME")
    return float(row["TOTAL_ELAPSED_TIME"] if milliseconds is None else milliseconds) / 1000


def _computed(rows: Iterable[Row]) -> list[Row]:
    """Return the statements that ran in a warehouse: only these have its size, whatever the session's warehouse is."""
    return [row for row in rows if row.get("WAREHOUSE_NAME") and row.get("WAREHOUSE_SIZE")]


def _most_used(rows: Iterable[Row]) -> tuple[str | None, str | None]:
    used: dict[tuple[str, str], float] = defaultdict(float)
    for row in rows:
        used[row["WAREHOUSE_NAME"], row["WAREHOUSE_SIZE"]] += seconds(row)
    return max(used, key=lambda one: used[one]) if used else (None, None)


def _not_within_a_call(rows: Sequence[Row]) -> list[Row]:
    """Return the statements without those of a procedure, whose time is part of its CALL's."""
    calls = [_span(row) for row in rows if row.get("QUERY_TYPE") == "CALL"]

    def within(row: Row) -> bool:
        begun, over = _span(row)
        return any(first <= begun and over <= last and (begun, over) != (first, last) for first, last in calls)

    return [row for row in rows if not within(row)]


def _span(row: Row) -> tuple[dt.datetime, dt.datetime]:
    return row["START_TIME"], row["END_TIME"]


def _puts_rows(row: Row) -> bool:
    return any(part in (row.get("QUERY_TYPE") or "") for part in PUTS_ROWS)


def _sum(rows: Iterable[Row], column: str) -> int | None:
    """Return the sum of a column; None if a statement has no value."""
    values = [row.get(column) for row in rows]
    known = [int(value) for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
