"""`make run` beside `make up`: one run, in the Airflow that runs, whose scheduler alone runs its tasks."""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.local import beside, metadata
from include.local.api import Api
from tests.laptop import Laptop, laptop_in
from tests.pipeline.test_interrupted import START_SECONDS, processes, run_ids, sleepers
from tests.project import make_project
from tests.waiting import until

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def running(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A laptop with a running Airflow, in a user's project."""
    folder = tmp_path_factory.mktemp("beside")
    project = make_project(folder / "project", root / "tests" / "pipeline" / "project")
    with laptop_in(folder) as laptop:
        laptop = dataclasses.replace(laptop, root=project)
        up = laptop.command("-m", "include.local.up", "start", CLUSTER="none")
        try:
            assert up.code == 0, up.output
            yield laptop
        finally:
            laptop.command("-m", "include.local.up", "stop")


def test_it_is_a_run_of_the_running_airflow_and_of_the_config_as_it_is_now(running: Laptop) -> None:
    config = running.root / "configs" / "odd_results.yaml"
    config.write_text(config.read_text().replace("echo one", "echo first"))

    done = running.run("odd_results", {"word": "bye"})

    assert done.code == 0, done.output
    (run_id,) = run_ids(running, "odd_results")
    assert (
        f"in the Airflow of `make up`: {(running.local / 'airflow' / 'url').read_text()}/dags/odd_results/runs/{run_id}"
        in done.output
    )
    summary = running.latest("odd_results")
    assert (summary["run_id"], summary["state"]) == (run_id, "success")
    results = {(task["task_id"], task["map_index"]): task["result"] for task in summary["tasks"]}
    assert results["mapped", 0] == "first"
    assert results["last", None] == "bye 3"
    assert results["bracket", None] == "[3 files] done"
    assert {task["tries"] for task in summary["tasks"]} == {1}
    assert "the reason" in running.log("odd_results")
    assert "Bash command failed" in done.output.partition("fails failed:")[2]


def test_it_finds_the_pipeline_that_it_triggers(running: Laptop) -> None:
    before = len(run_ids(running, "odd_results"))
    done = running.run("needs_another")
    assert done.code == 0, done.output
    assert len(run_ids(running, "odd_results")) == before + 1


def test_another_environment_is_refused(running: Laptop) -> None:
    done = running.command("-m", "include.local.run", "odd_results", SNOWPOD_ENVIRONMENT="staging")
    assert done.code == 2
    assert "has the environment local, this command staging" in done.output


def test_it_ends_with_its_command(running: Laptop) -> None:
    before = processes(running)
    process = running.start("-m", "include.local.run", "long_command")
    until(lambda: sleepers(running) or process.poll() is not None, START_SECONDS)
    process.send_signal(signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    until(lambda: not sleepers(running), 60)
    (run_id,) = run_ids(running, "long_command")
    assert metadata.run_state(running.local / "airflow", "long_command", run_id) == "failed", output
    until(lambda: len(processes(running)) <= len(before), 60)


def test_an_asset_that_a_task_writes_starts_what_waits_for_it(running: Laptop) -> None:
    told = running.temporary / "told.txt"

    done = running.run("rides_made", {"file": str(told)})

    assert done.code == 0, done.output
    (made,) = run_ids(running, "rides_made")
    until(lambda: bool(run_ids(running, "rides_told")), 60)
    (run_id,) = run_ids(running, "rides_told")
    home = running.local / "airflow"
    until(lambda: metadata.run_state(home, "rides_told", run_id) in ("success", "failed"), 120)
    tasks = {task.name: task for task in metadata.task_runs(home, "rides_told", run_id)}
    assert {name: task.state for name, task in tasks.items()} == {"here": "success", "inside": "success"}
    got = tasks["here"].result
    assert got == tasks["inside"].result
    assert got["first"] == repr(made)
    assert got["events"].startswith("{'rides': [{'asset': {'name': 'rides', 'uri': 'snowflake://tests/db/public/RIDES'")
    assert "'timestamp': datetime.datetime(" in got["events"]
    events = got["events"].removeprefix("{'rides': ").removesuffix("}")
    assert got["listed"] == f"[{events}]"
    until(lambda: told.exists() and told.read_text().count("\n") == 2, 60)
    assert told.read_text() == f"rides_made: {made} done\nrides_made: again\n"


def test_published_predictions_of_flights_start_their_report(running: Laptop) -> None:
    done = running.run("flight_delay_snowpark", {"monthly": False})

    assert done.code == 0, done.output
    summary = running.latest("flight_delay_snowpark")
    states = {task["task_id"]: task["state"] for task in summary["tasks"]}
    assert (states["publish"], states["month_statistics"], states["keep_months"]) == ("success", "skipped", "skipped")
    assert summary["targets"]["snowpark"]["memory_mb"] > 0
    until(lambda: bool(run_ids(running, "flight_delay_report")), 60)
    (run_id,) = run_ids(running, "flight_delay_report")
    home = running.local / "airflow"
    until(lambda: metadata.run_state(home, "flight_delay_report", run_id) in ("success", "failed"), 120)
    (report,) = metadata.task_runs(home, "flight_delay_report", run_id)
    assert (report.state, report.result) == ("success", [[16]])


def test_a_run_of_a_pipeline_that_is_broken_by_then_ends_with_the_reason(running: Laptop) -> None:
    config = running.root / "configs" / "rides_made.yaml"
    right = config.read_text()
    before = run_ids(running, "rides_made")
    url = (running.local / "airflow" / "url").read_text()
    config.write_text(right.replace("    sql:", "    sqll:"))
    try:
        Api(url).call("POST", "dags/rides_made/dagRuns", {"logical_date": None, "conf": {}})
        (run_id,) = set(run_ids(running, "rides_made")) - set(before)
        home = running.local / "airflow"
        until(lambda: metadata.run_state(home, "rides_made", run_id) == "failed", 45)
        (task,) = metadata.task_runs(home, "rides_made", run_id)
        log = beside.log_of(home, "rides_made", run_id, task)
        assert (task.state, task.try_number) == ("failed", 1)
        assert "There is no DAG rides_made now." in log
        assert "configs/rides_made.yaml:" in log
        assert "Did you mean `sql`?" in log
    finally:
        config.write_text(right)
