"""The cluster as the doctor sees it: with all rights, with some, and where there is none."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kubernetes import client

from include.doctor.cluster import look
from include.doctor.findings import Finding, State
from include.local.pods import STATE
from tests.conftest import ROOT
from tests.kubernetes.recorder import NAMESPACE, Recorder
from tests.kubernetes.relay import kubeconfig

Looked = Callable[..., dict[str, Finding]]
POD = {"image": "localhost/snowpod-task:1", "namespace": NAMESPACE, "kubernetes_conn_id": "looked_at"}


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> Looked:
    """Looks at a cluster by a kubeconfig; gives the findings by what they are of."""

    def look_at(path: str, **changes: Any) -> dict[str, Finding]:
        connection = {"conn_type": "kubernetes", "extra": {"kube_config_path": path}}
        monkeypatch.setenv("AIRFLOW_CONN_LOOKED_AT", json.dumps(connection))
        return {one.what: one for one in look([("dag, task", {**POD, **changes})], 10)}

    return look_at


def missing(findings: dict[str, Finding]) -> dict[str, str]:
    return {what: one.mend for what, one in findings.items() if one.state is State.MISSING}


PODS_ALONE = [{"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "get", "list", "patch", "delete"]}]


def rights_as_deployed() -> list[dict[str, Any]]:
    """The rules of the workers' role, as include/deploy has them."""
    objects = yaml.safe_load_all((ROOT / "include" / "deploy" / "kubernetes" / "rbac.yaml").read_text())
    (rules,) = [one["rules"] for one in objects if one["kind"] == "Role" and "worker" in one["metadata"]["name"]]
    return rules


@pytest.fixture
def restricted(request: pytest.FixtureRequest, recorder: Recorder, tmp_path: Path) -> Iterator[str]:
    """The kubeconfig of a service account with some rights in the namespace, and no others."""
    name = f"doctor-{uuid.uuid4().hex[:8]}"
    meta = client.V1ObjectMeta(name=name)
    rights = client.RbacAuthorizationV1Api(recorder.api.api_client)
    recorder.api.create_namespaced_service_account(NAMESPACE, client.V1ServiceAccount(metadata=meta))
    rights.create_namespaced_role(NAMESPACE, {"metadata": {"name": name}, "rules": request.param})
    bound = client.V1RoleBinding(
        metadata=meta,
        role_ref=client.V1RoleRef(api_group="rbac.authorization.k8s.io", kind="Role", name=name),
        subjects=[client.RbacV1Subject(kind="ServiceAccount", name=name, namespace=NAMESPACE)],
    )
    rights.create_namespaced_role_binding(NAMESPACE, bound)
    annotations = {"kubernetes.io/service-account.name": name}
    wanted = client.V1Secret(
        metadata=client.V1ObjectMeta(name=name, annotations=annotations), type="kubernetes.io/service-account-token"
    )
    recorder.api.create_namespaced_secret(NAMESPACE, wanted)
    while not (recorder.api.read_namespaced_secret(name, NAMESPACE).data or {}).get("token"):
        time.sleep(0.1)
    token = base64.b64decode(recorder.api.read_namespaced_secret(name, NAMESPACE).data["token"]).decode()
    config = yaml.safe_load(STATE.kubeconfig.read_text())
    config["users"] = [{"name": user["name"], "user": {"token": token}} for user in config["users"]]
    file = tmp_path / "restricted"
    file.write_text(yaml.safe_dump(config))
    yield str(file)
    rights.delete_namespaced_role_binding(name, NAMESPACE)
    rights.delete_namespaced_role(name, NAMESPACE)
    recorder.api.delete_namespaced_secret(name, NAMESPACE)
    recorder.api.delete_namespaced_service_account(name, NAMESPACE)


def test_with_all_rights_nothing_is_missing(looked: Looked, recorder: Recorder) -> None:
    before = {pod.metadata.name for pod in recorder.api.list_namespaced_pod(NAMESPACE).items}
    found = looked(str(STATE.kubeconfig))
    assert missing(found) == {}
    assert (found["namespace"].words, found["node"].state) == (NAMESPACE, State.OK)
    assert found["pod"].words == "the cluster would take it"
    after = {pod.metadata.name for pod in recorder.api.list_namespaced_pod(NAMESPACE).items}
    assert not [name for name in after - before if name.startswith("snowpod-doctor")]


@pytest.mark.parametrize("restricted", [rights_as_deployed()], indirect=True, ids=["deployed"])
def test_a_worker_as_deployed_has_all_rights(looked: Looked, restricted: str) -> None:
    found = looked(restricted)
    assert missing(found) == {}
    assert found["rights"].words.startswith("pods: create get list patch delete, pods/log: get")


@pytest.mark.parametrize("restricted", [PODS_ALONE], indirect=True, ids=["pods"])
def test_rights_that_are_not_given_are_told_with_the_command_that_gives_them(looked: Looked, restricted: str) -> None:
    found = looked(restricted, imagePullSecrets=[{"name": "registry"}])
    assert list(missing(found)) == ["pods/log", "pods/exec", "events", "secrets"]
    assert found["secrets"].words == "may not create"
    assert found["secrets"].mend.startswith(
        f"kubectl -n {NAMESPACE} create role snowpod-secrets --verb=create --resource=secrets && kubectl"
    )
    could_not = {what for what, one in found.items() if one.state is State.UNKNOWN}
    assert could_not == {"namespace", "Secret registry", "nodes"}
    assert found["pod"].state is State.OK


def test_what_a_pod_names_that_is_not_there(looked: Looked, recorder: Recorder) -> None:
    found = looked(
        str(STATE.kubeconfig),
        imagePullSecrets=[{"name": "no-such-secret"}],
        serviceAccountName="no-such-account",
        snowflake_secret="no-such-connection",
        nodeSelector={"pool": "nowhere"},
        resources={"limits": {"nvidia.com/gpu": 1}},
    )
    assert {*missing(found)} == {
        "Secret no-such-secret",
        "Secret no-such-connection",
        "service account no-such-account",
        "node with pool=nowhere",
        "pod",
    }
    assert "no-such-account" in found["pod"].words
    assert found["node with pool=nowhere"].words == "there is none (dag, task)"


def test_a_namespace_that_is_not_there(looked: Looked, recorder: Recorder) -> None:
    found = looked(str(STATE.kubeconfig), namespace="nowhere-4f")
    assert missing(found)["namespace"] == "kubectl create namespace nowhere-4f"
    assert "nowhere-4f" in found["pod"].words


def test_no_cluster(looked: Looked, recorder: Recorder, tmp_path: Path) -> None:
    found = looked(kubeconfig(tmp_path / "kubeconfig", "https://127.0.0.1:1"))
    assert list(missing(found)) == ["cluster"]
    assert "does not answer" in found["cluster"].words
