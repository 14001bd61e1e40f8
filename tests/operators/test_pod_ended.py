"""How a pod's end becomes the task's: its result, why it failed, and what keeps a cluster from answering."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk.exceptions import AirflowFailException, AirflowTaskTimeout
from kubernetes.client import (
    ApiException,
    V1ContainerState,
    V1ContainerStateTerminated,
    V1ContainerStatus,
    V1ObjectMeta,
    V1Pod,
    V1PodStatus,
)

from include.constants import FAILED_FOR_GOOD
from include.operators import SnowparkBatchPodOperator, SnowparkPodOperator
from tests.answering import answering

INSTANCE = {"dag_id": "trips", "task_id": "train", "run_id": "monday", "try_number": 1, "map_index": -1}
CONTEXT: Any = {"ti": SimpleNamespace(**INSTANCE)}
REFUSED = "Kubernetes refused a request of include.tasks.taxi.train:"
POD = V1Pod(metadata=V1ObjectMeta(name="train-x1", namespace="tasks", uid="u-1"))


def operator(**more: Any) -> SnowparkPodOperator:
    arguments = {"task_id": "train", "function": "include.tasks.taxi.train", "kubernetes": {"image": "task:1"}} | more
    return SnowparkPodOperator(**arguments)


def connection_to(port: int) -> dict[str, Any]:
    """An Airflow connection to a cluster on this machine."""
    kubeconfig = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "u", "user": {}}],
    }
    return {"conn_type": "kubernetes", "extra": {"kube_config": json.dumps(kubeconfig)}}


def ends_with(monkeypatch: pytest.MonkeyPatch, method: str, error: Exception) -> None:
    """Let KubernetesPodOperator's own part end with an error."""

    def end(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(KubernetesPodOperator, method, end)


def test_without_a_connection_to_a_cluster_another_try_ends_the_same_way() -> None:
    with pytest.raises(AirflowFailException, match="There is no Airflow connection nowhere to a cluster"):
        operator(kubernetes={"image": "task:1", "kubernetes_conn_id": "nowhere"}).execute(CONTEXT)


@pytest.mark.parametrize(
    ("error", "says", "final"),
    [
        (ApiException(status=403, reason="Forbidden"), f"{REFUSED} 403", True),
        (ApiException(status=500, reason="Error"), f"{REFUSED} 500", False),
        (ApiException(status=0, reason="closed"), "The Kubernetes cluster does not answer (ApiException: ", False),
        (ConnectionRefusedError("refused"), "The Kubernetes cluster does not answer (ConnectionRefusedError: ", False),
    ],
)
def test_what_keeps_a_cluster_from_answering_is_told(
    monkeypatch: pytest.MonkeyPatch, error: Exception, says: str, final: bool
) -> None:
    ends_with(monkeypatch, "execute", error)
    with pytest.raises(AirflowException) as caught:
        operator().execute(CONTEXT)
    assert str(caught.value).startswith(says)
    assert isinstance(caught.value, AirflowFailException) == final


def test_any_other_error_is_passed_on_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, "execute", ValueError("the template's own"))
    with pytest.raises(ValueError, match="the template's own"):
        operator().execute(CONTEXT)


@pytest.mark.parametrize(("pod", "where"), [(None, ""), (POD, " in pod train-x1, which is deleted")])
def test_a_timeout_says_which_and_where(monkeypatch: pytest.MonkeyPatch, pod: V1Pod | None, where: str) -> None:
    ends_with(monkeypatch, "execute", AirflowTaskTimeout("Timeout, PID: 7"))
    task = operator(execution_timeout=dt.timedelta(minutes=30))
    task.pod = pod
    with pytest.raises(AirflowTaskTimeout) as caught:
        task.execute(CONTEXT)
    reported = f"include.tasks.taxi.train took longer than its execution_timeout of 1,800 s{where}.\n"
    assert str(caught.value).startswith(reported)


def test_a_task_that_was_killed_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, "execute", ApiException(status=404))
    task = operator()
    task._killed = True
    with pytest.raises(AirflowException, match="was killed, and its pod with it"):
        task.execute(CONTEXT)


def test_after_a_deferral_errors_are_told_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    ends_with(monkeypatch, "trigger_reentry", ConnectionRefusedError("refused"))
    with pytest.raises(AirflowException, match="The Kubernetes cluster does not answer"):
        operator().trigger_reentry(CONTEXT, {"message": "seen"})


def test_the_result_is_what_the_runtime_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KubernetesPodOperator, "extract_xcom", lambda *args, **kwargs: {"result": [1, None]})
    assert operator().extract_xcom(POD) == [1, None]


@pytest.mark.parametrize("left", [None, "", {"error": "…"}])
def test_no_result_after_exit_code_0_is_told(monkeypatch: pytest.MonkeyPatch, left: Any) -> None:
    monkeypatch.setattr(KubernetesPodOperator, "extract_xcom", lambda *args, **kwargs: left)
    with pytest.raises(AirflowException, match="ended before the function returned, with exit code 0"):
        operator().extract_xcom(POD)


def test_a_batch_is_asked_for_as_a_stream() -> None:
    task = SnowparkBatchPodOperator(
        task_id="score",
        function="include.tasks.taxi.predict_duration",
        kubernetes={"image": "task:1"},
        batch_input={"table": "T", "columns": ["N"]},
        batch_output={"table": "OUT", "column": "P"},
        model="@s/model.pkl",
    )
    asked = task.request(None)
    assert asked.mode == "stream"
    assert asked.batch is not None
    assert (asked.batch.input.table, asked.batch.output.column, asked.batch.model) == ("T", "P", "@s/model.pkl")


SIDECAR = {"image": "task:1", "containers": [{"name": "proxy", "image": "proxy:1"}]}


@pytest.mark.parametrize(
    ("kubernetes", "asked"),
    [
        (SIDECAR | {"on_finish_action": "keep_pod"}, [("PATCH", {"spec": {"activeDeadlineSeconds": 1}})]),
        ({"image": "task:1", "on_finish_action": "keep_pod"}, []),
        (SIDECAR, [("DELETE", None)]),
    ],
)
@pytest.mark.parametrize("status", [200, 409])
def test_no_sidecar_runs_on_in_a_pod_that_stays(
    monkeypatch: pytest.MonkeyPatch, kubernetes: dict[str, Any], asked: list[Any], status: int
) -> None:
    seen = []

    def respond(method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        seen.append((method, body if method == "PATCH" else None))
        return status, {}

    with answering(respond) as port:
        monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(connection_to(port)))
        deleted = operator(kubernetes=kubernetes).process_pod_deletion(POD, reraise=False)
    assert (seen[:1], deleted) == (asked, bool(asked) and asked[0][0] == "DELETE" and status == 200)


@pytest.mark.parametrize(("code", "fails"), [(0, False), (3, True)])
def test_an_init_container_that_failed_ends_the_task(code: int, fails: bool) -> None:
    ended = V1ContainerState(terminated=V1ContainerStateTerminated(exit_code=code))
    status = V1ContainerStatus(name="fetch", image="", image_id="", ready=False, restart_count=0, state=ended)
    seen = V1Pod(status=V1PodStatus(init_container_statuses=[status]))
    task = operator(kubernetes={"image": "task:1", "initContainers": [{"name": "fetch", "image": "a:1"}]})
    manager = SimpleNamespace(fetch_requested_init_container_logs=lambda **kwargs: None, read_pod=lambda pod: seen)
    task.__dict__["pod_manager"] = manager  # in place of the cached property
    with pytest.raises(AirflowException, match="An init container failed") if fails else nullcontext():
        task.await_init_containers_completion(POD)


class TestFailedPod:
    """Before a pod that failed is gone, the cluster is asked why."""

    def cleanup(self, monkeypatch: pytest.MonkeyPatch, code: int, status: int, killed: bool = False) -> str:
        """Return the message of a pod whose container ended with a code, from a cluster that answers with a status."""
        ended = {"exitCode": code, "reason": "Error", "message": "ValueError: no trips"}
        pod = {
            "metadata": {"name": "train-x1", "namespace": "tasks"},
            "status": {
                "phase": "Failed",
                "containerStatuses": [
                    {"name": "base", "image": "i", "imageID": "i", "ready": False, "restartCount": 0}
                    | {"state": {"terminated": ended}}
                ],
            },
        }

        def respond(method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
            return status, {"items": []} if "/events" in path else pod

        with answering(respond) as port:
            monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(connection_to(port)))
            ends_with(monkeypatch, "cleanup", AirflowException("Pod train-x1 returned a failure."))
            task = operator()
            task._killed = killed
            with pytest.raises(AirflowException) as caught:
                task.cleanup(POD, POD)
        assert isinstance(caught.value, AirflowFailException) == (code == FAILED_FOR_GOOD and status == 200)
        return str(caught.value)

    @pytest.mark.parametrize("code", [1, FAILED_FOR_GOOD])
    def test_the_functions_error_is_told(self, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
        reported = self.cleanup(monkeypatch, code, 200)
        assert reported.startswith("include.tasks.taxi.train failed in pod train-x1.\n")
        assert "ValueError: no trips" in reported

    def test_a_cluster_that_says_nothing_keeps_no_one_from_the_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert "failed in pod train-x1" in self.cleanup(monkeypatch, 1, 403)

    def test_a_pod_that_was_killed_is_not_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.cleanup(monkeypatch, 1, 200, killed=True) == "include.tasks.taxi.train failed in pod train-x1.\n"

    def test_after_a_timeout_the_pod_is_left_to_on_kill(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ends_with(monkeypatch, "cleanup", AssertionError("it would delete the pod"))
        try:
            raise AirflowTaskTimeout("Timeout")
        except AirflowTaskTimeout:
            operator().cleanup(POD, POD)
