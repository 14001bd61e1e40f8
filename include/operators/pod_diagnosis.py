"""Says in words why a pod failed, from what Kubernetes says about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from include.constants import FAILED_FOR_GOOD, TASK_CONTAINER

IMAGE_REASONS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
IMAGE_REASONS_FOR_GOOD = ("InvalidImageName", "ErrImageNeverPull")
NO_SUCH_IMAGE = ("not found", "manifest unknown", "does not exist", "access denied", "unauthorized", "forbidden")
"""What registries say of an image that is not there, or not for this cluster.

All else (an unknown host, a timeout) may pass.
"""
NOT_STARTED = ("StartError", "ContainerCannotRun")
"""Why a container ended that never began: mostly there is no such program in the image."""
REFUSED = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
"""Why a node does not start a container, and waits for it to become possible."""
SHOWN_EVENTS = 5


@dataclass(frozen=True)
class Diagnosis:
    """Why a pod failed.

    Attributes:
        text: the pod's own last events, the cause, what to do.
        final: whether another try would end the same way.
    """

    text: str
    final: bool = False


def diagnose(pod: Any | None, events: Iterable[Any], otherwise: str = "", by_runtime: bool = True) -> Diagnosis:
    """Why the pod failed, and what to do.

    Args:
        pod: a V1Pod as the cluster has it now, or None if it is gone.
        events: its events (CoreV1Event or EventsV1Event), oldest first.
        otherwise: what is known from elsewhere, in case that Kubernetes does not say it.
        by_runtime: whether our runtime runs in it: then what it says last is the reason, and its exit code may say that
            another try would end the same way; else these are any program's last lines, and any program's code.

    Returns:
        The diagnosis.
    """
    events = list(events)
    shown = [f"  {event.reason}: {_text(event)}" for event in events[-SHOWN_EVENTS:]]
    heading = ["The pod's last events:", *shown] if shown else []
    cause = _cause(pod, events, otherwise, by_runtime)
    return Diagnosis("\n".join([*heading, cause]), pod is not None and _is_final(pod, events, by_runtime))


def _is_final(pod: Any, events: list[Any], by_runtime: bool) -> bool:
    for status in _statuses(pod):
        waiting = status.state.waiting if status.state else None
        if waiting and waiting.reason in IMAGE_REASONS:
            reported = " ".join(
                [waiting.message or "", *(_text(event) for event in events if event.reason == "Failed")]
            ).lower()
            return waiting.reason in IMAGE_REASONS_FOR_GOOD or any(words in reported for words in NO_SUCH_IMAGE)
    ended = _ended(pod)
    if ended and ended.reason in NOT_STARTED:
        return True
    return bool(by_runtime and ended and ended.reason == "Error" and ended.exit_code == FAILED_FOR_GOOD)


def _statuses(pod: Any) -> list[Any]:
    return [*(pod.status.container_statuses or []), *(pod.status.init_container_statuses or [])]


def _ended(pod: Any) -> Any:
    base = next((status for status in _statuses(pod) if status.name == TASK_CONTAINER), None)
    return base.state.terminated if base and base.state else None


def _cause(pod: Any | None, events: list[Any], otherwise: str, by_runtime: bool) -> str:
    if pod is None or pod.metadata.deletion_timestamp:
        return (
            "The pod was deleted from outside while the task ran (kubectl delete, a drained node, preemption). A retry"
            " starts a new one."
        )
    ended = _ended(pod)
    if ended and ended.reason == "OOMKilled":
        limits = next(
            (c.resources.limits or {} for c in pod.spec.containers if c.name == TASK_CONTAINER and c.resources), {}
        )
        return (
            f"The container needed more memory than its limit of {limits.get('memory')} (OOMKilled, exit code"
            f" {ended.exit_code}).\nWhat to do: raise kubernetes.resources.limits.memory of the task."
        )
    for status in _statuses(pod):
        waiting = status.state.waiting if status.state else None
        if waiting and waiting.reason in IMAGE_REASONS:
            return (
                f"The image {status.image or _image(pod, status.name)} cannot be pulled ({waiting.reason}:"
                f" {waiting.message}).\nWhat to do: check kubernetes.image of the task or the environment file; `make"
                " image` builds and loads the project's own."
            )
        if waiting and waiting.reason in REFUSED:
            return f"The node cannot start the container {status.name} ({waiting.reason}: {waiting.message})."
    unscheduled = next((event for event in reversed(events) if event.reason == "FailedScheduling"), None)
    scheduled = any(
        condition.type == "PodScheduled" and condition.status == "True" for condition in pod.status.conditions or []
    )
    if not scheduled and unscheduled is not None:
        return (
            f"No node can take the pod: {_text(unscheduled)}\nWhat to do: lower kubernetes.resources.requests, or look"
            " at nodeSelector, tolerations and affinity of the task."
        )
    if pod.status.reason:  # Evicted, DeadlineExceeded, …: the containers only know that they were killed
        advice = "\nWhat to do: set execution_timeout of the task." if pod.status.reason == "DeadlineExceeded" else ""
        return f"Kubernetes ended the pod ({pod.status.reason}): {pod.status.message}{advice}"
    if ended and ended.reason in NOT_STARTED:
        return (
            f"The container could not be started ({ended.reason}): {ended.message}\nWhat to do: check that the program"
            " that container.command names is in the image, and can be run."
        )
    if ended and ended.exit_code and not by_runtime:
        return f"The container ended with exit code {ended.exit_code} ({ended.reason}); {_last_lines(ended)}"
    if ended and ended.exit_code:
        return (
            ended.message
            or f"The container ended with exit code {ended.exit_code} ({ended.reason}); its own log lines are above."
        )
    for status in pod.status.init_container_statuses or []:
        if before := _of_init_container(status, pod):
            return before
    return otherwise or f"The pod did not succeed: {pod.status.message or f'phase {pod.status.phase}'}."


def _of_init_container(status: Any, pod: Any) -> str | None:
    """Return what an init container did, if it kept the task's own container from starting."""
    state = status.state
    if state and state.terminated and state.terminated.exit_code:
        ended = state.terminated
        if ended.reason == "OOMKilled":
            limits = next(c.resources.limits for c in pod.spec.init_containers if c.name == status.name)
            return (
                f"The init container {status.name} needed more memory than its limit of {limits.get('memory')}"
                f" (OOMKilled, exit code {ended.exit_code}).\nWhat to do: raise resources.limits.memory of that one in"
                " kubernetes.initContainers."
            )
        code = f"exit code {ended.exit_code} ({ended.reason})"
        return f"The init container {status.name} ended with {code}; {_last_lines(ended)}"
    if state and state.running:
        return (
            f"The init container {status.name} was still running when the pod should have started.\nWhat to do: raise"
            " kubernetes.startup_timeout, which init containers share."
        )
    return None


def _last_lines(ended: Any) -> str:
    return f"its last lines:\n{ended.message.rstrip()}" if ended.message else "it printed nothing at its end."


def _image(pod: Any, container: str) -> str:
    return next(
        (str(c.image) for c in [*(pod.spec.init_containers or []), *pod.spec.containers] if c.name == container), "?"
    )


def _text(event: Any) -> str:
    return str(getattr(event, "note", None) or getattr(event, "message", None) or "")
