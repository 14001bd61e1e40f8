"""Every figure of the page is computed here once more, by SQL from the tables that the report was read from."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from include.report import words
from include.report.costs import Prices, cost_of
from include.report.document import report_of
from include.report.page import html
from include.report.runs import read_run
from tests.report.airflow_database import Writer, write
from tests.report.reading import Page
from tests.report.runs_for_tests import PRICES, pod, ran, side_by_side

TARGETS = {"Snowpark": "snowpark.%", "Kubernetes": "kubernetes.%"}
SUMS = {
    "Queued": ("queued_seconds", words.seconds),
    "Start-up": ("startup_seconds", words.seconds),
    "Work": ("work_seconds", words.seconds),
    "CPU time": ("cpu_seconds", words.seconds),
    "Statements": ("statements", words.count),
    "Time in the warehouse": ("warehouse_seconds", words.seconds),
    "Rows read": ("rows_read", words.count),
    "Rows written (temporary tables too)": ("rows_written", words.count),
    "Bytes read": ("bytes_read", words.size),
    "Bytes written": ("bytes_written", words.size),
}
MEASURED = "FROM xcom WHERE key = 'snowpod_measures' AND task_id"
SECONDS = "(julianday(end_date) - julianday(start_date)) * 86400"


@pytest.fixture(scope="module")
def stored(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """The run in the database, with a mapped task of 5 instances in each target."""
    mapped = tuple(
        ran(f"{target}.score", 80 + index, 2 + index, index=index, run_as="session", target=target, startup_seconds=0.5,
            work_seconds=1.22 + index, cpu_seconds=0.5, memory_bytes=10**8 + index, statements=2, warehouse="WH",
            warehouse_size="Small", warehouse_seconds=0.25, rows_read=10, rows_written=5,
            bytes_read=1000, bytes_written=500)
        for target in ("snowpark", "kubernetes")
        for index in range(5)
    )  # fmt: skip
    path = shutil.copy(empty_database, tmp_path_factory.mktemp("stored"))
    with create_engine(f"sqlite:///{path}").connect() as connection:
        stored = Writer(connection)
        write(stored, side_by_side(more=mapped))
        yield stored


@pytest.fixture(scope="module")
def page(stored: Writer) -> Page:
    return Page(html(report_of(read_run(stored.connection, stored.dag_id, stored.run_id), PRICES)))


def of(stored: Writer, query: str, **values: Any) -> Any:
    return stored.connection.execute(text(query), values).scalar_one()


@pytest.mark.parametrize("label", [*SUMS, "Teardown", "Most memory of one task", "Tasks"])
@pytest.mark.parametrize("target", TARGETS)
def test_the_sums_of_a_target(stored: Writer, page: Page, target: str, label: str) -> None:
    (row,) = [row for row in page.rows("Sums over the tasks") if row[""] == label]
    name = TARGETS[target]
    if label == "Tasks":
        expected = words.count(of(stored, "SELECT count(*) FROM task_instance WHERE task_id LIKE :name", name=name))
    elif label == "Most memory of one task":
        query = f"SELECT max(json_extract(value, '$.memory_bytes')) {MEASURED} LIKE :name"
        expected = words.size(of(stored, query, name=name))
    elif label == "Teardown":
        ran_for = of(stored, f"SELECT sum({SECONDS}) FROM task_instance WHERE task_id LIKE :name", name=name)
        inside = "json_extract(value, '$.startup_seconds') + json_extract(value, '$.work_seconds')"
        expected = words.seconds(ran_for - of(stored, f"SELECT sum({inside}) {MEASURED} LIKE :name", name=name))
    elif label == "Queued":
        waited = "sum((julianday(start_date) - julianday(queued_dttm)) * 86400)"
        expected = words.seconds(of(stored, f"SELECT {waited} FROM task_instance WHERE task_id LIKE :name", name=name))
    else:
        key, shown = SUMS[label]
        figure = f"json_extract(value, '$.{key}')"
        found = of(stored, f"SELECT sum({figure}) {MEASURED} LIKE :name", name=name)
        lacking = of(stored, f"SELECT count(*) - count({figure}) {MEASURED} LIKE :name", name=name)
        expected = f"{'at least ' if lacking else ''}{shown(found)}"
    assert row[target] == expected


@pytest.mark.parametrize("target", TARGETS)
def test_the_time_in_which_a_target_ran_and_its_cost(stored: Writer, page: Page, target: str) -> None:
    spans = stored.connection.execute(
        text("SELECT strftime('%s', start_date) + 0, duration FROM task_instance WHERE task_id LIKE :name"),
        {"name": TARGETS[target]},
    ).all()
    tenths = {tenth for start, seconds in spans for tenth in range(int(start * 10), round((start + seconds) * 10))}
    by_label = {row[""]: row[target] for row in page.rows("Sums over the tasks")}
    assert by_label["Time in which one of them ran"] == words.seconds(len(tenths) / 10)
    assert by_label["Cost"] == words.money(cost(stored, TARGETS[target]), "USD")


def cost(stored: Writer, name: str) -> float:
    """What tasks cost, by one statement over the measures in the database."""
    part = """
        json_extract(value, '$.warehouse_seconds') / 3600.0
            * CASE json_extract(value, '$.warehouse_size') WHEN 'X-Small' THEN 1 WHEN 'Small' THEN 2 END * 2.0
        + CASE
            WHEN json_extract(value, '$.pod') IS NOT NULL THEN duration / 3600.0
                * max(json_extract(value, '$.pod.memory_request'), json_extract(value, '$.memory_bytes'))
                / 1073741824.0 * 0.004
                + max(json_extract(value, '$.pod.cpu_request') * duration, json_extract(value, '$.cpu_seconds'))
                / 3600.0 * 0.04
            WHEN json_extract(value, '$.run_as') = 'session' THEN json_extract(value, '$.cpu_seconds') / 3600.0 * 0.04
                + json_extract(value, '$.memory_bytes') / 1073741824.0 * duration / 3600.0 * 0.004
            ELSE 0
          END
    """
    tasks = "xcom JOIN task_instance USING (task_id, map_index)"
    found = of(stored, f"SELECT sum({part}) FROM {tasks} WHERE key = 'snowpod_measures' AND task_id LIKE :n", n=name)
    return float(found)


def test_the_cost_of_the_run_and_of_its_tasks(stored: Writer, page: Page) -> None:
    assert words.money(cost(stored, "%"), "USD") in page.text
    rows = page.rows("Cost by task")
    by_task: dict[str, float] = {}
    for row in rows:
        by_task[row["Task"]] = by_task.get(row["Task"], 0) + float(row["Cost"].removesuffix(" USD"))
    assert set(by_task) == {row["Task"].partition(" ")[0] for row in page.rows("Every task")}
    for task, found in by_task.items():
        assert found == pytest.approx(cost(stored, task), rel=0.01)


@pytest.mark.parametrize(
    ("requested", "used", "cost", "why"),
    [
        (
            (0.1, 2**28),
            (2.85, 2**29),
            2.85 * 40 + 0.5 * 7.02 * 4,
            "2.85 CPU s used, more than 0.1 CPU x 7.02 s requested",
        ),
        (
            (0.1, 2**28),
            (2.85, 2**29),
            2.85 * 40 + 0.5 * 7.02 * 4,
            "0.5 GB x 7.02 s used, more than 0.25 GB x 7.02 s requested",
        ),
        ((1.0, 2**30), (2.85, 2**29), 7.02 * 40 + 7.02 * 4, "1 CPU x 7.02 s requested, 2.85 CPU s used"),
        ((1.0, 2**30), (None, None), 7.02 * 40 + 7.02 * 4, "1 CPU x 7.02 s requested, use not known"),
        ((None, None), (2.85, 2**29), 2.85 * 40 + 0.5 * 7.02 * 4, "2.85 CPU s used, request not known"),
        ((0, 0), (2.85, 2**29), 2.85 * 40 + 0.5 * 7.02 * 4, "2.85 CPU s used, more than 0 CPU x 7.02 s requested"),
        ((0.1, None), (2.85, None), None, "not known: neither request nor use of the pod's memory"),
        ((None, None), (None, None), None, "not known: neither request nor use of the pod's CPU and memory"),
    ],
)
def test_a_pod_costs_what_it_requests_or_uses(
    requested: tuple[Any, Any], used: tuple[Any, Any], cost: float | None, why: str
) -> None:
    (cpu, memory), (seconds, most) = requested, used
    measures = {"cpu_seconds": seconds, "memory_bytes": most, "run_as": "pod", "pod": pod(cpu, memory)}
    (part,) = [part for part in cost_of(measures, 7.02, Prices.of(PRICES)) if part.name == "pod"]
    assert part.amount == (None if cost is None else pytest.approx(cost / 3600 / 1000))
    assert why in part.formula


def test_a_formula_gives_its_figure(page: Page) -> None:
    computed = 0
    for row in page.rows("Cost by task"):
        formula = row["How it is computed"].partition("the first: ")
        if formula[1]:
            continue  # a sum over instances
        words_out = (
            formula[0].partition(";")[0].replace(" x ", " * ").replace("credits/h (X-Small)", "").replace(",", "")
        )
        for unit in (" USD", " CPU s", " CPU", " GB", " s"):
            words_out = words_out.replace(unit, " ")
        assert float(row["Cost"].removesuffix(" USD")) == pytest.approx(eval(words_out), rel=0.01)
        computed += 1
    assert computed == 13


def test_the_rows_of_tasks(stored: Writer, page: Page) -> None:
    listed = page.rows("Every task")
    assert len(listed) == of(stored, "SELECT count(DISTINCT task_id) FROM task_instance")
    for row in listed:
        task = row["Task"].partition(" (")[0]
        took = of(stored, f"SELECT sum({SECONDS}) FROM task_instance WHERE task_id = :t", t=task)
        tries = of(stored, "SELECT max(try_number) FROM task_instance WHERE task_id = :t", t=task)
        assert (row["Took"], row["Tries"]) == (words.seconds(took), str(tries))
        for head, key, shown in (
            ("CPU time", "cpu_seconds", words.seconds),
            ("Statements", "statements", words.count),
            ("In the warehouse", "warehouse_seconds", words.seconds),
        ):
            found = of(stored, f"SELECT sum(json_extract(value, '$.{key}')) {MEASURED} = :t", t=task)
            assert row[head] == shown(found), (task, head)
        memory = of(stored, f"SELECT max(json_extract(value, '$.memory_bytes')) {MEASURED} = :t", t=task)
        assert row["Memory"] == words.size(memory)


def test_the_numbers_of_the_plots(stored: Writer, page: Page) -> None:
    def figure(task: str, key: str, of_all: str = "sum") -> Any:
        return of(stored, f"SELECT {of_all}(json_extract(value, '$.{key}')) {MEASURED} = :t", t=task)

    def task_of(row: dict[str, str]) -> str:
        step, _, target = row["Task"].partition(" (")[0].partition(", ")
        return f"{target.lower()}.{step}" if target else step

    for row in page.rows("Time by task and phase"):
        assert row["Work"] == words.seconds(figure(task_of(row), "work_seconds"))
        assert row["Start-up"] == words.seconds(figure(task_of(row), "startup_seconds"))
        took = of(stored, f"SELECT sum({SECONDS}) FROM task_instance WHERE task_id = :t", t=task_of(row))
        assert row["From start to end"] == words.seconds(took)
    for row in page.rows("Memory against limit"):
        used, limit = (figure(task_of(row), key, "max") for key in ("memory_bytes", "pod.memory_limit"))
        assert row["Most memory used"] == words.size(used)
        assert row["Share of the limit"] == (f"{used / limit:.0%}" if limit else "not known")
    for row in page.rows("Data moved"):
        for head, key, shown in (
            ("Rows read", "rows_read", words.count),
            ("Rows written (temporary tables too)", "rows_written", words.count),
            ("Bytes written", "bytes_written", words.size),
        ):
            assert row[head] == shown(figure(task_of(row), key))
    for row in page.rows("Cost by target: the numbers"):
        if row["Tasks of"] in TARGETS:
            assert row["Sum"] == words.money(cost(stored, TARGETS[row["Tasks of"]]), "USD")


def test_metrics_and_errors_are_those_of_the_results(stored: Writer, page: Page) -> None:
    for row in page.rows("Metrics of evaluate"):
        for target in TARGETS:
            path = f"$.metrics.{row['Model']}.{row['Metric']}"
            query = "SELECT json_extract(value, :p) FROM xcom WHERE key = 'return_value' AND task_id = :t"
            assert row[target] == words.figure(of(stored, query, p=path, t=f"{target.lower()}.evaluate"))
    counted = "SELECT json_extract(value, :p) FROM xcom WHERE key = 'return_value' AND task_id = 'kubernetes.evaluate'"
    for place, row in enumerate(page.rows("Errors of the predictions: evaluate")):
        assert row["Kubernetes"] == words.count(of(stored, counted, p=f"$.errors.counts[{place}]"))
