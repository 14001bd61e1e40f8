"""The Snowflake connection of one try, as a Kubernetes Secret that goes with its pod."""

from __future__ import annotations

import base64
import json
from typing import Any

from airflow.sdk.log import mask_secret
from kubernetes.client import ApiException, models

from include.operators.connection import connection_parameters
from include.operators.pod_manifest import CONNECTION_KEY
from include.operators.session import SessionChoices, chosen

ALREADY_EXISTS = 409


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
        kubernetes.client.ApiException: the Secret cannot be created; the pod is deleted, as it would wait for ever.
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
        client.create_namespaced_secret(namespace, secret)
    except Exception as error:
        if isinstance(error, ApiException) and error.status == ALREADY_EXISTS:
            return
        client.delete_namespaced_pod(name, namespace, grace_period_seconds=0)
        raise
