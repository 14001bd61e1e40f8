"""Mapped tasks side by side: instances in pods do what those in Snowflake do, and the tables of each are compared."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.kubernetes.recorder import Recorder
from tests.laptop import Laptop
from tests.pipeline.test_mapped import by_name

DAG = "mapped_side_by_side"


@pytest.fixture(scope="module")
def tasks(clustered: Laptop, recorder: Recorder, root: Path) -> dict[str, dict[str, Any]]:
    mapped = root / "tests" / "pipeline" / "project"
    shutil.copy(mapped / "configs" / "mapped.yaml", clustered.root / "configs")
    shutil.copy(mapped / "tasks" / "mapped.py", clustered.root / "include" / "tasks")
    done = clustered.run(DAG, {"months": [2, 5]})
    assert done.code == 0, done.output
    return by_name(clustered.latest(DAG))


def test_pods_get_the_values_of_their_instance(tasks: dict[str, Any], recorder: Recorder) -> None:
    for name in ("of_result[0]", "of_result[1]", "after_nothing"):
        assert tasks[f"kubernetes.{name}"]["result"] == tasks[f"snowpark.{name}"]["result"]
    pods = [pod.task for pod in recorder.pods(DAG)]
    assert {name: pods.count(f"kubernetes.{name}") for name in ("of_result", "of_batches", "all")} == {
        "of_result": 2,
        "of_batches": 2,
        "all": 1,
    }


def test_each_instance_has_a_table_for_each_target_and_they_are_equal(tasks: dict[str, Any]) -> None:
    assert tasks["kubernetes.of_batches[1]"]["result"] == {"table": "MAPPED_5_kubernetes", "rows": 1}
    compared = tasks["compare"]["result"]
    assert compared["words"] == "5 tables are equal, within the tolerance of A."
    assert [(table["task"], table["map_index"], table["tables"], table["rows"]) for table in compared["tables"]] == [
        *(
            (task, index, both(f"{name}_{month}"), {"snowpark": 1, "kubernetes": 1})
            for task, name in (("of_batches", "MAPPED"), ("copies", "COPY"))
            for index, month in enumerate((2, 5))
        ),
        ("kept", None, both("KEPT"), {"snowpark": 1, "kubernetes": 1}),
    ]


def test_a_tolerance_decided_where_the_targets_wrote_other_numbers(tasks: dict[str, Any]) -> None:
    kept = tasks["compare"]["result"]["tables"][-1]
    assert (kept["equal"], kept["exact"], kept["key"], kept["key_source"]) == (True, False, ["ID"], "compare.key")
    assert kept["columns"] == [
        {
            "name": "A",
            "differing": 0,
            "within_tolerance": 1,
            "tolerance": {"absolute": 0.0, "relative": 0.01},
            "largest": 0.5,
            "mean": 0.5,
        }
    ]


def both(name: str) -> dict[str, str]:
    return {target: f"{name}_{target}" for target in ("snowpark", "kubernetes")}
