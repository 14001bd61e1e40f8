"""From a task's `kubernetes:` mapping to the pod's manifest: secure unless the mapping says otherwise.

Plain dictionaries in Kubernetes' own spelling (Kubernetes API reference, core/v1 Pod): they cost nothing while DAGs are
parsed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from kubernetes.utils.quantity import parse_quantity

from include.constants import SCRATCH_FOLDER, SCRATCH_VOLUME, TASK_CONTAINER
from include.operators.expansion import as_text, with_texts

CONNECTION_KEY = "connection.json"
"""The key of the Secret, and so the file's name."""
USER = 1000
"""The task image's user and group."""

CONTAINER_KEYS = (
    "image",
    "imagePullPolicy",
    "command",
    "args",
    "workingDir",
    "resources",
    "env",
    "envFrom",
    "volumeMounts",
    "securityContext",
)
POD_KEYS = (
    "serviceAccountName",
    "nodeSelector",
    "tolerations",
    "affinity",
    "imagePullSecrets",
    "hostNetwork",
    "priorityClassName",
    "runtimeClassName",
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
BESIDE_RESOURCES: dict[str, Any] = {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": RESOURCES["limits"]}
"""Of containers before and beside the task's own: they mostly do little."""
SCRATCH_LIMIT = "1Gi"
LAST_LINES = "FallbackToLogsOnError"
"""The termination message policy by which the last lines of a container that failed outlive it."""


def pod_manifest(kubernetes: dict[str, Any]) -> dict[str, Any]:
    """Build the manifest that the operator takes as its template.

    Args:
        kubernetes: the merged mapping of the task; keys of pod, container and metadata as Kubernetes spells them.

    Returns:
        A Pod as a plain mapping: the task's container first, all containers with a writable /tmp that they share, with
            requests and limits; no service-account token, not root.
    """
    own = {key: kubernetes[key] for key in CONTAINER_KEYS if key in kubernetes}
    spec = {key: kubernetes[key] for key in POD_KEYS if key in kubernetes and key != "podSecurityContext"}
    spec |= {
        "containers": [
            _container(own | {"name": TASK_CONTAINER}, RESOURCES),
            *(_beside(one) for one in kubernetes.get("containers") or ()),
        ],
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": POD_SECURITY | (kubernetes.get("podSecurityContext") or {}),
        "volumes": [
            *(kubernetes.get("volumes") or []),
            {"name": SCRATCH_VOLUME, "emptyDir": {"sizeLimit": SCRATCH_LIMIT}},
        ],
    }
    if kubernetes.get("initContainers"):
        spec["initContainers"] = [_beside(one) for one in kubernetes["initContainers"]]
    metadata = {key: kubernetes[key] for key in METADATA_KEYS if key in kubernetes}
    for holder in (metadata, spec):
        for key in TEXT_MAPPINGS & holder.keys():
            holder[key] = {name: as_text(value) for name, value in (holder[key] or {}).items()}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _beside(container: Mapping[str, Any]) -> dict[str, Any]:
    """Return a container before or beside the task's own; the last lines of its log say why it failed."""
    return _container({"terminationMessagePolicy": LAST_LINES} | dict(container), BESIDE_RESOURCES)


def _container(given: Mapping[str, Any], resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return a container that is secure and bounded where it does not say otherwise."""
    mounts = list(given.get("volumeMounts") or ())
    if not any(mount.get("mountPath") == SCRATCH_FOLDER for mount in mounts):
        mounts.append({"name": SCRATCH_VOLUME, "mountPath": SCRATCH_FOLDER})
    return with_texts(
        {
            **given,
            "imagePullPolicy": given.get("imagePullPolicy", "IfNotPresent"),
            "resources": _resources(given.get("resources") or {}, resources),
            "securityContext": HARDENED | (given.get("securityContext") or {}),
            "env": given.get("env") or [],
            "volumeMounts": mounts,
        }
    )


def _resources(given: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return requests and limits for cpu and memory at least.

    A missing one is that of `ours`, moved to fit the other.

    Beside a template, whose amount only the run knows, the missing one is the same template.
    """
    requests, limits = given.get("requests") or {}, given.get("limits") or {}
    all_requests = {name: _fitting(value, limits.get(name), min) for name, value in ours["requests"].items()} | requests
    all_limits = {name: _fitting(value, all_requests[name], max) for name, value in ours["limits"].items()} | limits
    return {**given, "requests": all_requests, "limits": all_limits}


def _fitting(ours: str, other: Any, choose: Callable[..., Any]) -> Any:
    if other is None:
        return ours
    return other if isinstance(other, str) and "{{" in other else choose(ours, other, key=_amount)


@lru_cache(maxsize=1024)  # many pods ask for the same, and Kubernetes' client takes its time to read it
def _amount(quantity: Any) -> Decimal:
    return Decimal(parse_quantity(quantity))
