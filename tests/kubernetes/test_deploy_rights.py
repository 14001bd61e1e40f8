"""The rights of include/deploy/kubernetes on a real cluster: what a worker may do there, tried as the worker."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from include.local import pods
from tests.deploy.rights import allowed, manifests
from tests.laptop import Laptop

Tried = Callable[..., subprocess.CompletedProcess[str]]
WORKER = "--as=system:serviceaccount:airflow:airflow-worker"
TRIGGERER = "--as=system:serviceaccount:airflow:airflow-triggerer"
NAMESPACE = "deploy-rights"
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "tried"},
    "spec": {"containers": [{"name": "base", "image": "one"}]},
}
SECRET: dict[str, Any] = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "tried"}}


@pytest.fixture(scope="module")
def kubectl(clustered: Laptop) -> Iterator[Tried]:
    """Runs kubectl, with our Roles bound in a namespace that is there for this module."""

    def run(*words: str, objects: list[dict[str, Any]] | None = None) -> subprocess.CompletedProcess[str]:
        command = ["kubectl", f"--kubeconfig={pods.STATE.kubeconfig}", *words]
        given = yaml.safe_dump_all(objects) if objects else None
        return subprocess.run(command, input=given, capture_output=True, text=True, check=False)

    ours = [one for one in manifests() if one["metadata"].get("namespace") == "snowpod"]
    for one in ours:
        one["metadata"]["namespace"] = NAMESPACE
    assert run("create", "namespace", NAMESPACE).returncode == 0
    applied = run("apply", "--filename=-", objects=ours)
    yield run
    run("delete", "namespace", NAMESPACE, "--wait=false")
    assert applied.returncode == 0, applied.stderr


@pytest.mark.parametrize(
    ("who", "role"), [(WORKER, "snowpod-worker"), (TRIGGERER, "snowpod-triggerer")], ids=["worker", "triggerer"]
)
def test_a_service_account_has_these_rights_and_no_more(kubectl: Tried, who: str, role: str) -> None:
    def rights(namespace: str) -> set[tuple[str, str]]:
        listed = kubectl("auth", "can-i", "--list", "--no-headers", f"--namespace={namespace}", who).stdout
        rows = [line for line in listed.splitlines() if line.strip() and not line.startswith("selfsubject")]
        named = [(line.split()[0], line[line.rindex("[") + 1 : -1].split()) for line in rows if line[0] not in " ["]
        return {(resource, verb) for resource, verbs in named for verb in verbs}

    assert rights(NAMESPACE) == allowed(role)
    assert not rights("default")


def test_a_worker_makes_a_pod_and_its_secret(kubectl: Tried) -> None:
    for one in (POD, SECRET):
        made = kubectl("create", "--dry-run=server", "--filename=-", f"--namespace={NAMESPACE}", WORKER, objects=[one])
        assert made.returncode == 0, made.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["get", "secrets", f"--namespace={NAMESPACE}"],
        ["get", "secrets", "--namespace=kube-system"],
        ["create", "serviceaccount", "tried", f"--namespace={NAMESPACE}", "--dry-run=server"],
        ["run", "tried", "--image=one", "--namespace=default", "--dry-run=server"],
    ],
    ids=["its secrets", "secrets of another namespace", "a service account", "a pod in another namespace"],
)
def test_a_worker_is_refused(kubectl: Tried, words: list[str]) -> None:
    refused = kubectl(*words, WORKER)
    assert refused.returncode != 0
    assert "is forbidden" in refused.stderr
