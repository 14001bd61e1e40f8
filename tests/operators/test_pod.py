"""A pod as it is asked for: bounded in time, its connection mounted, and the request in a variable."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from kubernetes.client import V1Pod

from include.operators import SnowparkPodOperator
from include.operators.pod import LONGEST, OUTLIVES
from include.runtime.request import Request

KUBECONFIG = {
    "current-context": "nowhere",
    "contexts": [{"name": "nowhere", "context": {"cluster": "nowhere", "user": "nobody"}}],
    "clusters": [{"name": "nowhere", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "nobody", "user": {}}],
}


@pytest.fixture(autouse=True)
def _cluster_that_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = {"conn_type": "kubernetes", "extra": {"kube_config": json.dumps(KUBECONFIG)}}
    monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(connection))


def built(**given: Any) -> V1Pod:
    kubernetes = {"image": "task:1", **given.pop("kubernetes", {})}
    arguments = {"task_id": "task", "function": "include.tasks.taxi.train", "op_kwargs": {"price": "$(HOME)"}}
    arguments |= {"target": "kubernetes"} | given
    return SnowparkPodOperator(kubernetes=kubernetes, **arguments).build_pod_request_obj()


@pytest.mark.parametrize(
    ("timeout", "longest"),
    [(None, LONGEST), (timedelta(minutes=5), timedelta(minutes=5)), (timedelta(seconds=30), timedelta(seconds=30))],
)
def test_kubernetes_ends_a_pod_that_outlives_its_task(timeout: timedelta | None, longest: timedelta) -> None:
    assert built(execution_timeout=timeout).spec.active_deadline_seconds == (longest + OUTLIVES).total_seconds()


def test_the_request_is_in_a_variable_and_the_connection_is_not() -> None:
    pod = built(kubernetes={"env": [{"name": "LEVEL", "value": "1"}]}, warehouse="BIG")
    variables = {item.name: item.value for item in pod.spec.containers[0].env}
    assert variables["LEVEL"] == "1"
    assert Request.from_json(variables["SNOWPOD_REQUEST"]) == Request(
        "include.tasks.taxi.train",
        "session",
        op_kwargs={"price": "$(HOME)"},
        session={"warehouse": "BIG"},
        target="kubernetes",
        task_runs="SNOWPOD_TASK_RUNS",
    )
    itself = json.loads(variables["SNOWPOD_POD"])
    assert (itself["name"], itself["cpu_limit"]) == (pod.metadata.name, 1.0)
    assert variables["SNOWPOD_NODE"] is None  # Kubernetes fills it in
    assert "$(HOME)" not in variables["SNOWPOD_REQUEST"]
    assert variables["SNOWPOD_CONNECTION_FILE"] == "/run/snowflake/connection.json"


@pytest.mark.parametrize("own", [None, "of-the-user"])
def test_the_connection_is_a_secret_that_only_the_task_reads(own: str | None) -> None:
    pod = built(kubernetes={"snowflake_secret": own} if own else {})
    volume = next(one for one in pod.spec.volumes if one.name == "snowflake-connection")
    assert volume.secret.secret_name == (own or pod.metadata.name)
    assert volume.secret.default_mode == 0o440
    mounts = {one.name: [mount.mount_path for mount in one.volume_mounts or []] for one in pod.spec.containers}
    assert [name for name, paths in mounts.items() if "/run/snowflake" in paths] == ["base"]


def test_the_sidecar_is_as_hardened_as_the_task_and_small() -> None:
    pod = built(kubernetes={"xcom_sidecar_image": "sidecar:1"})
    sidecar = next(one for one in pod.spec.containers if one.name != "base")
    assert sidecar.image == "sidecar:1"
    assert sidecar.security_context.read_only_root_filesystem is True
    assert sidecar.security_context.capabilities.drop == ["ALL"]
    assert sidecar.resources.limits == {"cpu": "100m", "memory": "32Mi"}
