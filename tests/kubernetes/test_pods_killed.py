"""Pods that are killed while they work: one more try, and not a number changes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.kubernetes.recorder import NAMESPACE, Pod, Recorder
from tests.kubernetes.relay import Relay, kubeconfig
from tests.laptop import Laptop
from tests.waiting import until

KUBERNETES_DAG = "taxi_trip_duration_kubernetes"
LONG = 600_000
"""Rows that a pod streams for some seconds."""
FEATURES = "PICKUP_LOCATION_ID, DROPOFF_LOCATION_ID, TRIP_DISTANCE, PICKUP_HOUR, PICKUP_WEEKDAY"


@pytest.fixture(scope="module")
def results(side_by_side: dict[str, Any]) -> dict[str, Any]:
    return {task["task_id"]: task["result"] for task in side_by_side["tasks"]}


def test_killing_train_costs_one_try_and_changes_no_number(
    results: dict[str, Any], clustered: Laptop, recorder: Recorder, trips: Path
) -> None:
    before = predictions(clustered)
    process = start(clustered, KUBERNETES_DAG, {"source": str(trips)})
    # As soon as its container runs: on a quiet machine it trains in a second, which is less than a line of its log
    # takes to us.
    victim = recorder.wait(KUBERNETES_DAG, "train", lambda pod: pod.started)
    recorder.kill(victim)
    output, _ = process.communicate()

    assert process.returncode == 0, output
    tasks = {task["task_id"]: task for task in clustered.latest(KUBERNETES_DAG)["tasks"]}
    assert {name: task["tries"] for name, task in tasks.items() if task["tries"] != 1} == {"train": 2}
    assert "deleted from outside" in clustered.log(KUBERNETES_DAG)
    assert tasks["train"]["result"] == results["kubernetes.train"]
    assert tasks["evaluate"]["result"] == results["kubernetes.evaluate"]
    assert predictions(clustered) == before
    pods = recorder.pods(KUBERNETES_DAG)
    assert [pod.last["metadata"]["labels"]["try_number"] for pod in pods if pod.task == "train"] == ["1", "2"]
    assert recorder.left(pods) == []


def test_killing_predict_in_the_middle_of_its_table_leaves_nothing_partial_or_doubled(
    results: dict[str, Any], clustered: Laptop, recorder: Recorder
) -> None:
    copies = -(-LONG // results["build_features"]["rows"])
    numbers = " union all ".join(f"select {copy} as COPY" for copy in range(copies))
    many = f"select COPY, TRIP_ID, {FEATURES} from TAXI_FEATURES cross join ({numbers})"
    clustered.sql(f"create or replace table MANY_TRIPS as {many}")
    clustered.sql("create or replace table MANY_PREDICTIONS as select 'the old one' as WHAT")
    rows = int(clustered.value("select count(*) from MANY_TRIPS"))
    assert rows == copies * results["build_features"]["rows"]

    process = start(clustered, "pod_batch", {"model": results["kubernetes.train"]["model"]})
    victim = recorder.wait("pod_batch", "predict", lambda pod: "rows a second" in "".join(pod.log))
    recorder.kill(victim)
    assert clustered.value("select WHAT from MANY_PREDICTIONS") == "the old one"
    output, _ = process.communicate()

    assert process.returncode == 0, output
    (task,) = clustered.latest("pod_batch")["tasks"]
    assert (task["tries"], task["result"]) == (2, {"table": "MANY_PREDICTIONS", "rows": rows})
    done = [
        int(line.split(" rows,")[0].rsplit(" ", 1)[-1].replace(",", ""))
        for line in log_lines(victim)
        if " rows a second" in line
    ]
    assert 0 < max(done) < rows, "it was not killed in the middle"
    once = "select count(*) from (select COPY, TRIP_ID from MANY_PREDICTIONS group by all)"
    assert int(clustered.value(once)) == int(clustered.value("select count(*) from MANY_PREDICTIONS")) == rows
    right = "MANY_PREDICTIONS as M join TAXI_PREDICTIONS_SNOWPARK as S on M.TRIP_ID = S.TRIP_ID"
    assert int(clustered.value(f"select count(*) from {right} where M.PREDICTED_SECONDS = S.PREDICTED_SECONDS")) == rows
    assert recorder.left(recorder.pods("pod_batch")) == []


def test_a_killed_task_deletes_its_pod(clustered: Laptop, recorder: Recorder) -> None:
    process = start(clustered, "pod_sleep", {})
    pod = recorder.wait("pod_sleep", "sleep", asleep)
    os.kill(airflow_below(process), signal.SIGTERM)
    output, _ = process.communicate(timeout=120)

    assert process.returncode == 1
    assert "was killed" in output
    assert recorder.left([pod]) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda how: how.name)
def test_no_pod_outlives_the_command_of_its_run(clustered: Laptop, recorder: Recorder, how: signal.Signals) -> None:
    before = {pod.name for pod in recorder.pods("pod_sleep")}
    process = start(clustered, "pod_sleep", {})
    pod = recorder.wait("pod_sleep", "sleep", lambda pod: asleep(pod) and pod.name not in before)
    process.send_signal(how)
    process.communicate(timeout=120)

    assert process.returncode == {signal.SIGKILL: -signal.SIGKILL}.get(how, 130)
    assert recorder.left([pod]) == []


def test_a_pod_whose_worker_died_ends_by_itself(clustered: Laptop, recorder: Recorder) -> None:
    process = start(clustered, "pod_sleep", {})
    before = {pod.name for pod in recorder.pods("pod_sleep")}
    pod = recorder.wait("pod_sleep", "sleep", lambda pod: asleep(pod) and pod.name not in before)
    os.kill(airflow_below(process), signal.SIGKILL)
    process.communicate(timeout=120)
    found = recorder.api.read_namespaced_pod(pod.name, NAMESPACE)
    assert found.status.phase == "Running"
    assert 0 < found.spec.active_deadline_seconds < 25 * 60 * 60

    # Kubernetes keeps the deadline: brought forward, it ends the pod at once.
    recorder.api.patch_namespaced_pod(pod.name, NAMESPACE, {"spec": {"activeDeadlineSeconds": 1}})
    until(lambda: recorder.api.read_namespaced_pod(pod.name, NAMESPACE).status.reason == "DeadlineExceeded")
    recorder.kill(pod)
    assert recorder.left([pod]) == []


def test_a_cluster_that_goes_away_is_told(clustered: Laptop, recorder: Recorder, tmp_path: Path) -> None:
    relay = Relay()
    extra = {"kube_config_path": kubeconfig(tmp_path / "kubeconfig", relay.address), "namespace": NAMESPACE}
    relayed = json.dumps({"conn_type": "kubernetes", "extra": extra})
    before = {pod.name for pod in recorder.pods("pod_sleep")}
    process = start(
        clustered, "pod_sleep", {}, PROBE_CLUSTER="kubernetes_relayed", AIRFLOW_CONN_KUBERNETES_RELAYED=relayed
    )
    pod = recorder.wait("pod_sleep", "sleep", lambda pod: asleep(pod) and pod.name not in before)
    relay.cut()
    output, _ = process.communicate(timeout=180)

    assert process.returncode == 1
    assert "The Kubernetes cluster does not answer" in output
    assert "check the Airflow connection kubernetes_relayed and the cluster" in output
    recorder.kill(pod)


def asleep(pod: Pod) -> bool:
    return "asleep" in "".join(pod.log)


def start(laptop: Laptop, dag_id: str, conf: dict[str, Any], **variables: str) -> subprocess.Popen[str]:
    return laptop.start("-m", "include.local.run", dag_id, "--conf", json.dumps(conf), **variables)


def airflow_below(process: subprocess.Popen[str]) -> int:
    """The process of `airflow dags test` that a run has started."""
    below = psutil.Process(process.pid).children(recursive=True)
    (found,) = [one.pid for one in below if b"dags\0test" in Path("/proc", str(one.pid), "cmdline").read_bytes()]
    return found


def predictions(laptop: Laptop) -> list[dict[str, str]]:
    return laptop.sql("select * from TAXI_PREDICTIONS_KUBERNETES order by TRIP_ID")


def log_lines(pod: Pod) -> list[str]:
    return "".join(pod.log).splitlines()
