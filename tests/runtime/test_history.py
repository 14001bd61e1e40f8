"""What is read of a session's query history, and what an account does not tell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from include.runtime import history
from include.runtime.measures import KEYS

BEGUN = dt.datetime(2026, 1, 5, 8, 0, tzinfo=dt.UTC)


def statement(
    kind: str, first: float = 0, seconds: float = 1, status: str = "SUCCESS", **columns: Any
) -> dict[str, Any]:
    """A row of the history; it began so many seconds after the first and took so many."""
    return {
        "QUERY_TYPE": kind,
        "EXECUTION_STATUS": status,
        "START_TIME": BEGUN + dt.timedelta(seconds=first),
        "END_TIME": BEGUN + dt.timedelta(seconds=first + seconds),
        "TOTAL_ELAPSED_TIME": round(seconds * 1000),
        "WAREHOUSE_NAME": "WH",
        "WAREHOUSE_SIZE": "X-Small",
        "ROWS_INSERTED": 0,
        "ROWS_WRITTEN_TO_RESULT": 1,
    } | columns


def test_what_it_tells_are_measures() -> None:
    assert {*history.taken([])} <= {*KEYS}


def test_rows_read_are_of_queries_and_rows_written_of_changes() -> None:
    found = history.taken(
        [
            statement("SELECT", ROWS_WRITTEN_TO_RESULT=100, BYTES_WRITTEN_TO_RESULT=900),
            statement("CREATE_TABLE_AS_SELECT", ROWS_INSERTED=40),
            statement("SHOW", ROWS_WRITTEN_TO_RESULT=7, WAREHOUSE_SIZE=None),
        ]
    )
    assert (found["statements"], found["rows_read"], found["bytes_read"], found["rows_written"]) == (3, 100, 900, 40)


def test_a_result_that_is_fetched_later_is_read_once() -> None:
    rows = [statement("SELECT", ROWS_WRITTEN_TO_RESULT=100, FETCHES=fetches) for fetches in (True, False)]
    found = history.taken(rows)
    assert (found["statements"], found["rows_read"]) == (2, 100)


def test_the_time_in_the_warehouse_is_without_compilation_and_queues() -> None:
    rows = [statement("SELECT", EXECUTION_TIME=250), statement("SELECT", seconds=2, EXECUTION_TIME=None)]
    assert history.taken(rows)["warehouse_seconds"] == 0.25 + 2


def test_what_needs_no_warehouse_takes_no_time_in_it() -> None:
    found = history.taken([statement("ALTER_SESSION", seconds=9, WAREHOUSE_SIZE=None)])
    assert (found["warehouse"], found["warehouse_seconds"]) == (None, 0)


def test_a_procedures_statements_are_counted_and_their_time_is_the_calls() -> None:
    rows = [
        statement("CREATE_TABLE_AS_SELECT", 9),
        statement("SELECT", 2, 3),
        statement("CALL", 1, 6),
        statement("SELECT", 0, 0.5),
    ]
    found = history.taken(rows)
    assert (found["statements"], found["warehouse_seconds"]) == (4, 1 + 6 + 0.5)


def test_the_warehouse_is_the_one_that_worked_longest() -> None:
    rows = [statement("SELECT"), statement("SELECT", seconds=5, WAREHOUSE_NAME="BIG", WAREHOUSE_SIZE="Large")]
    found = history.taken(rows)
    assert (found["warehouse"], found["warehouse_size"]) == ("BIG", "Large")


@pytest.mark.parametrize("kind", ["INSERT", "MULTI_TABLE_INSERT", "MERGE", "COPY", "CREATE_TABLE_AS_SELECT"])
def test_what_is_not_told_is_not_known(kind: str) -> None:
    rows = [statement("SELECT"), statement("INSERT", ROWS_INSERTED=3), statement(kind, ROWS_INSERTED=None)]
    found = history.taken(rows)
    assert (found["rows_written"], found["bytes_read"]) == (None, None)
    assert found["rows_read"] == 1


@pytest.mark.parametrize("kind", ["CREATE_TABLE", "PUT_FILES", "USE", "SELECT", "ALTER_SESSION", "CALL", None])
def test_what_writes_no_rows_need_not_say_so(kind: Any) -> None:
    rows = [statement("INSERT", ROWS_INSERTED=3), statement(kind, ROWS_INSERTED=None)]
    assert history.taken(rows)["rows_written"] == 3


def test_it_asks_for_what_snowflake_documents_and_for_no_text() -> None:
    assert history.STATEMENT.startswith("SELECT QUERY_ID, QUERY_TYPE, ")
    assert not {"QUERY_TEXT", "BIND_VALUES", "ERROR_MESSAGE", "BYTES_WRITTEN", "ROWS_PRODUCED"} & {*history.COLUMNS}


def test_statements_that_failed_took_time_and_gave_nothing() -> None:
    failed = statement("SELECT", status="FAILED_WITH_ERROR", ROWS_WRITTEN_TO_RESULT=None, WAREHOUSE_SIZE=None)
    found = history.taken([failed, statement("SELECT", BYTES_WRITTEN_TO_RESULT=8)])
    assert (found["statements"], found["rows_read"], found["bytes_read"]) == (2, 1, 8)


def test_the_statement_that_asks_is_none_of_the_tasks() -> None:
    # Snowflake gives what still runs an end in 1970.
    asking = statement("SELECT", status="RUNNING", END_TIME=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    assert history.taken([asking])["statements"] == 0


def test_of_more_statements_than_snowflake_tells_no_sum_is_known() -> None:
    found = history.taken([statement("SELECT")] * history.LIMIT)
    assert found["warehouse"] == "WH"
    assert {value for key, value in found.items() if not key.startswith("warehouse") or key.endswith("s")} == {None}
