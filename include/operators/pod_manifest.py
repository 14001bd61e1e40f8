"""From a task's `kubernetes:` mapping to the pod's manifest: secure unless the mapping says otherwise.

Plain dictionaries in Kubernetes' own spelling (Kubernetes API reference, core/v1 Pod): they cost nothing while DAGs are
parsed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from include.constants import SCRATCH_FOLDER, SCRATCH_VOLUME

CONTAINER = "base"
"""The container that KubernetesPodOperator watches."""
CONNECTION_KEY = "connection.json"
"""The key of the Secret, and so the file's name."""
USER = 1000
"""The task image's user and group."""

CONTAINER_KEYS = ("image", "imagePullPolicy", "resources", "env", "envFrom", "volumeMounts", "securityContext")
POD_KEYS = (
    "serviceAccountName",
    "nodeSelector",
    "tolerations",
    "affinity",
    "imagePullSecrets",
    "hostNetwork",
    "priorityClassName",
    "volumes",
    "podSecurityContext",
)
METADATA_KEYS = ("labels", "annotations", "namespace")
TEXT_MAPPINGS = {"labels", "annotations", "nodeSelector"}
"""Keys whose mappings hold text alone: Kubernetes refuses a number there."""

HARDENED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
"""Container security context of the task and of the XCom sidecar (Kubernetes, Pod Security Standards.

Restricted, and a read-only root).
"""
POD_SECURITY: dict[str, Any] = {
    "runAsNonRoot": True,
    "runAsUser": USER,
    "runAsGroup": USER,
    "fsGroup": USER,
    "seccompProfile": {"type": "RuntimeDefault"},
}
RESOURCES: dict[str, Any] = {"requests": {"cpu": "250m", "memory": "512Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
SCRATCH_LIMIT = "1Gi"


def pod_manifest(kubernetes: dict[str, Any]) -> dict[str, Any]:
    """Build the manifest that the operator takes as its template.

    Args:
        kubernetes: the merged mapping of the task; keys of pod, container and metadata as Kubernetes spells them.

    Returns:
        A Pod as a plain mapping: one container, a writable /tmp, requests and limits, no service-account token, not
            root.
    """
    container = {key: kubernetes[key] for key in CONTAINER_KEYS if key in kubernetes}
    container |= {
        "name": CONTAINER,
        "imagePullPolicy": kubernetes.get("imagePullPolicy", "IfNotPresent"),
        "resources": _resources(kubernetes.get("resources") or {}),
        "securityContext": HARDENED | (kubernetes.get("securityContext") or {}),
        "env": [
            item | {"value": as_text(item["value"])} if "value" in item else item
            for item in kubernetes.get("env") or []
        ],
        "volumeMounts": [
            *(kubernetes.get("volumeMounts") or []),
            {"name": SCRATCH_VOLUME, "mountPath": SCRATCH_FOLDER},
        ],
    }
    spec = {key: kubernetes[key] for key in POD_KEYS if key in kubernetes and key != "podSecurityContext"}
    spec |= {
        "containers": [container],
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": POD_SECURITY | (kubernetes.get("podSecurityContext") or {}),
        "volumes": [
            *(kubernetes.get("volumes") or []),
            {"name": SCRATCH_VOLUME, "emptyDir": {"sizeLimit": SCRATCH_LIMIT}},
        ],
    }
    metadata = {key: kubernetes[key] for key in METADATA_KEYS if key in kubernetes}
    for holder in (metadata, spec):
        for key in TEXT_MAPPINGS & holder.keys():
            holder[key] = {name: as_text(value) for name, value in (holder[key] or {}).items()}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def as_text(value: Any) -> str:
    """Return a value of YAML as the text that Kubernetes wants.

    Args:
        value: text, a truth value, a number, null, or a list or mapping of these.

    Returns:
        Text as it is, nothing for null, and all else as JSON, which is YAML's own spelling: `true`, not `True`.
    """
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _resources(given: dict[str, Any]) -> dict[str, Any]:
    """Return requests and limits for cpu and memory at least.

    A missing one is that of `RESOURCES`, moved to fit the other.

    Beside a template, whose amount only the run knows, the missing one is the same template.
    """
    requests, limits = given.get("requests") or {}, given.get("limits") or {}
    all_requests = {
        name: _fitting(value, limits.get(name), min) for name, value in RESOURCES["requests"].items()
    } | requests
    all_limits = {
        name: _fitting(value, all_requests[name], max) for name, value in RESOURCES["limits"].items()
    } | limits
    return given | {"requests": all_requests, "limits": all_limits}


def _fitting(ours: str, other: Any, choose: Callable[..., Any]) -> Any:
    if other is None:
        return ours
    return other if isinstance(other, str) and "{{" in other else choose(ours, other, key=parse_quantity)
