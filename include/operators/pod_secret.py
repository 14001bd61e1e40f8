"""The Snowflake connection of one try, as a Kubernetes Secret that goes with its pod."""

from __future__ import annotations

import json
from typing import Any

from airflow.providers.cncf.kubernetes.callbacks import KubernetesPodOperatorCallback
from kubernetes.client import ApiException, models

from include.operators.connection import connection_parameters
from include.operators.pod_manifest import CONNECTION_KEY
from include.operators.session import chosen

ALREADY_EXISTS = 409


class ConnectionSecret(KubernetesPodOperatorCallback):
    """Creates the Secret as soon as the pod exists, owned by it.

    The pod waits for its volume until the Secret is there. As the pod comes first and owns the Secret, no Secret can be
    left
    behind: Kubernetes deletes it with the pod, however the pod ends. Its name is the pod's, which is unique.
    """

    @staticmethod
    def on_pod_creation(*, pod: Any, client: Any, operator: Any, **kwargs: Any) -> None:
        """Create the Secret; called again when a worker reattaches to a running pod.

        Args:
            pod: the pod as the cluster has it, with its uid; None if it is gone already.
            client: the CoreV1Api that created it.
            operator: the pod operator.
            kwargs: not used.

        Raises:
            kubernetes.client.ApiException: the Secret cannot be created; the pod is deleted, as it would wait for ever.
        """
        if pod is None:
            return  # deleted already: the operator finds out by itself, and says so
        namespace, name = pod.metadata.namespace, pod.metadata.name
        owner = models.V1OwnerReference(api_version="v1", kind="Pod", name=name, uid=pod.metadata.uid)
        secret = models.V1Secret(
            metadata=models.V1ObjectMeta(
                name=name, owner_references=[owner], labels={"app.kubernetes.io/managed-by": "snowpod"}
            ),
            immutable=True,
            string_data={
                CONNECTION_KEY: json.dumps(connection_parameters(operator.snowflake_conn_id) | chosen(operator))
            },
        )
        try:
            client.create_namespaced_secret(namespace, secret)
        except Exception as error:
            if isinstance(error, ApiException) and error.status == ALREADY_EXISTS:
                return
            client.delete_namespaced_pod(name, namespace, grace_period_seconds=0)
            raise
