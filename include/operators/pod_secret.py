"""The Snowflake connection of one try, as a Kubernetes Secret that goes with its pod."""

from __future__ import annotations

import base64
import json
import logging
import time
from typing import Any

from airflow.sdk.log import mask_secret
from kubernetes.client import ApiException, models

from include.operators.connection import connection_parameters
from include.operators.pod_manifest import CONNECTION_KEY
from include.operators.session import SessionChoices, chosen

log = logging.getLogger(__name__)

CONFLICT = 409
EXISTS = '"AlreadyExists"'
"""What the body of a 409 has for a name that is taken; a quota that another request changes meanwhile is a 409, too."""
WAITS = (0.2, 0.5, 1.0, 2.0)
"""Seconds between tries at such a quota (kubernetes/kubernetes #67761)."""


def connection_of(operator: Any) -> str:
    """Return what the Secret of an operator's pod holds.

    Args:
        operator: A pod operator, its templates rendered.

    Returns:
        JSON: the connector's parameters, with what the task chose of its session.

    Raises:
        AirflowFailException: the Airflow connection cannot be used.
    """
    choices: SessionChoices = operator
    return json.dumps(connection_parameters(operator.snowflake_conn_id) | chosen(choices))


def create_secret(client: Any, pod: Any, connection: str) -> None:
    """Create the Secret as soon as the pod exists, owned by it.

    The pod waits for its volume until the Secret is there. The kubelet looks again after half a second, a second, and
    so on: nothing else may come in between. As the pod comes first and owns the Secret, no Secret can be left behind:
    Kubernetes deletes it with the pod, however the pod ends. Its name is the pod's, which is unique.

    Args:
        client: The CoreV1Api that created the pod.
        pod: The pod as the cluster has it, with its uid.
        connection: What `connection_of` gave.

    Raises:
        kubernetes.client.ApiException: the Secret cannot be created; the pod is deleted, as it would wait until its
            deadline.
    """
    namespace, name = pod.metadata.namespace, pod.metadata.name
    owner = models.V1OwnerReference(api_version="v1", kind="Pod", name=name, uid=pod.metadata.uid)
    secret = models.V1Secret(
        metadata=models.V1ObjectMeta(
            name=name, owner_references=[owner], labels={"app.kubernetes.io/managed-by": "snowpod"}
        ),
        immutable=True,
        string_data={CONNECTION_KEY: connection},
    )
    # Kubernetes answers with what it was given, in base64, which its client logs where Airflow logs all (DEBUG).
    mask_secret(base64.b64encode(connection.encode()).decode())
    try:
        _created(client, namespace, secret)
    except Exception:
        delete_now(client, pod)
        raise


def delete_now(client: Any, pod: Any) -> None:
    """Delete a pod that cannot work; that this fails is logged, as what made it needful is what is told.

    Args:
        client: A CoreV1Api.
        pod: The pod.
    """
    namespace, name = pod.metadata.namespace, pod.metadata.name
    try:
        client.delete_namespaced_pod(name, namespace, grace_period_seconds=0)
    except Exception as error:
        log.warning("Pod %s/%s could not be deleted: %s", namespace, name, type(error).__name__)


def _created(client: Any, namespace: str, secret: models.V1Secret) -> None:
    for wait in (*WAITS, None):
        try:
            client.create_namespaced_secret(namespace, secret)
        except ApiException as error:
            if error.status != CONFLICT:
                raise
            if EXISTS in str(error.body).replace(" ", ""):
                return
            if wait is None:
                raise
            time.sleep(wait)
        else:
            return
