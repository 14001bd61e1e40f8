"""The second pipeline on the real flights of 2013, in Snowflake and in pods: equal, better than means, and small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.laptop import Finished, Laptop

DAG = "flight_delay_side_by_side"
FLIGHTS, ARRIVED = 336_776, 327_346
TARGETS = ["snowpark", "kubernetes"]
MOST_MEMORY = 2000
"""Megabytes."""


@pytest.fixture(scope="module")
def done(clustered: Laptop, real_flights: Path) -> Finished:
    done = clustered.run(DAG, {"source": str(real_flights), "monthly": False})
    assert done.code == 0, done.output
    return done


@pytest.fixture(scope="module")
def summary(done: Finished, clustered: Laptop) -> dict[str, Any]:
    return clustered.latest(DAG)


@pytest.fixture(scope="module")
def results(summary: dict[str, Any]) -> dict[str, Any]:
    return {task["shown"]: task["result"] for task in summary["tasks"]}


def test_all_flights_are_there(results: dict[str, Any]) -> None:
    assert results["load[flights]"] == [[FLIGHTS]]
    assert results["load[weather]"] == [[26_115]]
    assert results["load[planes]"] == [[3_322]]
    built = results["build_features"]
    assert (built["rows"], built["arrived"], built["months"]) == (FLIGHTS, ARRIVED, list(range(1, 13)))


def test_the_predictions_are_equal_row_by_row(results: dict[str, Any]) -> None:
    assert results["compare"]["words"] == "FLIGHT_PREDICTIONS is equal, row by row."
    (compared,) = results["compare"]["tables"]
    assert compared["tables"] == {target: f"FLIGHT_PREDICTIONS_{target}" for target in TARGETS}
    assert compared["rows"] == dict.fromkeys(TARGETS, FLIGHTS)
    assert (compared["equal"], compared["exact"], compared["key"]) == (True, True, ["FLIGHT_ID"])
    assert results["snowpark.train"] == results["kubernetes.train"]
    assert results["snowpark.train"]["rows"] > 0.75 * ARRIVED


def test_their_error_is_under_both_means(summary: dict[str, Any]) -> None:
    here, there = (summary["metrics"][f"{target}.evaluate"] for target in TARGETS)
    assert here == there
    for error in ("mae", "rmse"):
        assert here["trees"][error] < 0.95 * min(here["mean"][error], here["carrier_and_hour"][error])


def test_nothing_takes_much_memory_and_each_target_says_what_it_took(done: Finished, summary: dict[str, Any]) -> None:
    for target in TARGETS:
        taken = summary["targets"][target]
        assert 100 < taken["memory_mb"] < MOST_MEMORY
        assert taken["seconds"] > 0
        line = f"{target}: {taken['seconds']:.1f} s, its functions at most {taken['memory_mb']:,} MB of memory"
        assert line in done.output
    assert all(
        task["memory_mb"] for task in summary["tasks"] if task["task_id"].endswith((".train", ".predict", ".evaluate"))
    )
    assert 100 < summary["snowflake_memory_mb"] < MOST_MEMORY


def test_what_a_run_leaves_out_is_skipped(summary: dict[str, Any]) -> None:
    states = {task["task_id"]: task["state"] for task in summary["tasks"]}
    assert (states.pop("month_statistics"), states.pop("keep_months")) == ("skipped", "skipped")
    assert set(states.values()) == {"success"}
