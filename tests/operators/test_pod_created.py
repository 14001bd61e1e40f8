"""The requests of a pod task around its work: the Secret at once after the pod, and none that tells nothing new."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.utils.pod_manager import PodCommandException, PodManager
from airflow.sdk.exceptions import AirflowFailException
from kubernetes.client import (
    ApiException,
    V1Container,
    V1ContainerState,
    V1ContainerStateTerminated,
    V1ContainerStatus,
    V1ObjectMeta,
    V1Pod,
    V1PodSpec,
    V1PodStatus,
)

from include.operators import SnowparkPodOperator, pod_manager
from tests.answering import answering
from tests.operators.test_pod_ended import connection_to

NAMES = {"dag_id": "trips", "task_id": "train", "run_id": "monday", "try_number": 1, "map_index": -1}
CONTEXT: Any = {"ti": SimpleNamespace(**NAMES), "run_id": "monday", "dag": SimpleNamespace()}


class Cluster:
    """What is asked of it, what pods it has, and the status that creating a Secret gets."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.pods: list[dict[str, Any]] = []
        self.status = 201

    def respond(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append((method, path.partition("?")[0].removeprefix("/api/v1/namespaces/tasks/")))
        self.bodies.append(body)
        if method == "GET":
            return 200, {"items": self.pods if path.partition("?")[0].endswith("/pods") else []}
        if path.endswith("/secrets"):
            return self.status, body
        return 201, {**body, "metadata": {**body.get("metadata", {}), "uid": "u-1"}}


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    connection = {"conn_type": "snowflake", "login": "ann", "password": "correct horse", "extra": {"account": "acme"}}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps(connection))
    played = Cluster()
    with answering(played.respond) as port:
        monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(connection_to(port)))
        yield played


def operator(conn_id: str = "mine", **kubernetes: Any) -> SnowparkPodOperator:
    return SnowparkPodOperator(
        task_id="train",
        function="include.tasks.taxi.train",
        kubernetes={"image": "task:1", "namespace": "tasks", **kubernetes},
        snowflake_conn_id=conn_id,
    )


def created(task: SnowparkPodOperator) -> V1Pod:
    return task.get_or_create_pod(task.build_pod_request_obj(), CONTEXT)


def test_the_secret_is_the_next_request_after_the_pod(cluster: Cluster) -> None:
    pod = created(operator())
    assert cluster.asked == [("GET", "pods"), ("POST", "pods"), ("POST", "secrets")]
    assert cluster.bodies[-1]["metadata"]["name"] == pod.metadata.name
    assert cluster.bodies[-1]["metadata"]["ownerReferences"][0]["uid"] == "u-1"


def test_a_secret_of_the_users_own_is_not_made(cluster: Cluster) -> None:
    created(operator(snowflake_secret="of-the-user"))
    assert cluster.asked == [("GET", "pods"), ("POST", "pods")]


def test_without_a_connection_there_is_no_pod(cluster: Cluster) -> None:
    with pytest.raises(AirflowFailException, match="There is no Airflow connection nowhere"):
        created(operator("nowhere"))
    assert ("POST", "pods") not in cluster.asked


def test_a_pod_that_an_earlier_worker_left_without_its_secret_gets_it(cluster: Cluster) -> None:
    labels = {"try_number": "1"}
    metadata = {"name": "train-x1", "namespace": "tasks", "uid": "u-7", "labels": labels}
    cluster.pods = [{"metadata": metadata, "status": {"phase": "Pending"}}]
    assert created(operator()).metadata.name == "train-x1"
    assert cluster.asked == [("GET", "pods"), ("POST", "secrets")]
    assert cluster.bodies[-1]["metadata"]["ownerReferences"][0]["uid"] == "u-7"


def test_a_pod_that_an_earlier_worker_left_ends_if_the_connection_is_gone(cluster: Cluster) -> None:
    metadata = {"name": "train-x1", "namespace": "tasks", "uid": "u-7", "labels": {"try_number": "1"}}
    cluster.pods = [{"metadata": metadata, "status": {"phase": "Running"}}]
    with pytest.raises(AirflowFailException, match="There is no Airflow connection nowhere"):
        created(operator("nowhere"))
    assert cluster.asked == [("GET", "pods"), ("DELETE", "pods/train-x1")]


def test_a_pod_without_its_secret_is_deleted_and_known_to_on_kill(cluster: Cluster) -> None:
    cluster.status = 403
    task = operator()
    with pytest.raises(ApiException, match="403"):
        created(task)
    assert task.pod is not None
    assert cluster.asked[-1] == ("DELETE", f"pods/{task.pod.metadata.name}")


class Command:
    """A command in a container, as the stream to it tells."""

    def __init__(self, said: str) -> None:
        self._said = said

    def run_forever(self, timeout: float) -> None:
        assert timeout <= 10

    def peek_stderr(self, timeout: float) -> str:
        return self._said

    def read_stderr(self, timeout: float) -> str:
        return self._said

    def close(self) -> None: ...


@pytest.mark.parametrize("said", ["", "sh: kill: (1): Operation not permitted"])
def test_a_result_is_kept_whether_or_not_the_sidecar_can_be_told_to_end(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    commands: list[list[str]] = []

    def stream(*args: Any, command: list[str], **kwargs: Any) -> Command:
        commands.append(command)
        return Command(said)

    monkeypatch.setattr(pod_manager, "stream", stream)
    monkeypatch.setattr(PodManager, "container_is_running", lambda *args: True)
    monkeypatch.setattr(PodManager, "extract_xcom_json", lambda *args: '{"result": 3}')
    pod = V1Pod(metadata=V1ObjectMeta(name="train-x1", namespace="tasks"))
    manager = operator().pod_manager
    assert manager.extract_xcom(pod) == '{"result": 3}'
    assert commands == [["/bin/sh", "-c", "kill -s INT 1"]]
    if said:
        with pytest.raises(PodCommandException, match="Operation not permitted"):
            manager.extract_xcom_kill(pod)


def test_a_pod_that_did_its_work_is_not_asked_for_once_more(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KubernetesPodOperator, "cleanup", lambda *args: None)
    ended = V1ContainerState(terminated=V1ContainerStateTerminated(exit_code=0))
    status = V1ContainerStatus(name="base", image="", image_id="", ready=False, restart_count=0, state=ended)
    pod = V1Pod(
        metadata=V1ObjectMeta(name="train-x1", namespace="tasks"),
        spec=V1PodSpec(containers=[V1Container(name="base")]),
        status=V1PodStatus(phase="Succeeded", container_statuses=[status]),
    )
    operator().cleanup(pod, pod)
    assert cluster.asked == [("GET", "events")]
