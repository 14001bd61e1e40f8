from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_snowflake.state import history
from embedded_snowflake.state.history import Entry, History, Took

ENTRY = Entry("id-1", "select 1", "DB", "SC", 7, "SOMEBODY", "SYSADMIN", None, "a tag")


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[History]:
    opened = History(tmp_path / "history.sqlite")
    yield opened
    opened.close()


def _rows(kept: History, limit: int = 100, **wanted: Any) -> list[dict[str, Any]]:
    return kept.table(wanted, (None, None), limit).to_pylist()


def test_a_statement_runs_and_ends(kept: History) -> None:
    kept.begin(ENTRY)
    assert kept.status("id-1") == ("RUNNING", None, None)
    kept.end("id-1", "SELECT", Took(rows=3))
    assert kept.status("id-1") == ("SUCCESS", None, None)
    [row] = _rows(kept)
    times = [row.pop(name) for name in ("START_TIME", "END_TIME")]
    assert times[0] <= times[1] <= datetime.datetime.now(datetime.UTC)
    assert row.pop("TOTAL_ELAPSED_TIME") == (times[1] - times[0]) // datetime.timedelta(milliseconds=1)
    assert row == {
        "QUERY_ID": "id-1",
        "QUERY_TEXT": "select 1",
        "DATABASE_NAME": "DB",
        "SCHEMA_NAME": "SC",
        "QUERY_TYPE": "SELECT",
        "SESSION_ID": 7,
        "USER_NAME": "SOMEBODY",
        "ROLE_NAME": "SYSADMIN",
        "WAREHOUSE_NAME": None,
        "QUERY_TAG": "a tag",
        "EXECUTION_STATUS": "SUCCESS",
        "ERROR_CODE": None,
        "ERROR_MESSAGE": None,
        "ROWS_PRODUCED": 3,
        "WAREHOUSE_SIZE": None,
        "ROWS_INSERTED": 0,
        "ROWS_WRITTEN_TO_RESULT": 3,
        "BYTES_WRITTEN_TO_RESULT": None,
        "BYTES_SCANNED": None,
        "COMPILATION_TIME": None,
        "EXECUTION_TIME": None,
    }


def test_a_failure_has_its_number_in_six_digits(kept: History) -> None:
    kept.begin(ENTRY)
    kept.end("id-1", "SELECT", code=2003, message="no such table")
    assert kept.status("id-1") == ("FAILED_WITH_ERROR", "002003", "no such table")
    assert kept.status("another") is None


def test_the_newest_come_first_and_not_too_many(kept: History) -> None:
    for number in range(4):
        kept.begin(dataclasses.replace(ENTRY, query_id=f"id-{number}", session_id=number % 2))
    assert [row["QUERY_ID"] for row in _rows(kept, limit=3)] == ["id-3", "id-2", "id-1"]
    assert [row["QUERY_ID"] for row in _rows(kept, session_id=0, user_name=None)] == ["id-2", "id-0"]
    assert _rows(kept, user_name="NOBODY") == []


def test_those_that_ended_in_a_span_of_time(kept: History) -> None:
    kept.begin(ENTRY)
    kept.end("id-1", "SELECT")
    [row] = _rows(kept)
    ended = int(row["END_TIME"].timestamp() * 1_000_000)
    for span, found in (((ended, ended), 1), ((ended + 1, None), 0), ((None, ended - 1), 0)):
        assert kept.table({}, span, 10).num_rows == found, span


def test_what_ran_when_the_server_ended_has_failed(tmp_path: Path) -> None:
    first = History(tmp_path / "history.sqlite")
    first.begin(ENTRY)
    first.close()
    second = History(tmp_path / "history.sqlite")
    assert second.status("id-1") == ("FAILED_WITH_ERROR", "000604", "The server ended while this statement ran.")
    second.close()


def test_the_oldest_are_forgotten_at_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT_STATEMENTS", 2)
    first = History(tmp_path / "history.sqlite")
    for number in range(9):
        first.begin(dataclasses.replace(ENTRY, query_id=f"id-{number}"))
    first.close()
    second = History(tmp_path / "history.sqlite")
    assert [row["QUERY_ID"] for row in _rows(second)] == ["id-8", "id-7", "id-6"]
    second.close()
