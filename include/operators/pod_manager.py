"""What is asked of the cluster while a pod runs, with fewer waits than KubernetesPodOperator's own manager has."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

from airflow.providers.cncf.kubernetes.utils.pod_manager import PodCommandException, PodManager
from airflow.providers.cncf.kubernetes.utils.xcom_sidecar import PodDefaults
from kubernetes.stream import stream

END_SIDECAR = "kill -s INT 1"
"""The sidecar is its container's first process, as our pods have no process namespace in common."""
EXEC_TIMEOUT = 10
"""Seconds for which the end of that command is waited for: it takes none."""


class QuickPodManager(PodManager):
    """PodManager, which tells of a pod as soon as it is created, and does not wait for the sidecar's end.

    Attributes:
        when_created: Is given the pod that was created, with its uid.
    """

    when_created: Callable[[Any], None] | None = None

    def create_pod(self, pod: Any) -> Any:
        """Create a pod.

        Args:
            pod: As it is asked for.

        Returns:
            As the cluster has it.
        """
        created = super().create_pod(pod)
        if self.when_created:
            self.when_created(created)
        return created

    def extract_xcom_kill(self, pod: Any) -> None:
        """Tell the XCom sidecar to end.

        The base class waits until the connection to it breaks, up to a second: the sidecar's shell heeds the signal
        once its `sleep 1` is over. Nothing that follows needs it: the pod is deleted, or stays without it.

        Args:
            pod: The pod, its result read.

        Raises:
            PodCommandException: the sidecar's shell could not be told; the base class logs it.
            kubernetes.client.ApiException: the cluster refused the command; the same.
        """
        with closing(
            stream(
                self._client.connect_get_namespaced_pod_exec,
                pod.metadata.name,
                pod.metadata.namespace,
                container=PodDefaults.SIDECAR_CONTAINER_NAME,
                command=["/bin/sh", "-c", END_SIDECAR],
                stdin=False,
                stdout=True,
                stderr=True,
                tty=False,
                _preload_content=False,
            )
        ) as command:
            command.run_forever(timeout=EXEC_TIMEOUT)
            if said := command.read_stderr(timeout=0) if command.peek_stderr(timeout=0) else "":
                raise PodCommandException(f"The XCom sidecar could not be ended: {said}")
