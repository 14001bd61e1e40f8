"""What Snowflake's query history tells of a session's statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]

LIMIT = 10_000
"""Statements that Snowflake tells of at most."""
STATEMENT = (
    "SELECT * EXCLUDE (QUERY_TEXT, ERROR_MESSAGE), CURRENT_TRANSACTION() AS OPEN_TRANSACTION,"
    " QUERY_TEXT ILIKE 'SELECT * FROM TABLE(RESULT_SCAN(%' AS FETCHES"
    f" FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY_BY_SESSION(RESULT_LIMIT => {LIMIT}))"
)
"""One statement, and whatever columns this account has (Snowflake, "QUERY_HISTORY, QUERY_HISTORY_BY_*"). It says too
whether the session has an open transaction, and which statements only fetch the result of an earlier one, as the client
does it for results in Arrow batches: that result is read once."""
ENDED = ("SUCCESS", "FAIL", "FAILED_WITH_ERROR", "FAILED_WITH_INCIDENT")
"""States of statements that are over; the one that asks is not."""


def taken(rows: Sequence[Row]) -> dict[str, Any]:
    """Return what a session's statements took.

    Args:
        rows: The history's rows: columns by name, in upper case.

    Returns:
        Those of `include.runtime.measures.KEYS` that the history tells; None for what this account's has no column for,
        and for every sum where there are more statements than it tells of.
    """
    ended = [row for row in rows if row.get("EXECUTION_STATUS") in ENDED]
    whole = len(rows) < LIMIT
    computed = _computed(ended)
    done = [row for row in ended if row["EXECUTION_STATUS"] == "SUCCESS"]
    read = [row for row in done if row.get("QUERY_TYPE") == "SELECT" and not row.get("FETCHES")]
    warehouse, size = _most_used(computed)
    return {
        "statements": len(ended) if whole else None,
        "warehouse": warehouse,
        "warehouse_size": size,
        "warehouse_seconds": sum(map(seconds, _not_within_a_call(computed))) if whole else None,
        "rows_read": _sum(read, "ROWS_WRITTEN_TO_RESULT", "ROWS_PRODUCED") if whole else None,
        "rows_written": _sum(done, "ROWS_INSERTED") if whole else None,
        "bytes_read": _sum(read, "BYTES_WRITTEN_TO_RESULT") if whole else None,
        "bytes_written": _sum(done, "BYTES_WRITTEN") if whole else None,
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


def _sum(rows: Iterable[Row], *columns: str) -> int | None:
    """Return the sum of a column, the first that has values; None if a statement has none in any."""

    def value(row: Row) -> int | None:
        return next((int(row[name]) for name in columns if row.get(name) is not None), None)

    values = list(map(value, rows))
    known = [one for one in values if one is not None]
    return sum(known) if len(known) == len(values) else None
