"""Airflow may do in Kubernetes what the code asks for, and no more."""

from __future__ import annotations

import json
from pathlib import Path

import airflow.providers.cncf.kubernetes as provider

from include.doctor.cluster import RIGHTS
from include.operators.pod_manifest import pod_manifest
from tests.deploy.render import RECORD
from tests.deploy.rights import allowed, asked_in, class_in, manifests, methods, names_used, parsed

PROVIDER = Path(provider.__path__[0])
NEWER_CLUSTERS = {("pods/exec", "create")}  # ask for it beside `get`, for a WebSocket (Kubernetes 1.35)


def test_a_worker_may_do_what_the_operators_do(root: Path) -> None:
    sources = [*(root / "include" / "operators").glob("*.py"), PROVIDER / "operators" / "pod.py"]
    manager = class_in(parsed(PROVIDER / "utils" / "pod_manager.py"), "PodManager")
    assert allowed("snowpod-worker") == asked_in([*map(parsed, sources), manager]) | NEWER_CLUSTERS


def test_the_doctor_looks_for_what_a_worker_may_do() -> None:
    assert {(resource, verb) for resource, verbs in RIGHTS.items() for verb in verbs} == allowed("snowpod-worker")


def test_a_worker_reads_no_secret() -> None:
    assert {verb for resource, verb in allowed("snowpod-worker") if resource == "secrets"} == {"create"}


def test_the_triggerer_may_do_what_triggers_do() -> None:
    trigger = parsed(PROVIDER / "triggers" / "pod.py")
    manager = class_in(parsed(PROVIDER / "utils" / "pod_manager.py"), "AsyncPodManager")
    used = names_used(trigger) | names_used(manager)
    hook = class_in(parsed(PROVIDER / "hooks" / "kubernetes.py"), "AsyncKubernetesHook")
    asked = asked_in(methods(hook, used))
    assert ("events", "watch") in asked
    assert allowed("snowpod-triggerer") == asked


def test_the_executor_may_do_what_it_does() -> None:
    executor = PROVIDER / "executors"
    trees = [parsed(executor / name) for name in ("kubernetes_executor.py", "kubernetes_executor_utils.py")]
    # A running task's log is read by the API server, for which the chart has a role.
    watched = {("pods", "watch")}
    assert allowed("airflow-executor") == (asked_in(trees) - {("pods/log", "get")}) | watched


def test_every_right_is_in_one_namespace() -> None:
    kinds = [one["kind"] for one in manifests()]
    assert "Role" in kinds
    assert not [kind for kind in kinds if kind.startswith("Cluster")]
    for one in manifests():
        if one["kind"] == "RoleBinding":
            assert one["roleRef"]["kind"] == "Role"


def test_a_namespace_comes_before_what_is_in_it() -> None:
    # `kubectl apply` takes the files of a folder by name.
    there = set()
    for one in manifests():
        assert one["kind"] == "Namespace" or one["metadata"]["namespace"] in there
        there |= {one["metadata"]["name"]} if one["kind"] == "Namespace" else set()


def test_those_who_get_rights_are_those_that_the_chart_runs() -> None:
    # `workers.celery.serviceAccount` gave the workers one account and the bindings another (apache/airflow #67261).
    ran_as = json.loads(RECORD.read_text(encoding="utf-8"))["service_accounts"]
    bound = {subject["name"] for one in manifests() if one["kind"] == "RoleBinding" for subject in one["subjects"]}
    for names, accounts in ran_as.items():
        worker = accounts["worker" if names.startswith("kubernetes") else "airflow-worker"]
        assert {worker, accounts["airflow-triggerer"], accounts["airflow-scheduler"]} == bound


def test_a_pod_of_ours_fits_the_limits() -> None:
    # A quota on memory refuses each container that names none.
    spec = pod_manifest({"image": "task", "initContainers": [{"name": "before", "image": "one"}]})["spec"]
    for container in [*spec["containers"], *spec["initContainers"]]:
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
        assert "memory" in container["resources"]["limits"]
