"""What is read of a pod as the cluster tells of it, and of its events."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes.client import ApiClient, V1Pod

from include.operators import pod_facts
from include.runtime.measures import POD_KEYS

CREATED = dt.datetime(2026, 1, 5, 8, 0, 0, tzinfo=dt.UTC)


def pod(resources: dict[str, Any] | None = None, state: dict[str, Any] | None = None, **status: Any) -> V1Pod:
    """A pod as the cluster sends it."""
    base = {"name": "base", "image": "task:1", "resources": resources}
    statuses = [] if state is None else [{"name": "base", "image": "task:1", "state": state} | status]
    manifest = {
        "metadata": {"name": "train-x1", "creationTimestamp": CREATED.isoformat()},
        "spec": {"containers": [{"name": "beside", "image": "b"}, base], "nodeName": "node-1"},
        "status": {
            "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": "2026-01-05T08:00:02Z"}],
            "containerStatuses": [one | {"imageID": "", "ready": False, "restartCount": 0} | one for one in statuses],
        },
    }
    return ApiClient()._ApiClient__deserialize(manifest, "V1Pod")  # type: ignore[no-any-return]


def event(message: str, container: str = "base", reason: str = "Pulled") -> Any:
    place = SimpleNamespace(field_path=f"spec.containers{{{container}}}")
    return SimpleNamespace(reason=reason, message=message, involved_object=place)


def test_amounts_are_cores_and_bytes() -> None:
    asked = {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"cpu": "1.5", "memory": "1e9"}}
    found = pod_facts.seen(pod(asked), [])
    assert found == {
        "name": "train-x1",
        "node": "node-1",
        "image": "task:1",
        "image_pull_seconds": None,
        "scheduled_seconds": 2.0,
        "cpu_request": 0.25,
        "cpu_limit": 1.5,
        "memory_request": 512 * 1024**2,
        "memory_limit": 10**9,
    }
    assert {*found} == {*POD_KEYS}


def test_what_is_not_asked_for_is_not_known() -> None:
    found = pod_facts.asked_for(pod(None))
    assert found["cpu_request"] is None
    assert found["memory_limit"] is None


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ('Successfully pulled image "task:1" in 1.25s (3.1s including waiting). Image size: 9 bytes.', 1.25),
        ('Successfully pulled image "task:1" in 850.5ms (850.6ms including waiting)', 0.8505),
        ('Successfully pulled image "task:1" in 1m2.5s (2m0s including waiting)', 62.5),
        ('Container image "task:1" already present on machine', 0.0),
        ('Container image "task:1" already present on machine and can be accessed by the pod', 0.0),
        ("something that a later kubelet says", None),
    ],
)
def test_a_pull_is_as_long_as_the_event_says(message: str, seconds: float | None) -> None:
    others = [event('Successfully pulled image "b" in 9s', "beside"), event("Pulling image", reason="Pulling")]
    assert pod_facts.seen(pod(), [*others, event(message)])["image_pull_seconds"] == seconds


def test_the_state_of_the_container_tells_when_it_ran() -> None:
    ended = {"startedAt": "2026-01-05T08:00:07Z", "finishedAt": "2026-01-05T08:00:10Z", "exitCode": 1}
    found = pod_facts.run(
        pod(state={"terminated": ended}, imageID="docker.io/task@sha256:abc"), CREATED.timestamp() - 1
    )
    assert found == {"startup_seconds": 8.0, "work_seconds": 3.0, "version": "sha256:abc"}


@pytest.mark.parametrize("state", [None, {}, {"waiting": {"reason": "ErrImagePull"}}])
def test_a_container_that_never_ran_took_no_time_that_is_known(state: dict[str, Any] | None) -> None:
    assert pod_facts.run(pod(state=state), CREATED.timestamp()) == {}
