"""One request from its JSON to its outcome, in each mode."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from snowflake.snowpark import Session

from include.runtime.main import run_reporting
from include.runtime.request import Batch, BatchInput, BatchOutput, Request
from tests.scripted_snowflake import RefusedError, ScriptedSnowflake

BATCH = Batch(BatchInput("T", ["N"]), BatchOutput("OUT", "HALF"))


def where(session: Any, suffix: str) -> dict[str, str]:
    return {"schema": session.get_current_schema() + suffix}


def fails(session: Any) -> None:
    raise ValueError("no trips")


@pytest.fixture(autouse=True)
def _handed_over(scripted: ScriptedSnowflake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The connection as a pod gets it, and functions; the runtime sets up logging, which ends with the test."""
    (tmp_path / "connection.json").write_text(json.dumps(scripted.parameters))
    monkeypatch.delenv("SNOWPOD_CONNECTION_FD", raising=False)
    monkeypatch.setenv("SNOWPOD_CONNECTION_FILE", str(tmp_path / "connection.json"))
    module = ModuleType("functions_of_main")
    module.where, module.fails = where, fails  # type: ignore[attr-defined]
    module.half = lambda batch: batch["N"] / 2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def outcome(name: str, mode: Any, **more: Any) -> dict[str, Any]:
    return run_reporting(Request(f"functions_of_main.{name}", mode, **more).to_json())


def test_a_function_is_called_with_the_session(scripted: ScriptedSnowflake) -> None:
    found = outcome("where", "session", op_kwargs={"suffix": "!"}, query_tag={"dag_id": "trips"})
    assert found["result"] == {"schema": '"RAW"!'}
    assert "trips" in scripted.logins[0]["SESSION_PARAMETERS"]["QUERY_TAG"]


def test_beyond_its_own_work_a_task_asks_for_its_history_and_adds_its_row(scripted: ScriptedSnowflake) -> None:
    scripted.answers["QUERY_HISTORY_BY_SESSION"] = [{"OPEN_TRANSACTION": None}]
    outcome("where", "session", op_kwargs={"suffix": ""}, task_runs="RUNS")
    told = [" ".join(statement.split()[:2]).rstrip("(0123456789)") for statement in scripted.asked]
    # The last but one, as this Snowflake does not say that it commits by itself.
    assert told == ["SELECT QUERY_ID,", "INSERT INTO", "COMMIT", "select system$cancel_all_queries"]


def test_what_the_task_chose_is_in_place_of_the_connections_own(scripted: ScriptedSnowflake) -> None:
    scripted.session["warehouseName"] = None
    found = outcome("where", "session", op_kwargs={"suffix": ""}, session={"warehouse": "BIG"})
    assert "There is no warehouse BIG" in found["error"]
    assert found["final"] is True


def test_a_procedure_is_called(scripted: ScriptedSnowflake) -> None:
    scripted.answers["^CALL"] = [{"FAILS": json.dumps({"result": 3, "log": ""})}]
    assert outcome("fails", "stored_procedure")["result"] == 3


@pytest.mark.parametrize("mode", ["udf", "stream"])
def test_a_batch_fills_its_table(scripted: ScriptedSnowflake, mode: str) -> None:
    scripted.answers = {
        "^DESCRIBE TABLE": [{"name": "N", "type": "NUMBER(38,0)"}],
        r"^SELECT count\(": [{"COUNT": 0}],
    }
    assert outcome("half", mode, batch=BATCH)["result"] == {"table": "OUT", "rows": 0}
    assert bool(scripted.statements("TEMPORARY FUNCTION HALF_BATCH")) == (mode == "udf")


def test_a_function_that_fails_gives_its_traceback_and_may_be_tried_again() -> None:
    found = outcome("fails", "session")
    assert found["error"].endswith("ValueError: no trips")
    assert found["final"] is False


def test_a_wrong_name_fails_before_a_session_is_paid_for(scripted: ScriptedSnowflake) -> None:
    found = outcome("nobody", "session")
    assert "module functions_of_main has no function nobody" in found["error"]
    assert found["final"] is True
    assert scripted.logins == []


def test_a_session_that_cannot_be_closed_hides_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    really_close = Session.close

    def close(session: Session) -> None:
        really_close(session)
        raise OSError("gone")

    monkeypatch.setattr(Session, "close", close)
    assert outcome("where", "session", op_kwargs={"suffix": ""})["result"] == {"schema": '"RAW"'}
    assert "WARNING include.runtime.main: The session could not be closed: gone" in capsys.readouterr().out


def test_a_refused_statement_is_told(scripted: ScriptedSnowflake) -> None:
    scripted.answers["^CREATE OR REPLACE TEMPORARY PROCEDURE"] = RefusedError(3001, "Insufficient privileges", "42501")
    found = outcome("where", "stored_procedure")
    assert "Insufficient privileges" in found["error"]
