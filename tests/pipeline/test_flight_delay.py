"""The second pipeline on its sample, as a user runs it: three tables by mapping, a gate, a model that is published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.laptop import Finished, Laptop

DAG = "flight_delay_snowpark"
FLIGHTS, WEATHER, PLANES = 1488, 1440, 70


@pytest.fixture(scope="module")
def done(laptop: Laptop) -> Finished:
    done = laptop.run(DAG)
    assert done.code == 0, done.output
    return done


@pytest.fixture(scope="module")
def summary(done: Finished, laptop: Laptop) -> dict[str, Any]:
    return laptop.latest(DAG)


def results(summary: dict[str, Any], task_id: str) -> list[Any]:
    tasks = [task for task in summary["tasks"] if task["task_id"] == task_id]
    return [task["result"] for task in sorted(tasks, key=lambda task: task["map_index"] or 0)]


def test_every_task_succeeds_at_the_first_try(summary: dict[str, Any]) -> None:
    assert {(task["state"], task["tries"]) for task in summary["tasks"]} == {("success", 1)}
    assert len(summary["tasks"]) == 3 + 3 + 3 + 1 + 1 + 12 + 1 + 6


def test_each_file_is_a_table_and_each_flight_has_a_prediction(summary: dict[str, Any], laptop: Laptop) -> None:
    assert results(summary, "load") == [[[FLIGHTS]], [[WEATHER]], [[PLANES]]]
    joined = "FLIGHT_FEATURES join FLIGHT_PREDICTIONS_SNOWPARK using (FLIGHT_ID) where PREDICTED_DELAY is not null"
    assert int(laptop.value(f"select count(*) from {joined}")) == FLIGHTS
    assert int(laptop.value("select count(*) from FLIGHTS where ARR_DELAY is null and DEP_DELAY is not null")) > 0


def test_the_trees_are_better_than_both_means(summary: dict[str, Any], laptop: Laptop) -> None:
    measured = {model: found["mae"] for model, found in summary["metrics"]["evaluate"].items()}
    assert measured["trees"] < 0.9 * min(measured["mean"], measured["carrier_and_hour"])
    kept = {row["MODEL"]: float(row["MAE"]) for row in laptop.sql("select MODEL, MAE from FLIGHT_METRICS")}
    assert kept == pytest.approx(measured)


def test_the_model_is_a_row_with_its_figures(summary: dict[str, Any], laptop: Laptop) -> None:
    (trained,), (chosen,), (measured,) = (results(summary, name) for name in ("train", "choose_model", "evaluate"))
    (row,) = laptop.sql(f"select * from SNOWPOD_MODELS where RUN_ID = '{summary['run_id']}'")
    assert row["FILE"] == trained["model"] == chosen["model"]
    assert (row["MODEL_ID"], row["PIPELINE"], row["TARGET"]) == (trained["model_id"], "flight_delay", "snowpark")
    assert row["CODE_VERSION"] == trained["code_version"]
    assert json.loads(row["METRICS"]) == measured["metrics"]["trees"]
    assert sum(measured["errors"]["counts"]) == measured["test_rows"]


def test_months_are_counted_by_mapping_and_kept_as_one_table(
    done: Finished, summary: dict[str, Any], laptop: Laptop
) -> None:
    months = results(summary, "month_statistics")
    assert [found["month"] for found in months] == list(range(1, 13))
    assert sum(found["flights"] for found in months) == FLIGHTS
    assert "month_statistics[month 12]" in done.output
    kept = laptop.sql("select MONTH, FLIGHTS from FLIGHT_MONTHS order by MONTH")
    assert [(int(row["MONTH"]), int(row["FLIGHTS"])) for row in kept] == [
        (found["month"], found["flights"]) for found in months
    ]


def test_what_is_better_is_published_and_told(summary: dict[str, Any], laptop: Laptop) -> None:
    mae = summary["metrics"]["evaluate"]["trees"]["mae"]
    assert f"{DAG}: published; the predictions are {mae:.1f} minutes off on average" in laptop.log(DAG)
    report = laptop.run("flight_delay_report")
    assert report.code == 0, report.output
    assert int(laptop.value("select sum(FLIGHTS) from FLIGHT_REPORT")) == FLIGHTS
    assert int(laptop.value("select count(*) from FLIGHT_REPORT where PREDICTED_DELAY is not null")) == 16


def test_the_summary_says_what_it_took(done: Finished, summary: dict[str, Any]) -> None:
    taken = summary["targets"]["snowpark"]
    ran = {task["task_id"] for task in summary["tasks"] if task["memory_mb"]}
    modelled = {"train", "choose_model", "predict", "evaluate", "register_model"}
    assert ran == {"stage_files", "build_features", "month_statistics", "keep_months"} | modelled
    assert 0 < taken["memory_mb"] < 2000
    assert 0 < taken["seconds"] < summary["seconds"]
    assert 0 < summary["snowflake_memory_mb"] < 2000
    assert f"snowpark: {taken['seconds']:.1f} s, its functions at most {taken['memory_mb']} MB of memory" in done.output


def test_the_gate_stops_what_is_wrong(summary: dict[str, Any], laptop: Laptop, root: Path, tmp_path: Path) -> None:
    source = shutil.copytree(root / "include" / "data" / "flights", tmp_path / "flights")
    with (source / "weather.csv").open("r+") as file:
        twice = file.readlines()[-1]
        file.write(twice)
    before = laptop.sql("select * from FLIGHT_METRICS")

    done = laptop.run(DAG, {"source": str(source)})

    assert done.code == 1
    states = {task["shown"]: task["state"] for task in laptop.latest(DAG)["tasks"]}
    assert [states[f"check[{table}]"] for table in ("FLIGHTS", "FLIGHT_WEATHER", "FLIGHT_PLANES")] == [
        "success",
        "failed",
        "success",
    ]
    assert states["build_features"] == states["publish"] == "upstream_failed"
    assert "one_an_hour" in done.output
    assert laptop.sql("select * from FLIGHT_METRICS") == before
