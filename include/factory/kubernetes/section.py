"""Checks a pod as configurations describe it.

Kubernetes' names, labels, variables and volumes, in Kubernetes' own spelling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.diagnostics import Diagnostic, hint_by_name
from include.factory.kubernetes import models as kubernetes_models
from include.factory.kubernetes.container import OURS, Taken, container_diagnostics, dicts, list_diagnostics
from include.factory.kubernetes.names import (
    IMAGE_HINT,
    LABEL_HINT,
    NAME_HINT,
    QUALIFIED,
    is_dns_label,
    is_image,
    is_subdomain,
    text_diagnostics,
)
from include.factory.kubernetes.quantities import quantity, quantity_hint

_OBJECTS = {
    "tolerations": "list[V1Toleration]",
    "affinity": "V1Affinity",
    "envFrom": "list[V1EnvFromSource]",
    "volumes": "list[V1Volume]",
    "volumeMounts": "list[V1VolumeMount]",
    "securityContext": "V1SecurityContext",
    "podSecurityContext": "V1PodSecurityContext",
}
"""Keys of `kubernetes:` that hold Kubernetes' own objects."""
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS = ("Exists", "Equal", "Lt", "Gt")


def section_alone(section: Mapping[str, Any], taken: Taken = OURS) -> Iterator[Diagnostic]:
    """Check a `kubernetes:` section by itself.

    Args:
        section: The section, its keys as the format has them.
        taken: What the pod has already.

    Returns:
        What is wrong; paths begin in the section.
    """
    for key, kind in _OBJECTS.items():
        if section.get(key) is not None:
            yield from kubernetes_models.check(section[key], kind, (key,))
    yield from container_diagnostics(section, taken)
    yield from text_diagnostics(section, "xcom_sidecar_image", is_image, "an image name", IMAGE_HINT)
    yield from text_diagnostics(section, "namespace", is_dns_label, "a namespace", NAME_HINT)
    for key in ("serviceAccountName", "priorityClassName", "runtimeClassName", "snowflake_secret"):
        yield from text_diagnostics(section, key, is_subdomain, "a name that Kubernetes takes", NAME_HINT)
    for index, secret in enumerate(dicts(section.get("imagePullSecrets"))):
        for one in text_diagnostics(secret, "name", is_subdomain, "a name that Kubernetes takes", NAME_HINT):
            yield one.below(("imagePullSecrets", index))
    for key in ("labels", "nodeSelector", "annotations"):
        yield from _labels(section.get(key), key)
    yield from _tolerations(section)
    yield from _volumes(section, taken)
    yield from list_diagnostics(section, taken)


def _labels(labels: Any, key: str) -> Iterator[Diagnostic]:
    for name, value in labels.items() if isinstance(labels, dict) else ():
        prefix, _, last = name.rpartition("/")
        if (
            len(last) > 63
            or not QUALIFIED.match(last)
            or (prefix and not is_subdomain(prefix))
            or (not prefix and "/" in name)
        ):
            hint = f"{LABEL_HINT}; before it at most one `domain/`."
            yield Diagnostic(
                (key, name), f"Kubernetes refuses the name `{name}` in `{key}`.", hint, "wrong-name", on="key"
            )
        known = key != "annotations" and isinstance(value, str) and value and "{{" not in value
        if known and (len(value) > 63 or not QUALIFIED.match(value)):
            hint = f"{LABEL_HINT}; or make it an annotation."
            yield Diagnostic((key, name), f"Kubernetes refuses the value `{value}` in `{key}`.", hint, "wrong-name")


def _tolerations(section: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for index, toleration in enumerate(dicts(section.get("tolerations"))):
        for key, known in (("effect", _EFFECTS), ("operator", _OPERATORS)):
            value = toleration.get(key)
            if isinstance(value, str) and value and value not in known and "{{" not in value:
                message = f"A toleration's `{key}` cannot be `{value}`."
                yield Diagnostic(
                    ("tolerations", index, key), message, hint_by_name(value, known, "choices"), "wrong-value"
                )


def _volumes(section: Mapping[str, Any], taken: Taken) -> Iterator[Diagnostic]:
    names = set()
    for index, volume in enumerate(dicts(section.get("volumes"))):
        name = volume.get("name")
        if isinstance(name, str) and "{{" not in name:
            path = ("volumes", index, "name")
            if not is_dns_label(name):
                yield Diagnostic(path, f"`{name}` is not a name for a volume.", NAME_HINT, "wrong-name")
            elif name in taken.volumes:
                yield Diagnostic(path, f"The pod has a volume `{name}` already.", "Take another name.", "wrong-name")
            elif name in names:
                yield Diagnostic(
                    path, f"There are two volumes `{name}`.", "Give one of them another name.", "duplicate"
                )
            names.add(name)
        sources = [key for key in volume if key != "name"]
        if len(sources) != 1:
            message = (
                f"The volume has {len(sources)} sources; it must have one."
                if sources
                else "The volume does not say what it is."
            )
            hint = "Write one of `emptyDir: {}`, `configMap`, `secret`, `persistentVolumeClaim`, …"
            yield Diagnostic(("volumes", index), message, hint, "wrong-volume")
        size = (volume.get("emptyDir") or {}).get("sizeLimit") if isinstance(volume.get("emptyDir"), dict) else None
        if size is not None and quantity(size) is None:
            where = ("volumes", index, "emptyDir", "sizeLimit")
            yield Diagnostic(where, f"`{size}` is not a quantity.", quantity_hint(size), "wrong-quantity")
