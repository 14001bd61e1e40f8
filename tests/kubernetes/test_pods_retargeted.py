"""Every task of the shipped pipeline runs where one word takes it, there and back, with the same results."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.factory.check import Checker
from include.factory.project import Project
from include.local.pods import STATE
from tests.kubernetes.recorder import Recorder
from tests.laptop import Laptop
from tests.retargeting import pinned

SHIPPED = "taxi_trip_duration"
MOVED = "taxi_moved"


@pytest.fixture(scope="module")
def source(trips: Path) -> Iterator[Path]:
    """The trips in a folder that a pod's user may read."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        for path in trips.glob("*.csv"):
            shutil.copyfile(path, Path(folder, path.name))
            Path(folder, path.name).chmod(0o644)
        os.chmod(folder, 0o755)
        yield Path(folder)


def callables(project: Path) -> list[str]:
    """The tasks that have a target."""
    pipeline = Checker(Project(project, {})).pipeline(project / "configs" / f"{SHIPPED}.yaml").pipeline
    assert pipeline is not None
    return [task.name for task in pipeline.tasks.values() if task.kind in ("python_callable", "batch_callable")]


@pytest.mark.parametrize(("variant", "target"), [("snowpark", "kubernetes"), ("kubernetes", "snowpark")])
def test_all_tasks_run_on_the_other_target(
    variant: str, target: str, side_by_side: dict[str, Any], clustered: Laptop, recorder: Recorder, source: Path
) -> None:
    shipped = (clustered.root / "configs" / f"{SHIPPED}.yaml").read_text(encoding="utf-8")
    text = shipped.replace(f"pipeline: {SHIPPED}\n", f"pipeline: {MOVED}\n")
    # The one task that reads files of this machine needs them in its pod: a section that waits while it runs on
    # snowpark.
    volumes = f"volumes: [{{name: trips, hostPath: {{path: {source}}}}}]"
    mounts = f"volumeMounts: [{{name: trips, mountPath: {source}}}]"
    own = "    target: snowpark # it reads local files\n"
    text = text.replace(own, f"{own}    kubernetes: {{{volumes}, {mounts}}}\n")
    tasks = callables(clustered.root)
    # Only on this machine's own node a path of the host is a path of this machine.
    there = [name for name in tasks if name != "stage_files" or STATE.recorded() == "debian"]
    for name in there:
        text = pinned(text, name, target)
    (clustered.root / "configs" / f"{MOVED}.yaml").write_text(text, encoding="utf-8")
    # `{{ target }}` in a table's name is the variant's, wherever a task of it is pinned.
    predictions = f"select hash_agg(TRIP_ID, PREDICTED_SECONDS) from TAXI_PREDICTIONS_{variant.upper()}"
    before = clustered.value(predictions)
    clustered.sql(f"drop table TAXI_PREDICTIONS_{variant.upper()}")
    dag_id = f"{MOVED}_{variant}"

    done = clustered.run(dag_id, {"source": str(source)})

    assert done.code == 0, done.output
    pods = [pod.task for pod in recorder.pods(dag_id)]
    assert sorted(pods) == (sorted(there) if target == "kubernetes" else [])
    moved, stayed = (
        {task["task_id"]: task["result"] for task in run["tasks"]} for run in (clustered.latest(dag_id), side_by_side)
    )
    assert moved["build_features"] == stayed["build_features"]
    for name in ("train", "evaluate"):
        assert moved[name] == stayed[f"{variant}.{name}"]
    assert clustered.value(predictions) == before
