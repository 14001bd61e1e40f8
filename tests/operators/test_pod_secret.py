"""The Secret of a pod's connection, over the real client: owned by the pod, which is deleted if it cannot have it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk._shared.secrets_masker import redact
from kubernetes.client import ApiClient, ApiException, Configuration, CoreV1Api, V1ObjectMeta, V1Pod

from include.operators import pod_secret
from include.operators.pod_secret import connection_of, create_secret
from tests.answering import answering

POD = V1Pod(metadata=V1ObjectMeta(name="train-x1", namespace="tasks", uid="u-1"))
OPERATOR = SimpleNamespace(snowflake_conn_id="mine", warehouse="BIG", role=None, database=None, schema=None)


class Cluster:
    """What is asked of the API server; the statuses that creating a Secret gets, the last one ever after; and why."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        self.statuses = [201]
        self.reason = ""
        self.of_delete = 200

    def respond(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append((method, path, body))
        if not path.endswith("/secrets"):
            return self.of_delete, {}
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return (status, body) if status == 201 else (status, {"kind": "Status", "reason": self.reason})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Cluster, CoreV1Api]]:
    connection = {"conn_type": "snowflake", "login": "ann", "password": "correct horse", "extra": {"account": "acme"}}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps(connection))
    monkeypatch.setattr(pod_secret, "WAITS", (0.0, 0.0))
    played = Cluster()
    with answering(played.respond) as port:
        client = ApiClient(Configuration(host=f"http://127.0.0.1:{port}"))
        yield played, CoreV1Api(client)
        client.close()


def created(api: tuple[Cluster, CoreV1Api]) -> list[tuple[str, str, dict[str, Any]]]:
    create_secret(api[1], POD, connection_of(OPERATOR))
    return api[0].asked


def test_it_has_the_pods_name_and_goes_with_it(api: tuple[Cluster, CoreV1Api]) -> None:
    ((method, path, secret),) = created(api)
    assert (method, path) == ("POST", "/api/v1/namespaces/tasks/secrets")
    assert secret["metadata"]["name"] == "train-x1"
    assert secret["metadata"]["ownerReferences"] == [
        {"apiVersion": "v1", "kind": "Pod", "name": "train-x1", "uid": "u-1"}
    ]
    assert secret["immutable"] is True
    connection = json.loads(secret["stringData"]["connection.json"])
    assert (connection["password"], connection["warehouse"]) == ("correct horse", "BIG")  # its own, and the task's


def test_one_that_is_there_already_is_the_pods_own(api: tuple[Cluster, CoreV1Api]) -> None:
    api[0].statuses, api[0].reason = [409], "AlreadyExists"
    assert [method for method, _, _ in created(api)] == ["POST"]


def test_a_quota_that_others_change_meanwhile_is_asked_again(api: tuple[Cluster, CoreV1Api]) -> None:
    """ResourceQuota: "Operation cannot be fulfilled … the object has been modified", as many mapped pods start."""
    api[0].statuses, api[0].reason = [409, 409, 201], "Conflict"
    assert [method for method, _, _ in created(api)] == ["POST", "POST", "POST"]


def test_a_quota_that_is_never_free_takes_the_pod_along(api: tuple[Cluster, CoreV1Api]) -> None:
    api[0].statuses, api[0].reason = [409], "Conflict"
    with pytest.raises(ApiException, match="409"):
        created(api)
    assert [method for method, _, _ in api[0].asked] == ["POST", "POST", "POST", "DELETE"]


def test_why_it_was_refused_is_told_where_the_pod_cannot_be_deleted(api: tuple[Cluster, CoreV1Api]) -> None:
    api[0].statuses, api[0].of_delete = [403], 500
    with pytest.raises(ApiException, match="403"):
        created(api)


def test_without_it_the_pod_is_deleted(api: tuple[Cluster, CoreV1Api]) -> None:
    api[0].statuses = [403]
    with pytest.raises(ApiException, match="403"):
        created(api)
    assert [asked[:2] for asked in api[0].asked][1:] == [
        ("DELETE", "/api/v1/namespaces/tasks/pods/train-x1?gracePeriodSeconds=0")
    ]


def test_what_the_cluster_answers_is_hidden_in_a_log_of_everything(api: tuple[Cluster, CoreV1Api]) -> None:
    ((*_, secret),) = created(api)
    answered = base64.b64encode(secret["stringData"]["connection.json"].encode()).decode()
    assert answered not in str(redact(f'response body: {{"data": {{"connection.json": "{answered}"}}}}'))
