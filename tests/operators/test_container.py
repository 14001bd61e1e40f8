"""A program of any language in a pod: what it gets, and what becomes of what it leaves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.cncf.kubernetes.utils.pod_manager import PodManager
from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException
from kubernetes.client import V1ObjectMeta, V1Pod

from include.operators import ContainerPodOperator, SnowparkPodOperator
from include.operators.pod_diagnosis import Diagnosis
from tests.operators.test_pod_ended import CONTEXT, connection_to, ends_with

POD = V1Pod(metadata=V1ObjectMeta(name="count-x1", namespace="tasks", uid="u-1"))


@pytest.fixture(autouse=True)
def _cluster_that_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(connection_to(1)))


def operator(container: dict[str, Any] | None = None, **more: Any) -> ContainerPodOperator:
    given = {"task_id": "count", "container": container or {"command": ["date"]}, "kubernetes": {"image": "task:1"}}
    return ContainerPodOperator(**given | more)


def built(container: dict[str, Any], **params: Any) -> Any:
    """The pod's own container, its templates rendered."""
    kubernetes = {"image": "task:1", "env": [{"name": "LEVEL", "value": 1}, {"name": "CA", "value": "/ca"}]}
    with DAG("trips", schedule=None):
        task = operator(container, kubernetes=kubernetes)
    task.render_template_fields({"params": params})  # type: ignore[typeddict-item]
    return task.build_pod_request_obj().spec.containers[0]


def test_it_is_laid_over_what_all_pods_have() -> None:
    container = built(
        {"command": ["jq", "--arg"], "args": ["{{ params.a }}"], "workingDir": "/tmp", "env": {"LEVEL": 2, "B": [1]}},
        a="ü $(CA)",
    )
    assert (container.image, container.command, container.args) == ("task:1", ["jq", "--arg"], ["ü $$(CA)"])
    assert (container.working_dir, container.termination_message_policy) == ("/tmp", "FallbackToLogsOnError")
    assert [(one.name, one.value) for one in container.env] == [
        ("LEVEL", "2"),
        ("CA", "/ca"),
        ("B", "[1]"),
        ("SNOWPOD_CONNECTION_FILE", "/run/snowflake/connection.json"),
    ]
    assert container.security_context.read_only_root_filesystem is True
    assert "/airflow/xcom" in [mount.mount_path for mount in container.volume_mounts]


def test_its_own_image_and_kubernetes_variables() -> None:
    node = {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    container = built({"image": "any:1", "env": [node]})
    assert (container.image, container.command, container.args) == ("any:1", [], [])
    assert container.env[2].value_from.field_ref.field_path == "spec.nodeName"


def left(monkeypatch: pytest.MonkeyPatch, text: str) -> Any:
    """The result of a program that wrote a text, read as KubernetesPodOperator does."""

    def extract(self: Any, pod: V1Pod, **kwargs: Any) -> str:
        if text != "__airflow_xcom_result_empty__":
            json.loads(text)
        return text

    monkeypatch.setattr(PodManager, "extract_xcom", extract)
    return operator().extract_xcom(POD)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('{"rows": 3}', {"rows": 3}),
        ("3\n", 3),
        ('"ü"', "ü"),
        ("null", None),
        ("\n \n", None),
        ("__airflow_xcom_result_empty__", None),
        ('{"mean": NaN}', {"mean": {"__snowpod__": ["float", "nan"]}}),
    ],
)
def test_the_json_that_it_wrote_is_the_result(monkeypatch: pytest.MonkeyPatch, text: str, result: Any) -> None:
    assert left(monkeypatch, text) == result


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("three rows", r"/airflow/xcom/return.json is not JSON \(Expecting value, line 1, column 1\): three rows\n"),
        ("{'rows': 3}", r"is not JSON \(Expecting property name enclosed in double quotes"),
        ('{"a": 1}\n{"a": 2}\n', r'holds more than one JSON value: {"a": 1} {"a": 2}\nWhat to do: write one, such as'),
        ("x" * 100, f"{'x' * 59}…"),
    ],
)
def test_what_is_no_json_is_told_and_not_tried_again(monkeypatch: pytest.MonkeyPatch, text: str, words: str) -> None:
    with pytest.raises(AirflowFailException, match=words):
        left(monkeypatch, text)


def cleaned_up_after(error: Exception, task: ContainerPodOperator) -> None:
    """Clean up as KubernetesPodOperator does, whatever happened."""
    try:
        raise error
    finally:
        task.cleanup(POD, POD)


@pytest.mark.parametrize(
    ("diagnosis", "final"),
    [("The pod's last events:\nit is no JSON", True), ("The container ended with exit code 3 (Error)", False)],
)
def test_a_wrong_result_is_the_reason_unless_the_program_failed(
    monkeypatch: pytest.MonkeyPatch, diagnosis: str, final: bool
) -> None:
    ends_with(monkeypatch, "cleanup", AirflowException("Pod count-x1 returned a failure."))
    task = operator()
    monkeypatch.setattr(task, "_diagnosis", lambda pod, otherwise: Diagnosis(diagnosis))
    with pytest.raises(AirflowException) as caught:
        cleaned_up_after(AirflowFailException("it is no JSON"), task)
    assert str(caught.value) == f"count failed in pod count-x1.\n{diagnosis}"
    assert isinstance(caught.value, AirflowFailException) is final


@pytest.mark.parametrize("kind", [operator, SnowparkPodOperator])
@pytest.mark.parametrize(("keep", "result"), [(True, 3), (False, None)])
def test_the_result_is_kept_unless_it_shall_not_be(
    monkeypatch: pytest.MonkeyPatch, kind: Any, keep: bool, result: Any
) -> None:
    monkeypatch.setattr(KubernetesPodOperator, "execute", lambda self, context: 3)
    more = {} if kind is operator else {"task_id": "count", "function": "f", "kubernetes": {"image": "task:1"}}
    task = kind(do_xcom_push=keep, **more)
    assert task.do_xcom_push is True  # else there would be no sidecar, nor a result to look at
    assert task.execute(CONTEXT) == result
