"""Each way a pod fails is told from the others, with what to do."""

from __future__ import annotations

from typing import Any

import pytest
from kubernetes.client import models as k8s

from include.operators.pod_diagnosis import diagnose


def pod(
    state: k8s.V1ContainerState | None = None,
    *,
    phase: str = "Running",
    scheduled: bool = True,
    reason: str | None = None,
) -> k8s.V1Pod:
    statuses = (
        [k8s.V1ContainerStatus(name="base", image="task:1", image_id="", ready=False, restart_count=0, state=state)]
        if state
        else None
    )
    return k8s.V1Pod(
        metadata=k8s.V1ObjectMeta(name="p"),
        spec=k8s.V1PodSpec(
            containers=[
                k8s.V1Container(
                    name="base", image="task:1", resources=k8s.V1ResourceRequirements(limits={"memory": "64Mi"})
                )
            ]
        ),
        status=k8s.V1PodStatus(
            phase=phase,
            reason=reason,
            message="it was too much",
            container_statuses=statuses,
            conditions=[k8s.V1PodCondition(type="PodScheduled", status=str(scheduled))],
        ),
    )


def event(reason: str, message: str) -> Any:
    return k8s.CoreV1Event(
        involved_object=k8s.V1ObjectReference(), metadata=k8s.V1ObjectMeta(), reason=reason, message=message
    )


def terminated(reason: str, code: int, message: str | None = None) -> k8s.V1ContainerState:
    return k8s.V1ContainerState(
        terminated=k8s.V1ContainerStateTerminated(exit_code=code, reason=reason, message=message)
    )


def waiting(reason: str, message: str = "not found") -> k8s.V1ContainerState:
    return k8s.V1ContainerState(waiting=k8s.V1ContainerStateWaiting(reason=reason, message=message))


@pytest.mark.parametrize(
    ("found", "events", "words"),
    [
        (
            pod(terminated("OOMKilled", 137)),
            [],
            ["limit of 64Mi", "OOMKilled", "raise kubernetes.resources.limits.memory"],
        ),
        (pod(waiting("ErrImagePull"), phase="Pending"), [], ["image task:1 cannot be pulled", "make image"]),
        (
            pod(phase="Pending", scheduled=False),
            [event("FailedScheduling", "0/1 nodes are available: 1 Insufficient memory.")],
            [
                "No node can take the pod",
                "Insufficient memory",
                "FailedScheduling",
                "lower kubernetes.resources.requests",
            ],
        ),
        (
            None,
            [event("Killing", "Stopping container base")],
            ["deleted from outside", "Killing: Stopping container base"],
        ),
        (pod(terminated("Error", 1, "ValueError: no such table")), [], ["ValueError: no such table"]),
        (pod(terminated("Error", 3)), [], ["exit code 3", "log lines are above"]),
        (
            pod(terminated("Error", 137), reason="DeadlineExceeded"),
            [],
            ["DeadlineExceeded", "it was too much", "set execution_timeout"],
        ),
        (pod(terminated("Error", 137), reason="Evicted"), [], ["Kubernetes ended the pod (Evicted): it was too much"]),
        (pod(), [], ["what the operator saw"]),
    ],
)
def test_cause_and_cure(found: Any, events: list[Any], words: list[str]) -> None:
    text = diagnose(found, events, "what the operator saw").text
    for word in words:
        assert word in text


@pytest.mark.parametrize(
    ("found", "events", "final"),
    [
        (pod(waiting("InvalidImageName", "couldn't parse image name"), phase="Pending"), [], True),
        (pod(waiting("ErrImageNeverPull", "Container image is not present"), phase="Pending"), [], True),
        (pod(waiting("ErrImagePull", "manifest unknown"), phase="Pending"), [], True),
        (pod(waiting("ImagePullBackOff", "Back-off"), phase="Pending"), [event("Failed", "task:1: not found")], True),
        (pod(waiting("ErrImagePull", "dial tcp 10.0.0.1:443: i/o timeout"), phase="Pending"), [], False),
        (
            pod(waiting("ErrImagePull", "toomanyrequests: You have reached your pull rate limit"), phase="Pending"),
            [],
            False,
        ),
        (
            pod(waiting("ErrImagePull", "503 Service Unavailable: Egress is over the account limit"), phase="Pending"),
            [],
            False,
        ),
        (pod(terminated("Error", 64, "there is no module x")), [], True),
        (pod(terminated("Error", 1)), [], False),
        (pod(terminated("OOMKilled", 137)), [], False),
        (pod(terminated("Error", 137), reason="Evicted"), [], False),
        (pod(phase="Pending", scheduled=False), [event("FailedScheduling", "0/1 nodes are available")], False),
        (None, [], False),
    ],
)
def test_what_another_try_cannot_mend(found: Any, events: list[Any], final: bool) -> None:
    assert diagnose(found, events).final is final


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            terminated("Error", 22, "wget: not found\n"),
            ["The init container fetch ended with exit code 22 (Error); its last lines:\nwget: not found"],
        ),
        (terminated("Error", 1), ["exit code 1 (Error); it printed nothing at its end"]),
        (
            terminated("OOMKilled", 137),
            ["fetch needed more memory than its limit of 32Mi", "raise resources.limits.memory", "initContainers"],
        ),
        (k8s.V1ContainerState(running=k8s.V1ContainerStateRunning()), ["fetch was still running", "startup_timeout"]),
        (waiting("ErrImagePull"), ["The image fetch:1 cannot be pulled"]),
    ],
)
def test_an_init_container_is_named(state: k8s.V1ContainerState, words: list[str]) -> None:
    found = pod(waiting("PodInitializing"), phase="Failed")
    limits = k8s.V1ResourceRequirements(limits={"memory": "32Mi"})
    found.spec.init_containers = [k8s.V1Container(name="fetch", image="fetch:1", resources=limits)]
    found.status.init_container_statuses = [
        k8s.V1ContainerStatus(name="fetch", image="", image_id="", ready=False, restart_count=0, state=state)
    ]
    for word in words:
        assert word in diagnose(found, [], "it is known from elsewhere").text


@pytest.mark.parametrize(
    ("state", "final", "words"),
    [
        (terminated("Error", 3, "jq: no such file\n"), False, "exit code 3 (Error); its last lines:\njq: no such file"),
        (terminated("Error", 64), False, "exit code 64 (Error); it printed nothing"),
        (terminated("StartError", 128, 'exec: "jqq": not found'), True, "could not be started (StartError): exec"),
        (terminated("OOMKilled", 137), False, "limit of 64Mi"),
        (
            waiting("CreateContainerConfigError", "no secret"),
            False,
            "cannot start the container base (Create",
        ),
    ],
)
def test_any_program_has_its_last_lines(state: k8s.V1ContainerState, final: bool, words: str) -> None:
    found = diagnose(pod(state), [], by_runtime=False)
    assert words in found.text
    assert found.final is final
