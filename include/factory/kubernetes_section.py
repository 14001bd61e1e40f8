"""Checks a pod as configurations describe it.

Kubernetes' names, labels, variables and volumes, in Kubernetes' own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from include.constants import (
    CONNECTION_FOLDER,
    CONNECTION_VOLUME,
    SCRATCH_FOLDER,
    SCRATCH_VOLUME,
    VARIABLE_PREFIX,
    XCOM_FOLDER,
    XCOM_VOLUME,
)
from include.factory import kubernetes_models
from include.factory.diagnostics import Diagnostic, KeyPath, On, hint_by_name
from include.factory.quantities import over_limits, quantity, quantity_hint, resource_diagnostics

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

# Kubernetes, "Object Names and IDs" and "Labels and Selectors"; apimachinery/pkg/util/validation.
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(rf"^{_LABEL}$")
_SUBDOMAIN = re.compile(rf"^{_LABEL}(\.{_LABEL})*$")
_QUALIFIED = re.compile(r"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$")
_ENV_NAME = re.compile(r"^[-._a-zA-Z][-._a-zA-Z0-9]*$")
# The grammar of github.com/distribution/reference: host, path, tag, digest.
_IMAGE = re.compile(
    r"^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?)/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$"
)
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS = ("Exists", "Equal", "Lt", "Gt")
_NAME_HINT = "Use lower-case letters, digits and `-`, a letter or digit first and last, at most 63 characters."
_LABEL_HINT = "Use letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit first and last"


@dataclass(frozen=True)
class Taken:
    """What a pod has of its own, so that nobody else can have it.

    Attributes:
        volumes: Names of volumes.
        paths: Where they are mounted.
        variables: What the names of its environment variables begin with; empty if it has none.
    """

    volumes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    variables: str = ""


OURS = Taken(
    (SCRATCH_VOLUME, CONNECTION_VOLUME, XCOM_VOLUME), (SCRATCH_FOLDER, CONNECTION_FOLDER, XCOM_FOLDER), VARIABLE_PREFIX
)
"""What our own pods have."""


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
    yield from _text(section, "image", _is_image, "an image name", "Write `registry/path:tag`, the path in lower case.")
    yield from _text(
        section, "xcom_sidecar_image", _is_image, "an image name", "Write `registry/path:tag`, the path in lower case."
    )
    yield from _text(section, "namespace", _is_dns_label, "a namespace", _NAME_HINT)
    for key in ("serviceAccountName", "priorityClassName", "snowflake_secret"):
        yield from _text(section, key, _is_subdomain, "a name that Kubernetes takes", _NAME_HINT)
    for index, secret in enumerate(_dicts(section.get("imagePullSecrets"))):
        for one in _text(secret, "name", _is_subdomain, "a name that Kubernetes takes", _NAME_HINT):
            yield one.below(("imagePullSecrets", index))
    for key in ("labels", "nodeSelector", "annotations"):
        yield from _labels(section.get(key), key)
    yield from _environment(section.get("env"), taken)
    yield from _tolerations(section)
    yield from _volumes(section, taken)
    yield from _mounts(section, taken)
    yield from resource_diagnostics(section.get("resources"))


def section_whole(section: Mapping[str, Any], taken: Taken = OURS) -> Iterator[Diagnostic]:
    """Check what is wrong with a section only once all of it is there: volumes and their mounts, requests and limits.

    Args:
        section: The merged section.
        taken: What the pod has already.

    Returns:
        What is wrong; paths begin in the section.
    """
    volumes, mounts = _by_name(section.get("volumes")), _by_name(section.get("volumeMounts"))
    for name, index in mounts.items():
        if name not in volumes and name not in taken.volumes:
            message = f"There is no volume `{name}` to mount."
            yield Diagnostic(
                ("volumeMounts", index, "name"), message, hint_by_name(name, volumes, "volumes"), "unknown-volume"
            )
    for name, index in volumes.items():
        if name not in mounts:
            message = f"Nothing mounts the volume `{name}`."
            yield Diagnostic(
                ("volumes", index, "name"), message, "Add it to `volumeMounts`, or remove it.", "unused-volume"
            )
    yield from over_limits(section.get("resources"))


def _by_name(items: Any) -> dict[str, int]:
    """Return the index of each item with a name that is known before the run."""
    names = [one.get("name") for one in _dicts(items)]
    return {name: index for index, name in enumerate(names) if isinstance(name, str) and "{{" not in name}


def _text(
    section: Mapping[str, Any], key: str, fits: Callable[[str], bool], what: str, hint: str
) -> Iterator[Diagnostic]:
    value = section.get(key)
    if isinstance(value, str) and "{{" not in value and not fits(value):
        yield Diagnostic((key,), f"`{value}` is not {what}.", hint, "wrong-name")


def _is_image(text: str) -> bool:
    return bool(_IMAGE.match(text))


def _is_dns_label(text: str) -> bool:
    return bool(_DNS_LABEL.match(text)) and len(text) <= 63


def _is_subdomain(text: str) -> bool:
    return bool(_SUBDOMAIN.match(text)) and len(text) <= 253


def _labels(labels: Any, key: str) -> Iterator[Diagnostic]:
    for name, value in labels.items() if isinstance(labels, dict) else ():
        prefix, _, last = name.rpartition("/")
        if (
            len(last) > 63
            or not _QUALIFIED.match(last)
            or (prefix and not _is_subdomain(prefix))
            or (not prefix and "/" in name)
        ):
            hint = f"{_LABEL_HINT}; before it at most one `domain/`."
            yield Diagnostic(
                (key, name), f"Kubernetes refuses the name `{name}` in `{key}`.", hint, "wrong-name", on="key"
            )
        known = key != "annotations" and isinstance(value, str) and value and "{{" not in value
        if known and (len(value) > 63 or not _QUALIFIED.match(value)):
            hint = f"{_LABEL_HINT}; or make it an annotation."
            yield Diagnostic((key, name), f"Kubernetes refuses the value `{value}` in `{key}`.", hint, "wrong-name")


def _environment(env: Any, taken: Taken) -> Iterator[Diagnostic]:
    if isinstance(env, list):
        yield from kubernetes_models.check(env, "list[V1EnvVar]", ("env",))
    on: On = "key" if isinstance(env, dict) else "value"
    names: list[tuple[KeyPath, str]] = [(("env", name), name) for name in env] if isinstance(env, dict) else []
    names += [
        (("env", index, "name"), one["name"])
        for index, one in enumerate(_dicts(env))
        if isinstance(one.get("name"), str)
    ]
    seen = set()
    for path, name in names:
        if not _ENV_NAME.match(name) and "{{" not in name:
            message = f"`{name}` is not a name for an environment variable."
            yield Diagnostic(path, message, "Use letters, digits and `_`, a letter first.", "wrong-name", on=on)
        elif taken.variables and name.startswith(taken.variables):
            message = f"`{name}` is one of the names that the runtime uses itself."
            yield Diagnostic(path, message, f"Take a name without `{taken.variables}`.", "wrong-name", on=on)
        elif name in seen:
            yield Diagnostic(path, f"The variable `{name}` is here twice.", "Remove one of them.", "duplicate", on=on)
        seen.add(name)


def _tolerations(section: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for index, toleration in enumerate(_dicts(section.get("tolerations"))):
        for key, known in (("effect", _EFFECTS), ("operator", _OPERATORS)):
            value = toleration.get(key)
            if isinstance(value, str) and value and value not in known and "{{" not in value:
                message = f"A toleration's `{key}` cannot be `{value}`."
                yield Diagnostic(
                    ("tolerations", index, key), message, hint_by_name(value, known, "choices"), "wrong-value"
                )


def _volumes(section: Mapping[str, Any], taken: Taken) -> Iterator[Diagnostic]:
    names = set()
    for index, volume in enumerate(_dicts(section.get("volumes"))):
        name = volume.get("name")
        if isinstance(name, str) and "{{" not in name:
            path = ("volumes", index, "name")
            if not _is_dns_label(name):
                yield Diagnostic(path, f"`{name}` is not a name for a volume.", _NAME_HINT, "wrong-name")
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


def _mounts(section: Mapping[str, Any], taken: Taken) -> Iterator[Diagnostic]:
    seen = set()
    for index, mount in enumerate(_dicts(section.get("volumeMounts"))):
        mounted = mount.get("mountPath")
        if isinstance(mounted, str) and "{{" not in mounted:
            where = ("volumeMounts", index, "mountPath")
            if not mounted.startswith("/"):
                yield Diagnostic(
                    where, f"The mount path `{mounted}` is not absolute.", f"Write `/{mounted}`.", "wrong-value"
                )
            elif mounted.rstrip("/") in taken.paths:
                yield Diagnostic(
                    where, f"The pod has something at `{mounted}` already.", "Mount it elsewhere.", "wrong-value"
                )
            elif mounted in seen:
                yield Diagnostic(
                    where, f"Two volumes are mounted at `{mounted}`.", "Mount one of them elsewhere.", "duplicate"
                )
            seen.add(mounted)


def _dicts(value: Any) -> list[dict[str, Any]]:
    """Return the mappings in a list; empty ones in place of what is something else, so that indexes stay."""
    return [one if isinstance(one, dict) else {} for one in value] if isinstance(value, list) else []
