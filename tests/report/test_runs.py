"""Runs are read from the tables that Airflow itself makes, with values as Airflow itself writes them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from airflow.models.base import Base
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from include.constants import ROOT
from include.report import runs, tables
from include.report.document import report_of
from include.report.runs import NoRunError, RunTotals, covered, latest_runs, read_run, run_at, state_of
from tests.report.airflow_database import Writer, at


def test_a_run_is_read_with_its_tasks_in_their_order(written: Writer) -> None:
    written.dag("How long will it take?")
    written.run(seconds=90.5)
    written.task("snowpark.predict", 20, 4.5, queued=18, result={"table": "P"}, measures={"work_seconds": 3.0})
    written.task("load", 1, 2, index=1, label="month 2")
    written.task("load", 1, 3, index=0)
    written.task("kubernetes.predict", None, None, state="upstream_failed", operator="SnowparkPodOperator")

    run = read_run(written.connection, written.dag_id, "manual__1")

    assert (run.state, run.kind, run.description, run.seconds) == ("success", "manual", "How long will it take?", 90.5)
    assert run.started == run.logical_date == at(0)
    assert [task.shown for task in run.tasks] == ["load[0]", "load[month 2]", "snowpark.predict", "kubernetes.predict"]
    predict, last = run.tasks[2:]
    assert (predict.started, predict.ended, predict.queued) == (at(20), at(24.5), at(18))
    assert (predict.seconds, predict.result, predict.measures) == (4.5, {"table": "P"}, {"work_seconds": 3.0})
    assert (last.state, last.started, last.measures, last.operator) == (
        "upstream_failed",
        None,
        None,
        "SnowparkPodOperator",
    )


@pytest.mark.parametrize("value", [7, 1.5, 0, True, False, "7", "null", "", {"a": [1, None]}, [[1, "x"]], "ü\u2028"])
def test_a_result_is_read_as_it_was_returned(written: Writer, value: object) -> None:
    written.run()
    written.task("one", result=value)
    (task,) = read_run(written.connection, written.dag_id, "manual__1").tasks
    assert (task.result, type(task.result)) == (value, type(value))


def test_rows_of_sql_are_lists(written: Writer) -> None:
    rows = [{"__classname__": "builtins.tuple", "__version__": 1, "__data__": [1, "a"]}]
    written.run()
    written.task("one", result=rows)
    assert read_run(written.connection, written.dag_id, "manual__1").tasks[0].result == [[1, "a"]]


def test_earlier_tries_are_apart_and_those_of_other_runs_are_not_there(written: Writer) -> None:
    written.run("other", start=500)
    written.task("one")
    written.earlier("one", 0, 9)
    written.run()
    written.task("one", 10, 1, tries=3, measures={})
    written.earlier("one", 5, 2, tries=2)
    written.earlier("one", 0, 4, tries=1)
    run = read_run(written.connection, written.dag_id, "manual__1")
    assert [(task.try_number, task.state, task.seconds) for task in run.earlier] == [(1, "failed", 4), (2, "failed", 2)]
    assert [(task.try_number, task.measures) for task in run.tasks] == [(3, {})]


def test_what_is_not_measures_is_none_of_them(written: Writer) -> None:
    written.run()
    written.task("one", measures=[1])  # type: ignore[arg-type]
    assert read_run(written.connection, written.dag_id, "manual__1").tasks[0].measures is None


@pytest.mark.parametrize("state", [None, "scheduled", "queued", "running", "deferred", "upstream_failed", "skipped"])
def test_what_a_task_returned_before_it_was_cleared_does_not_count(written: Writer, state: str | None) -> None:
    result, measures = {"equal": True, "tables": [{}]}, {"work_seconds": 3.0, "target": "snowpark"}
    written.run(state="running", seconds=None)
    written.task("compare", 5, 4, state=state, result=result, measures=measures)
    written.task("snowpark.train", 0, 4, state=state, result={"model": "m"}, measures=measures)
    run = read_run(written.connection, written.dag_id, "manual__1")
    assert [(task.result, task.measures) for task in run.tasks] == [(None, None)] * 2
    (totals,) = latest_runs(written.connection, written.dag_id)
    assert (totals.equal, totals.groups) == (None, {})
    report = report_of(run, {})
    assert (report["equal"], report["models"], report["comparison"]) == (None, [], None)
    if state not in ("running", "deferred"):  # their start is of the new try
        assert [found["seconds"] for found in (*report["targets"].values(), report["shared"])] == [None, None]


@pytest.mark.parametrize("state", ["success", "failed", "up_for_retry"])
def test_what_a_task_returned_and_measured_counts_once_it_has_ended(written: Writer, state: str) -> None:
    written.run()
    written.task("compare", state=state, result={"equal": False}, measures={"work_seconds": 3.0})
    (task,) = read_run(written.connection, written.dag_id, "manual__1").tasks
    assert (task.result, task.measures) == ({"equal": False}, {"work_seconds": 3.0})
    assert [totals.equal for totals in latest_runs(written.connection, written.dag_id)] == [False]


def test_a_run_under_way_has_no_seconds(written: Writer) -> None:
    written.run(seconds=None, state="running")
    written.task("one", 1, None, state="running")
    written.task("two", None, None, state=None)
    run = read_run(written.connection, written.dag_id, "manual__1")
    assert (run.seconds, [task.state for task in run.tasks]) == (None, ["running", "none"])


def test_a_run_that_is_not_there_is_named(written: Writer) -> None:
    with pytest.raises(NoRunError, match=r"no run manual__1 of the DAG taxi_side_by_side"):
        read_run(written.connection, written.dag_id, "manual__1")


def test_trends_have_the_latest_runs_the_earliest_first(written: Writer) -> None:
    for number in range(4):
        written.run(f"r{number}", start=100 * number, seconds=50 + number)
        written.task("load", 100 * number, 9)
        written.task("snowpark.train", 100 * number, 4)
        written.task("snowpark.predict", 100 * number + 2, 4)
        written.task("kubernetes.train", 100 * number, 8 + number)
        written.task("compare", result={"equal": number != 2, "tables": [{}]})
    written.run("waiting", start=None, state="queued")
    written.run("under way", start=1000, seconds=None, state="running")

    assert latest_runs(written.connection, written.dag_id, limit=3) == [
        RunTotals("r2", "success", at(200), 52, {"snowpark": 6, "kubernetes": 10}, False),
        RunTotals("r3", "success", at(300), 53, {"snowpark": 6, "kubernetes": 11}, True),
        RunTotals("under way", "running", at(1000), None, {}, None),
    ]
    assert latest_runs(written.connection, "no_such_dag") == []


@pytest.mark.parametrize("compared", ["text", 1, {"equal": "yes"}, {}, [], {"equal": True, "tables": []}])
def test_another_task_or_a_comparison_of_nothing_says_nothing_of_equality(written: Writer, compared: object) -> None:
    written.run()
    written.task("compare", result=compared)
    assert [totals.equal for totals in latest_runs(written.connection, written.dag_id)] == [None]


def test_a_run_is_found_by_its_moment(written: Writer) -> None:
    written.run("first", start=0)
    written.run("second", start=7)
    assert run_at(written.connection, written.dag_id, at(7)) == "second"
    assert run_at(written.connection, written.dag_id, at(8)) is None
    assert state_of(written.connection, written.dag_id, "second") == "success"


def test_time_in_which_tasks_ran_side_by_side_counts_once() -> None:
    assert covered([(at(10), 5), (at(0), 4), (at(1), 1), (at(12), 6)]) == timedelta(seconds=12).total_seconds()
    assert covered([]) == 0


def test_every_column_is_one_of_airflows() -> None:
    for read in (tables.DAG, tables.RUN, tables.TASK, tables.EARLIER, tables.XCOM):
        assert {column.name for column in read.columns} <= set(Base.metadata.tables[read.name].columns.keys())


@pytest.mark.parametrize(
    "query", [runs._tasks("d", "r"), runs._earlier("d", "r"), runs._spans("d", ["r"]), runs._compared("d", ["r"])]
)
def test_postgresql_takes_the_queries(query: Select[tuple[object, ...]]) -> None:
    text = str(query.compile(dialect=postgresql.dialect(), compile_kwargs={"render_postcompile": True}))
    assert re.match(r"SELECT .*task_instance", text, re.DOTALL)
    assert "?" not in text


def test_the_report_imports_nothing_of_airflow() -> None:
    for file in (ROOT / "include" / "report").rglob("*.py"):
        assert not re.search(r"^\s*(from|import) airflow", file.read_text(), re.MULTILINE), file
