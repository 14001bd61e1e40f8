"""What Kubernetes tells of a pod: where it ran, on what image, within which bounds, and how long it waited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from include.constants import TASK_CONTAINER
from include.runtime.measures import Measures

PULLED = re.compile(r"[Ss]uccessfully pulled image .* in (?P<time>(?:[\d.]+(?:h|ms|m|us|µs|ns|s))+)")
"""The kubelet's event of an image that it had to pull; in parentheses after it the same with the wait for its turn."""
THERE = "already present on machine"
"""In its event of an image that it did not."""
_PART = re.compile(r"([\d.]+)(h|ms|m|us|µs|ns|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
"""Units of Go's durations, as Kubernetes writes them."""


def asked_for(pod: Any) -> Measures:
    """Return what a pod's manifest says of the task's own container.

    Args:
        pod: a V1Pod.

    Returns:
        `name`, `image`, and requests and limits in cores and bytes, None where there is none.
    """
    container = next(one for one in pod.spec.containers if one.name == TASK_CONTAINER)
    resources = container.resources
    requests, limits = (resources.requests or {}, resources.limits or {}) if resources else ({}, {})
    return {
        "name": pod.metadata.name,
        "image": container.image,
        "cpu_request": _amount(requests.get("cpu"), float),
        "cpu_limit": _amount(limits.get("cpu"), float),
        "memory_request": _amount(requests.get("memory"), int),
        "memory_limit": _amount(limits.get("memory"), int),
    }


def seen(pod: Any, events: Iterable[Any]) -> Measures:
    """Return what the cluster tells of a pod.

    Args:
        pod: a V1Pod as the cluster has it.
        events: its events (CoreV1Event); none where the service account may not read them.

    Returns:
        As `include.runtime.measures.POD_KEYS`; None for what is not known.
    """
    conditions = pod.status.conditions or ()
    scheduled = next((one for one in conditions if one.type == "PodScheduled" and one.status == "True"), None)
    return asked_for(pod) | {
        "node": pod.spec.node_name,
        "image_pull_seconds": _pull_seconds(events),
        "scheduled_seconds": _between(pod.metadata.creation_timestamp, scheduled and scheduled.last_transition_time),
    }


def run(pod: Any, started: float | None) -> Measures:
    """Return what the state of the task's own container tells of its run, to the second.

    Args:
        pod: a V1Pod as the cluster has it.
        started: when the task began, in seconds since 1970.

    Returns:
        `startup_seconds`, `work_seconds` and `version`, the image's digest, of what is known.
    """
    statuses = pod.status.container_statuses or ()
    status = next((one for one in statuses if one.name == TASK_CONTAINER), None)
    if status is None:
        return {}
    state = status.state and (status.state.terminated or status.state.running)
    begun = getattr(state, "started_at", None)
    found = {
        "startup_seconds": max(0.0, begun.timestamp() - started) if begun and started is not None else None,
        "work_seconds": _between(begun, getattr(state, "finished_at", None)),
        "version": (status.image_id or "").rpartition("@")[2] or None,
    }
    return {key: value for key, value in found.items() if value is not None}


def _pull_seconds(events: Iterable[Any]) -> float | None:
    """Return how long the image of the task's own container was pulled; None if no event says so."""
    for event in events:
        where = getattr(event.involved_object, "field_path", None) or ""
        if event.reason != "Pulled" or not where.endswith(f"{{{TASK_CONTAINER}}}"):
            continue
        if THERE in (event.message or ""):
            return 0.0
        if took := PULLED.search(event.message or ""):
            return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(took["time"]))
    return None


def _between(first: Any, then: Any) -> float | None:
    return max(0.0, (then - first).total_seconds()) if first and then else None


def _amount(quantity: Any, kind: type[int] | type[float]) -> int | float | None:
    return None if quantity is None else kind(parse_quantity(quantity))
