"""What is seen of a pod's image and of the nodes that could take it."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest
from kubernetes.client import V1Node, V1NodeSpec, V1NodeStatus, V1ObjectMeta, V1Taint

from include.doctor import cluster, images, nodes
from include.doctor.findings import Finding, State
from tests.answering import answering
from tests.operators.test_pod_ended import connection_to

say = partial(Finding, "cluster")


@pytest.mark.parametrize(
    ("image", "state", "words"),
    [
        ("localhost:5000/task:1.0", State.OK, "a digest would hold it"),
        ("r.acme.com/task@sha256:" + "0" * 64, State.OK, "by its digest"),
        ("localhost:5000/task", State.MISSING, "no version"),
        ("task:latest", State.MISSING, "no version"),
        ("localhost/snowpod-task:not-built", State.MISSING, "was not built"),
        ("registry.example.com/snowpod-task:1.0.0", State.MISSING, "the example's registry"),
        ("", State.MISSING, "was not built"),
    ],
)
def test_an_image(image: str, state: State, words: str) -> None:
    found = images.look(say, image)
    assert found.state is state
    assert words in found.words
    assert bool(found.mend) is (state is State.MISSING)


def node(labels: dict[str, str] | None = None, taint: V1Taint | None = None, **allocatable: str) -> V1Node:
    return V1Node(
        metadata=V1ObjectMeta(labels=labels or {}),
        spec=V1NodeSpec(taints=[taint] if taint else None),
        status=V1NodeStatus(allocatable={"cpu": "4", "memory": "8Gi", **allocatable}),
    )


GPU_TAINT = V1Taint(key="nvidia.com/gpu", value="present", effect="NoSchedule")
GPU = node({"pool": "gpu"}, GPU_TAINT, **{"nvidia.com/gpu": "2"})
TOLERATES = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
WANTS_GPU = {"nodeSelector": {"pool": "gpu"}, "resources": {"limits": {"nvidia.com/gpu": 1}}}


@pytest.mark.parametrize(
    ("pod", "state", "words"),
    [
        ({}, State.OK, "1 of 2 can take the pod"),
        ({"resources": {"requests": {"cpu": "500m", "memory": "8Gi"}}}, State.OK, "1 of 2"),
        ({"resources": {"requests": {"memory": "9Gi"}}}, State.MISSING, "of memory"),
        ({"resources": {"limits": {"memory": "9Gi"}}}, State.MISSING, "of memory"),
        ({"resources": {"requests": {"memory": "1Gi"}, "limits": {"memory": "9Gi"}}}, State.OK, "1 of 2"),
        ({"nodeSelector": {"pool": "large"}}, State.MISSING, "there is none"),
        (WANTS_GPU, State.MISSING, "nvidia.com/gpu:NoSchedule"),
        ({**WANTS_GPU, "tolerations": TOLERATES}, State.OK, "1 of 2 can take the pod (pool=gpu)"),
        ({**WANTS_GPU, "tolerations": [{"operator": "Exists"}]}, State.OK, "1 of 2"),
        ({**WANTS_GPU, "tolerations": [{"key": "nvidia.com/gpu", "value": "absent"}]}, State.MISSING, "has a taint"),
        ({"tolerations": TOLERATES, "resources": {"limits": {"nvidia.com/gpu": 3}}}, State.MISSING, "has 3 of nvidia"),
    ],
    ids=[
        "any",
        "small",
        "memory",
        "limit",
        "request-below-limit",
        "label",
        "taint",
        "gpu",
        "all-taints",
        "other-value",
        "too-many",
    ],
)
def test_nodes(pod: dict[str, Any], state: State, words: str) -> None:
    found = nodes.look(say, pod, [node({"pool": "small"}), GPU])
    assert found.state is state
    assert words in found.words


def test_one_node_has_all_that_a_pod_asks_for() -> None:
    cores, memory = node({}, cpu="32"), node({}, memory="128Gi")
    pod = {"resources": {"requests": {"cpu": "16", "memory": "64Gi"}}}
    found = nodes.look(say, pod, [cores, memory])
    assert found.state is State.MISSING
    assert "16 of cpu and 68719476736 of memory" in found.words
    assert nodes.look(say, pod, [cores, memory, node({}, cpu="16", memory="64Gi")]).words.startswith("1 of 3")


@pytest.mark.parametrize(("status", "mend"), [(401, "a token may have ended"), (500, "the log of the cluster's API")])
def test_a_cluster_that_takes_no_login_is_missing(monkeypatch: pytest.MonkeyPatch, status: int, mend: str) -> None:
    with answering(lambda *_: (status, {"kind": "Status", "code": status})) as port:
        monkeypatch.setenv("AIRFLOW_CONN_KUBERNETES_DEFAULT", json.dumps(connection_to(port)))
        (found,) = cluster.look([("a task", {"namespace": "tasks"})], 5)
    assert found.state is State.MISSING
    assert str(status) in found.words
    assert mend in found.mend
