"""The containers of a pod before and beside the task's own: what is seen of them, and how they are ended."""

from __future__ import annotations

import logging
from typing import Any

from kubernetes.client import ApiException

log = logging.getLogger(__name__)


def failed_before(pod: Any) -> bool:
    """Whether an init container of a pod failed.

    KubernetesPodOperator (provider 10.25.0) does not see it, and waits a quarter of an hour for the XCom sidecar.

    Args:
        pod: a V1Pod as the cluster has it now.

    Returns:
        True if one ended with another exit code than 0.
    """
    return any(
        status.state and status.state.terminated and status.state.terminated.exit_code
        for status in pod.status.init_container_statuses or ()
    )


def end_now(client: Any, pod: Any) -> None:
    """End all containers of a pod that stays for people to look at: a sidecar by itself would run until its deadline.

    Kubernetes has no request for that, but takes an earlier deadline (Kubernetes API, PodSpec,
    `activeDeadlineSeconds`); the pod, its statuses and logs stay.

    Args:
        client: a CoreV1Api.
        pod: the pod, its main container ended.
    """
    name, namespace = pod.metadata.name, pod.metadata.namespace
    try:
        client.patch_namespaced_pod(name, namespace, {"spec": {"activeDeadlineSeconds": 1}})
    except ApiException as error:
        log.warning("The containers beside the task's own in pod %s may run on: %s", name, error.reason)
    else:
        log.info("Ending the containers beside the task's own in pod %s", name)
