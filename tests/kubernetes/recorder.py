"""Sees what goes on in the cluster while a run goes on.

Its pods in every state, its Secrets (never their contents), its pods' logs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from kubernetes import client, config, watch
from kubernetes.client import ApiException
from urllib3.exceptions import HTTPError

from include.local.pods import STATE

NAMESPACE = "default"
OURS = "kubernetes_pod_operator=True"
WATCH_SECONDS = 5
"""How long one watch lasts; then it begins anew, and sees what there is again."""
BROKEN_OFF = (HTTPError, OSError, ValueError)
"""An answer that ended before its end, maybe within a line of JSON: it is asked for again."""

Json = dict[str, Any]


@dataclass
class Pod:
    """What was seen of one pod.

    Attributes:
        states: the object as the cluster had it, again and again, in Kubernetes' own spelling.
        log: the lines of all its containers; some may be there twice.
    """

    states: list[Json] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def last(self) -> Json:
        return self.states[-1]

    @property
    def name(self) -> str:
        return str(self.last["metadata"]["name"])

    @property
    def task(self) -> str:
        return str(self.last["metadata"]["labels"]["task_id"])

    @property
    def started(self) -> bool:
        statuses = self.last.get("status", {}).get("containerStatuses", [])
        return any(status["name"] == "base" and "running" in status["state"] for status in statuses)

    def ended(self, container: str) -> bool:
        statuses = self.last.get("status", {}).get("containerStatuses", [])
        return any(status["name"] == container and "terminated" in status["state"] for status in statuses)


class Recorder:
    """Watches as long as its context is open."""

    def __init__(self) -> None:
        self.api = client.CoreV1Api(config.new_client_from_config(str(STATE.kubeconfig)))
        self.secrets: dict[str, Json] = {}
        self._pods: dict[str, Pod] = {}
        self._closed = threading.Event()

    def __enter__(self) -> Recorder:
        for target in (self._watch_pods, self._watch_secrets):
            threading.Thread(target=target, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def pods(self, dag_id: str, task_id: str | None = None) -> list[Pod]:
        """The pods of a DAG, in the order in which they were made."""
        labelled = [(pod, pod.states[0]["metadata"]["labels"]) for pod in list(self._pods.values())]
        return [
            pod
            for pod, labels in labelled
            if labels.get("dag_id") == dag_id and task_id in (None, labels.get("task_id"))
        ]

    def events(self, pods: list[Pod]) -> list[Json]:
        names = {pod.name for pod in pods}
        found = self.api.list_namespaced_event(NAMESPACE).items
        return [self._plain(event) for event in found if event.involved_object.name in names]

    def left(self, pods: list[Pod]) -> list[str]:
        """Pods, and Secrets of the same name, that are still in the cluster; the garbage collector gets some time."""
        names = {pod.name for pod in pods}
        end = time.monotonic() + 30
        while True:
            listed = [*self.api.list_namespaced_pod(NAMESPACE).items, *self.api.list_namespaced_secret(NAMESPACE).items]
            found = [f"{type(one).__name__} {one.metadata.name}" for one in listed if one.metadata.name in names]
            if not found or time.monotonic() > end:
                return found
            time.sleep(0.5)

    def wait(self, dag_id: str, task_id: str, ready: Callable[[Pod], bool], seconds: float = 180) -> Pod:
        """Waits for a pod of a task for which `ready` holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for pod in self.pods(dag_id, task_id):
                if ready(pod):
                    return pod
            time.sleep(0.1)
        seen = [(pod.name, pod.last.get("status"), pod.log[-3:]) for pod in self.pods(dag_id, task_id)]
        raise AssertionError(f"no pod of {task_id} became ready within {seconds} s: {seen}")

    def kill(self, pod: Pod) -> None:
        """As `kubectl delete pod --force --grace-period=0`."""
        self.api.delete_namespaced_pod(pod.name, NAMESPACE, grace_period_seconds=0, propagation_policy="Background")

    def _watch_pods(self) -> None:
        for _, found in self._watched(self.api.list_namespaced_pod, label_selector=OURS):
            state = self._plain(found)
            if pod := self._pods.get(found.metadata.uid):
                pod.states.append(state)
                continue
            # Other threads read while this one writes: a pod is only to be seen once it has a state.
            pod = self._pods[found.metadata.uid] = Pod(states=[state])
            for container in ("base", "airflow-xcom-sidecar"):
                threading.Thread(target=self._follow, args=(pod, container), daemon=True).start()

    def _watch_secrets(self) -> None:
        for kind, found in self._watched(self.api.list_namespaced_secret):
            if kind == "ADDED":
                self.secrets[found.metadata.name] = self._plain(found.metadata)

    def _watched(self, what: Callable[..., Any], **selector: str) -> Iterator[tuple[str, Any]]:
        while not self._closed.is_set():
            try:
                for event in watch.Watch().stream(what, NAMESPACE, timeout_seconds=WATCH_SECONDS, **selector):
                    yield event["type"], event["object"]
            except (ApiException, *BROKEN_OFF):
                time.sleep(0.5)  # the cluster is restarting, or the list is too old: look again

    def _follow(self, pod: Pod, container: str) -> None:
        while pod.last["metadata"].get("deletionTimestamp") is None and not self._closed.is_set():
            try:
                stream = self.api.read_namespaced_pod_log(
                    pod.name, NAMESPACE, container=container, follow=True, _preload_content=False, _request_timeout=600
                )
                for chunk in stream:
                    pod.log.append(chunk.decode(errors="replace"))
                # A container that has only just started may answer "unable to retrieve container logs", and no more.
                if pod.ended(container):
                    return
                time.sleep(0.5)
            except ApiException as error:
                # A node that has not heard of the pod yet says 404, too.
                if error.status == 404 and not self._exists(pod):
                    return
                time.sleep(0.2)  # the container has not started yet
            except BROKEN_OFF:
                time.sleep(0.2)

    def _exists(self, pod: Pod) -> bool:
        try:
            self.api.read_namespaced_pod(pod.name, NAMESPACE)
        except ApiException as error:
            return error.status != 404
        return True

    def _plain(self, found: Any) -> Any:
        return self.api.api_client.sanitize_for_serialization(found)
