"""What another try cannot mend reaches Airflow as that, from an interpreter and from a pod."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.common.compat.sdk import AirflowException, AirflowNotFoundException
from airflow.providers.standard.operators.python import ExternalPythonOperator
from airflow.sdk.exceptions import AirflowFailException
from kubernetes.client import ApiException

from include.operators import SnowparkOperator, SnowparkPodOperator, snowpark
from include.operators.pod_diagnosis import Diagnosis


@pytest.mark.parametrize("final", [True, False])
def test_of_an_interpreter(final: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    operator = SnowparkOperator(task_id="task", function="a.f", python=sys.executable)
    monkeypatch.setattr(snowpark, "connection_parameters", lambda name: {})
    monkeypatch.setattr(
        ExternalPythonOperator,
        "_execute_python_callable_in_subprocess",
        lambda self, python: {"error": "no such role", "final": final},
    )
    with pytest.raises(AirflowException, match="no such role") as raised:
        operator.execute_callable()
    assert isinstance(raised.value, AirflowFailException) is final


@pytest.fixture
def operator() -> SnowparkPodOperator:
    return SnowparkPodOperator(task_id="task", function="a.f", kubernetes={"image": "task:1"})


@pytest.mark.parametrize("final", [True, False])
def test_of_a_pod(operator: SnowparkPodOperator, final: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: Any) -> None:
        raise AirflowException("Pod has returned a failure")

    monkeypatch.setattr(KubernetesPodOperator, "cleanup", ended)
    monkeypatch.setattr(operator, "_diagnosis", lambda *_: Diagnosis("the image is not there", final))
    pod: Any = SimpleNamespace(metadata=SimpleNamespace(name="pod"))
    with pytest.raises(AirflowException, match="the image is not there") as raised:
        operator.cleanup(pod, pod)
    assert isinstance(raised.value, AirflowFailException) is final


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (ApiException(status=422, reason="Unprocessable Entity"), True),
        (ApiException(status=500, reason="Internal Server Error"), False),
        (AirflowNotFoundException("The conn_id `cluster` isn't defined"), True),
        (OSError("connection refused"), False),
    ],
)
def test_of_a_cluster(
    operator: SnowparkPodOperator, error: Exception, final: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise error

    monkeypatch.setattr(KubernetesPodOperator, "execute", refused)
    context: Any = {"ti": SimpleNamespace(dag_id="dag", task_id="task", run_id="monday", try_number=1, map_index=-1)}
    with pytest.raises(AirflowException) as raised:
        operator.execute(context)
    assert isinstance(raised.value, AirflowFailException) is final
