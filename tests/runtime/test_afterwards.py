"""What is done in a task's session once its work is over disturbs nothing, whatever the task left there."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import DictCursor
from snowflake.snowpark import Session

from include.runtime.main import run_reporting
from include.runtime.measures import KEYS
from include.runtime.request import Request
from tests.laptop import CANARY, Laptop

TABLE = "SNOWPOD_TASK_RUNS"
NAMES = {"dag_id": "it's", "run_id": "monday", "try_number": 2, "map_index": -1}


def run_all(session: Session, *statements: str) -> None:
    for statement in statements:
        session.sql(statement).collect()


class Functions:
    """What tasks do with their sessions."""

    @staticmethod
    def works(session: Session) -> int:
        run_all(
            session, "CREATE OR REPLACE TEMPORARY TABLE T AS SELECT SEQ4() AS A FROM TABLE(GENERATOR(ROWCOUNT => 40))"
        )
        return len(session.sql("SELECT A FROM T").collect())

    @staticmethod
    def streams(session: Session) -> int:
        numbers = "SELECT SEQ4() AS A FROM TABLE(GENERATOR(ROWCOUNT => 40))"
        return sum(len(batch) for batch in session.sql(numbers).to_arrow_batches())

    @staticmethod
    def fails(session: Session) -> None:
        run_all(session, "SELECT 1")
        raise ValueError("no trips")

    @staticmethod
    def leaves_a_transaction(session: Session) -> None:
        run_all(session, "CREATE OR REPLACE TABLE LEFT_OPEN (A INT)", "BEGIN", "INSERT INTO LEFT_OPEN VALUES (1)")

    @staticmethod
    def fails_within_a_transaction(session: Session) -> None:
        Functions.leaves_a_transaction(session)
        raise ValueError("no trips")

    @staticmethod
    def commits_by_itself(session: Session) -> None:
        run_all(session, "CREATE OR REPLACE TABLE LEFT_OPEN (A INT)", "ALTER SESSION SET AUTOCOMMIT = FALSE")
        run_all(session, "INSERT INTO LEFT_OPEN VALUES (1)", "COMMIT", "INSERT INTO LEFT_OPEN VALUES (2)")

    @staticmethod
    def goes_elsewhere(session: Session) -> None:
        run_all(session, "CREATE SCHEMA IF NOT EXISTS ELSEWHERE", "USE SCHEMA ELSEWHERE", "USE ROLE PUBLIC")

    @staticmethod
    def drops_its_schema(session: Session) -> None:
        run_all(session, "CREATE OR REPLACE SCHEMA DROPPED", "DROP SCHEMA DROPPED")

    @staticmethod
    def has_a_tag(session: Session) -> None:
        run_all(session, "ALTER SESSION SET QUERY_TAG = 'mine'", "SELECT 1")

    @staticmethod
    def closes(session: Session) -> None:
        session.close()

    @staticmethod
    def has_a_table_of_that_name(session: Session) -> None:
        run_all(session, f"CREATE TEMPORARY TABLE {TABLE} (A INT)")

    @staticmethod
    def leaves_a_query(session: Session) -> None:
        session.sql("SELECT SYSTEM$WAIT(20)").collect_nowait()


@pytest.fixture(autouse=True)
def _functions(laptop: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "connection.json").write_text(json.dumps(laptop.parameters))
    monkeypatch.delenv("SNOWPOD_CONNECTION_FD", raising=False)
    monkeypatch.setenv("SNOWPOD_CONNECTION_FILE", str(tmp_path / "connection.json"))
    module = ModuleType("functions_afterwards")
    vars(module).update({name: one.__func__ for name, one in vars(Functions).items() if isinstance(one, staticmethod)})
    monkeypatch.setitem(sys.modules, module.__name__, module)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture
def cursor(laptop: Laptop) -> Iterator[DictCursor]:
    with snowflake.connector.connect(**laptop.parameters) as connection:
        yield connection.cursor(DictCursor)


def outcome(name: str, table: str | None = TABLE, **more: Any) -> dict[str, Any]:
    request = Request(
        f"functions_afterwards.{name}",
        query_tag={**NAMES, "task_id": name},
        target="snowpark",
        started=time.time() - 3,
        task_runs=table,
        **more,
    )
    return run_reporting(request.to_json())


def rows(cursor: DictCursor, name: str, table: str = TABLE) -> list[dict[str, Any]]:
    return [dict(row) for row in cursor.execute(f"SELECT * FROM {table} WHERE TASK_ID = '{name}'").fetchall()]


def test_the_row_and_the_measures_say_the_same(cursor: DictCursor) -> None:
    measures = outcome("works")["measures"]
    (row,) = rows(cursor, "works")
    assert (row["DAG_ID"], row["RUN_ID"], row["MAP_INDEX"], row["TRY_NUMBER"]) == ("it's", "monday", -1, 2)
    assert row["STARTED_AT"].timestamp() == pytest.approx(measures["started"], abs=1e-5)
    for key in set(KEYS) - {"started", "pod"}:
        assert row[key.upper()] == measures[key], key
    assert (measures["statements"], measures["rows_written"], measures["rows_read"]) == (2, 40, 40)
    assert measures["warehouse_size"] == "X-Small"
    assert 0 < measures["warehouse_seconds"] <= measures["work_seconds"]
    assert measures["startup_seconds"] >= 3


def test_rows_that_are_streamed_are_read_once() -> None:
    found = outcome("streams")
    assert (found["result"], found["measures"]["rows_read"]) == (40, 40)


def test_no_secret_is_measured(laptop: Laptop) -> None:
    assert CANARY in str(laptop.parameters)
    assert CANARY not in str(outcome("works")["measures"])


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("fails", "failed"),
        ("leaves_a_transaction", "success"),
        ("fails_within_a_transaction", "failed"),
        ("commits_by_itself", "success"),
        ("goes_elsewhere", "success"),
        ("drops_its_schema", "success"),
        ("has_a_tag", "success"),
    ],
)
def test_there_is_one_row_whatever_the_task_left(cursor: DictCursor, name: str, state: str) -> None:
    found = outcome(name)
    assert [row["STATE"] for row in rows(cursor, name)] == [state]
    assert ("error" in found) == (state == "failed")


@pytest.mark.parametrize(
    ("name", "left"), [("leaves_a_transaction", 0), ("fails_within_a_transaction", 0), ("commits_by_itself", 1)]
)
def test_what_the_task_did_not_commit_is_not_committed(cursor: DictCursor, name: str, left: int) -> None:
    outcome(name)
    (counted,) = cursor.execute("SELECT COUNT(*) AS N FROM LEFT_OPEN").fetchall()
    assert dict(counted) == {"N": left}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("closes", "The task closed its session itself"),
        ("leaves_a_query", "Statements that the task left running go on"),
        ("has_a_table_of_that_name", f"{TABLE} has no row of this task: "),
    ],
)
def test_where_there_can_be_no_row_the_log_says_so(
    cursor: DictCursor, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    outcome("works")  # the table is there
    assert outcome(name)["result"] is None
    assert says in capsys.readouterr().out
    assert rows(cursor, name) == []


def test_without_a_table_the_measures_are_the_same(cursor: DictCursor) -> None:
    before = len(rows(cursor, "works"))
    assert outcome("works", table=None)["measures"]["rows_read"] == 40
    assert len(rows(cursor, "works")) == before


@pytest.mark.parametrize("table", ['"Task runs"', "OPS.RUNS", 'SNOWPOD.OPS."a.b"'])
def test_the_table_may_have_any_name_in_any_schema(cursor: DictCursor, table: str) -> None:
    for statement in ("CREATE SCHEMA IF NOT EXISTS OPS", "USE SCHEMA PUBLIC"):
        cursor.execute(statement)
    outcome("works", table=table)
    assert len(rows(cursor, "works", table)) == 1


def test_two_tasks_that_make_the_table_at_once_both_have_a_row(cursor: DictCursor) -> None:
    for _ in range(3):
        cursor.execute("DROP TABLE IF EXISTS RACE")
        tasks = [threading.Thread(target=outcome, args=("works", "RACE")) for _ in range(4)]
        for one in tasks:
            one.start()
        for one in tasks:
            one.join()
        assert len(rows(cursor, "works", "RACE")) == 4
