"""What a task took becomes its XCom, whatever becomes of the task; and of SQL, by the hook's own session."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.common.compat.sdk import AirflowException
from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook
from airflow.providers.standard.operators.python import ExternalPythonOperator
from airflow.sdk.exceptions import AirflowFailException, AirflowTaskTimeout, TaskDeferred

from include.constants import MEASURES_KEY
from include.operators import (
    CheckSnowflakeConnection,
    ComparisonOperator,
    ContainerPodOperator,
    SnowflakeSQLOperator,
    SnowparkBatchOperator,
    SnowparkOperator,
    SnowparkPodOperator,
)
from include.operators.measured_hook import measured
from include.runtime import afterwards, history, task_runs
from include.runtime.measures import KEYS, POD_KEYS, unknown
from tests.operators.test_pod_facts import pod as seen_pod
from tests.scripted_snowflake import RefusedError, ScriptedSnowflake

STARTED = dt.datetime(2026, 1, 5, 7, 59, 58, tzinfo=dt.UTC)
MEASURED = unknown() | {"state": "success", "try_number": 2, "work_seconds": 1.5, "statements": 3}
BEGUN = dt.datetime(2026, 1, 5, 8)
STATEMENT = {
    "QUERY_ID": "01b7",
    "QUERY_TYPE": "INSERT",
    "EXECUTION_STATUS": "SUCCESS",
    "START_TIME": BEGUN,
    "END_TIME": BEGUN + dt.timedelta(seconds=2),
    "TOTAL_ELAPSED_TIME": 2000,
    "WAREHOUSE_NAME": "WH",
    "WAREHOUSE_SIZE": "Small",
    "ROWS_INSERTED": 5,
    "OPEN_TRANSACTION": None,
}


class Instance(SimpleNamespace):
    """A task instance that keeps what is pushed."""

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = json.loads(json.dumps(value))


def context(**more: Any) -> Any:
    names = {"dag_id": "trips", "task_id": "load", "run_id": "monday", "try_number": 2, "map_index": -1}
    return {"ti": Instance(**names, start_date=STARTED, stats_tags={}, pushed={}, **more), "outlet_events": {}}


def kept(given: Any) -> dict[str, Any]:
    measures: dict[str, Any] = given["ti"].pushed[MEASURES_KEY]
    assert {*measures} == {*KEYS}
    return measures


class TestSql:
    def run(self, sql: str, given: Any, **more: Any) -> Any:
        operator = SnowflakeSQLOperator(task_id="load", conn_id="mine", sql=sql, **more)
        return operator.execute(given)

    def test_its_own_session_tells_and_gets_the_row(self, connected: ScriptedSnowflake) -> None:
        connected.answers["QUERY_HISTORY_BY_SESSION"] = [STATEMENT]
        given = context()
        self.run("insert into t select 1", given)
        measures = kept(given)
        assert (measures["target"], measures["run_as"], measures["state"]) == (None, "sql", "success")
        assert (measures["statements"], measures["rows_written"], measures["warehouse_seconds"]) == (1, 5, 2.0)
        assert (measures["warehouse"], measures["warehouse_size"]) == ("WH", "Small")
        assert measures["startup_seconds"] > 0
        assert (measures["cpu_seconds"], measures["pod"]) == (None, None)
        assert len(connected.logins) == 1
        (row,) = connected.statements("^INSERT INTO .*SNOWPOD_TASK_RUNS")
        assert row.startswith('INSERT INTO "DB"."RAW".SNOWPOD_TASK_RUNS (DAG_ID, RUN_ID, TASK_ID, MAP_INDEX')
        assert "'trips', 'monday', 'load', -1, 2, 'sql', 'success'" in row

    def test_one_that_fails_is_measured_too(self, connected: ScriptedSnowflake) -> None:
        connected.answers = {"^select no": RefusedError(2003, "Object 'T' does not exist.")}
        connected.answers["QUERY_HISTORY_BY_SESSION"] = [STATEMENT | {"EXECUTION_STATUS": "FAILED_WITH_ERROR"}]
        given = context()
        with pytest.raises(AirflowException, match="Snowflake refused the SQL"):
            self.run("select nothing from t", given)
        assert (kept(given)["state"], kept(given)["statements"]) == ("failed", 1)
        assert len(connected.statements("INSERT INTO .*'failed'")) == 1

    def test_without_a_table_there_is_no_row(self, connected: ScriptedSnowflake) -> None:
        given = context()
        self.run("select 1", given, task_runs=None)
        assert connected.statements("SNOWPOD_TASK_RUNS") == []
        assert kept(given)["state"] == "success"

    def test_a_history_that_is_refused_is_not_known(self, connected: ScriptedSnowflake) -> None:
        connected.answers["QUERY_HISTORY_BY_SESSION"] = RefusedError(606, "No active warehouse selected")
        given = context()
        self.run("select 1", given)
        assert kept(given)["state"] == "success"
        assert (kept(given)["statements"], kept(given)["warehouse_seconds"]) == (None, None)
        # Whether the task left a transaction open is not known either: what the row's table needs must not commit it.
        assert connected.asked.index("ROLLBACK") < connected.asked.index(connected.statements("SNOWPOD_TASK_RUNS")[0])

    def test_a_role_that_may_make_no_table_is_told_once_what_to_grant(
        self, connected: ScriptedSnowflake, caplog: pytest.LogCaptureFixture
    ) -> None:
        connected.answers = {
            "^INSERT": RefusedError(2003, "Object 'SNOWPOD_TASK_RUNS' does not exist or not authorized."),
            "^CREATE TABLE": RefusedError(3001, "Insufficient privileges to operate on schema 'RAW'."),
        }
        given = context()
        self.run("select 1", given)
        assert kept(given)["state"] == "success"
        (said,) = [one for one in caplog.messages if "SNOWPOD_TASK_RUNS" in one]
        assert "grant the role CREATE TABLE on the schema" in said

    def test_the_table_is_made_where_it_is_missing(self, connected: ScriptedSnowflake) -> None:
        connected.answers["^INSERT"] = RefusedError(2003, "does not exist or not authorized.")
        self.run("select 1", context())
        assert len(connected.statements("^CREATE TABLE IF NOT EXISTS .*WAREHOUSE_SECONDS FLOAT")) == 1

    def test_one_that_is_timed_out_asks_nothing_of_a_session_whose_statement_still_runs(
        self, connected: ScriptedSnowflake
    ) -> None:
        given, hook = context(), SnowflakeHook("mine")
        connect = hook.get_conn
        connections: list[Any] = []

        def too_long() -> None:
            with measured(given, hook, "SNOWPOD_TASK_RUNS"):
                connections.append(hook.get_conn())
                raise AirflowTaskTimeout("too long")

        with pytest.raises(AirflowTaskTimeout):
            too_long()
        assert connected.statements("QUERY_HISTORY|SNOWPOD_TASK_RUNS") == []
        assert connections[0].is_closed()
        assert hook.get_conn == connect
        assert (kept(given)["state"], kept(given)["work_seconds"] > 0) == ("failed", True)

    def test_one_that_is_timed_out_while_it_is_measured_is_closed_and_kept(
        self, connected: ScriptedSnowflake, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def too_long(*args: Any) -> Any:
            raise AirflowTaskTimeout("too long")

        monkeypatch.setattr(task_runs, "add", too_long)
        given, hook = context(), SnowflakeHook("mine")
        connect = hook.get_conn
        with pytest.raises(AirflowTaskTimeout), measured(given, hook, "SNOWPOD_TASK_RUNS"):
            connections = [hook.get_conn(), hook.get_conn()]
        assert [one.is_closed() for one in connections] == [True, True]
        assert hook.get_conn == connect
        assert kept(given)["state"] == "failed"

    def test_all_that_is_asked_at_the_end_has_one_time_limit(
        self, connected: ScriptedSnowflake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def history_takes_all_of_it(rows: Any) -> dict[str, Any]:
            monkeypatch.setattr(afterwards, "time", SimpleNamespace(monotonic=lambda: time.monotonic() + 21))
            return {}

        monkeypatch.setattr(history, "taken", history_takes_all_of_it)
        given = context()
        self.run("select 1", given)
        assert connected.statements("SNOWPOD_TASK_RUNS") == []
        assert "SNOWPOD_TASK_RUNS has no row of this task: Snowflake took more than 20 seconds" in caplog.messages
        assert kept(given)["state"] == "success"

    def test_an_airflow_that_keeps_nothing_fails_no_task(self, connected: ScriptedSnowflake) -> None:
        given = context()
        given["ti"] = SimpleNamespace(**{key: value for key, value in vars(given["ti"]).items() if key != "pushed"})
        self.run("select 1", given)

    def test_the_check_of_the_connection_is_measured(self, connected: ScriptedSnowflake) -> None:
        names = ("VERSION", "ACCOUNT", "USER", "ROLE", "WAREHOUSE", "DATABASE", "SCHEMA")
        connected.answers["CURRENT_VERSION"] = [dict.fromkeys(names, "x")]
        given = context()
        CheckSnowflakeConnection(task_id="check", snowflake_conn_id="mine").execute(given)
        assert kept(given)["run_as"] == "sql"
        assert connected.statements("SNOWPOD_TASK_RUNS") == []


class TestInterpreter:
    @pytest.fixture(autouse=True)
    def _connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_SNOWFLAKE_DEFAULT", '{"conn_type": "snowflake", "login": "ann"}')

    def ends_with(self, monkeypatch: pytest.MonkeyPatch, outcome: Any) -> None:
        def in_subprocess(self: Any, python: Any) -> Any:
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr(ExternalPythonOperator, "_execute_python_callable_in_subprocess", in_subprocess)

    def operator(self, **more: Any) -> SnowparkOperator:
        return SnowparkOperator(
            task_id="load", function="f", python=sys.executable, op_kwargs={}, target="snowpark", **more
        )

    def test_what_the_runtime_measured_is_kept(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ends_with(monkeypatch, {"result": 7, "measures": MEASURED})
        given = context()
        assert self.operator().execute(given) == 7
        assert kept(given) == MEASURED

    def test_of_a_function_that_failed_too(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ends_with(monkeypatch, {"error": "no", "final": False, "measures": MEASURED | {"state": "failed"}})
        given = context()
        with pytest.raises(AirflowException, match="f failed"):
            self.operator().execute(given)
        assert (kept(given)["state"], kept(given)["work_seconds"]) == ("failed", 1.5)

    @pytest.mark.parametrize("ended", [None, AirflowTaskTimeout("too long")])
    def test_of_one_that_died_what_airflow_knows(self, monkeypatch: pytest.MonkeyPatch, ended: Any) -> None:
        self.ends_with(monkeypatch, ended)
        given = context()
        with pytest.raises((AirflowException, AirflowTaskTimeout)):
            self.operator(run_as="stored_procedure").execute(given)
        measures = kept(given)
        assert (measures["state"], measures["run_as"], measures["target"]) == ("failed", "stored_procedure", "snowpark")
        assert measures["started"] == STARTED.timestamp()
        assert measures["work_seconds"] is None

    def test_a_comparison_that_finds_a_difference_has_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        result = {"equal": False, "words": "…", "tables": [], "models": []}
        self.ends_with(monkeypatch, {"result": result, "measures": MEASURED})
        given = context()
        task = ComparisonOperator(task_id="compare", function="f", python=sys.executable, op_kwargs={})
        with pytest.raises(AirflowFailException):
            task.execute(given)
        assert kept(given) == MEASURED | {"state": "failed"}
        assert given["ti"].pushed["return_value"] == result

    def test_one_that_chooses_no_branch_of_its_own_has_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ends_with(monkeypatch, {"result": "nowhere", "measures": MEASURED})
        given = context()
        with pytest.raises(AirflowFailException, match="none of its branches"):
            self.operator(branches={"left": ["left"]}).execute(given)
        assert kept(given) == MEASURED | {"state": "failed"}

    def test_the_request_says_what_is_to_be_measured(self) -> None:
        batch = SnowparkBatchOperator(
            task_id="load",
            function="f",
            python="p",
            batch_input={"table": "T", "columns": ["A"]},
            batch_output={"table": "U", "column": "B"},
            target="snowpark",
            task_runs="OPS.RUNS",
        )
        request = batch.request(context())
        assert (request.target, request.started, request.task_runs) == ("snowpark", STARTED.timestamp(), "OPS.RUNS")


class TestPod:
    def ends(self, monkeypatch: pytest.MonkeyPatch, operator: Any, error: BaseException | None = None) -> None:
        """Let the pod have run from 08:00:07 on for 3 seconds, as the cluster tells it."""
        state = {"startedAt": "2026-01-05T08:00:07Z", "finishedAt": "2026-01-05T08:00:10Z", "exitCode": 0}
        pod = seen_pod({"limits": {"cpu": "2"}}, {"terminated": state}, imageID="task@sha256:abc")

        def execute(self: Any, context: Any) -> Any:
            operator._of_pod = (pod, [])
            if error:
                raise error
            return 7

        monkeypatch.setattr(KubernetesPodOperator, "execute", execute)

    def test_what_the_runtime_measured_and_the_cluster_tells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        operator = SnowparkPodOperator(
            task_id="load", function="f", kubernetes={"image": "task:1"}, target="kubernetes"
        )
        operator._measured = MEASURED | {"run_as": "pod", "version": "ours"}
        self.ends(monkeypatch, operator)
        given = context()
        assert operator.execute(given) == 7
        measures = kept(given)
        assert (measures["run_as"], measures["target"], measures["version"]) == ("pod", "kubernetes", "ours")
        assert (measures["work_seconds"], measures["statements"]) == (1.5, 3)
        assert {*measures["pod"]} == {*POD_KEYS}
        assert (measures["pod"]["node"], measures["pod"]["cpu_limit"]) == ("node-1", 2.0)

    def test_one_that_chooses_no_branch_of_its_own_has_failed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        operator = SnowparkPodOperator(task_id="load", function="f", kubernetes={}, branches={"left": ["left"]})
        operator._measured = MEASURED
        self.ends(monkeypatch, operator)
        given = context()
        with pytest.raises(AirflowFailException, match="and must return one of its branches"):
            operator.execute(given)
        assert (kept(given)["state"], kept(given)["statements"]) == ("failed", 3)

    def test_of_one_that_died_what_the_cluster_tells(self, monkeypatch: pytest.MonkeyPatch) -> None:
        operator = SnowparkPodOperator(
            task_id="load", function="f", kubernetes={"image": "task:1"}, target="kubernetes"
        )
        self.ends(monkeypatch, operator, AirflowException("OOMKilled"))
        given = context()
        with pytest.raises(AirflowException, match="OOMKilled"):
            operator.execute(given)
        measures = kept(given)
        assert (measures["state"], measures["startup_seconds"], measures["work_seconds"]) == ("failed", 9.0, 3.0)
        assert (measures["cpu_seconds"], measures["pod"]["scheduled_seconds"]) == (None, 2.0)

    def test_a_program_of_any_language(self, monkeypatch: pytest.MonkeyPatch) -> None:
        operator = ContainerPodOperator(task_id="load", container={"image": "jq:1"}, kubernetes={})
        self.ends(monkeypatch, operator)
        given = context()
        operator.execute(given)
        measures = kept(given)
        assert (measures["run_as"], measures["state"], measures["version"]) == ("container", "success", "sha256:abc")
        assert measures["work_seconds"] == 3.0
        assert measures["statements"] is None

    def test_one_that_is_deferred_has_not_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        operator = SnowparkPodOperator(
            task_id="load", function="f", kubernetes={"image": "task:1"}, target="kubernetes"
        )
        self.ends(monkeypatch, operator, TaskDeferred(trigger=None, method_name="trigger_reentry"))  # type: ignore[arg-type]
        given = context()
        with pytest.raises(TaskDeferred):
            operator.execute(given)
        assert given["ti"].pushed == {}
        monkeypatch.setattr(KubernetesPodOperator, "trigger_reentry", lambda self, context, event: 8)
        assert operator.trigger_reentry(given, {}) == 8
        assert kept(given)["state"] == "success"
