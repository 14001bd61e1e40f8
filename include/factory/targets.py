"""Checks what a target needs: Kubernetes' names, labels, quantities and volumes, and Snowflake's packages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from include.factory import kubernetes_models, layers
from include.factory.code import package_mistakes
from include.factory.kubernetes_models import Found
from include.factory.mistakes import KeyPath, Mistake, cure_by_name, did_you_mean
from include.factory.pipeline import TARGETS, Pipeline, Task

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
# Kubernetes, "Quantity": a decimal number with a decimal exponent, an SI suffix or a binary one.
_QUANTITY = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)(?P<suffix>[eE][+-]?\d+|[numkMGTPE]|[KMGTPE]i)?$")
# The grammar of github.com/distribution/reference: host, path, tag, digest.
_IMAGE = re.compile(
    r"^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?)/)?"
    r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*"
    r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$"
)
_FACTORS = {
    **{
        suffix: Decimal(10) ** power
        for suffix, power in (("n", -9), ("u", -6), ("m", -3), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18))
    },
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", start=1)},
}
_RESOURCES = {"cpu", "memory", "ephemeral-storage"}
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS = ("Exists", "Equal", "Lt", "Gt")
RESERVED_VOLUMES = {"scratch", "snowflake-connection", "xcom"}
"""Volumes that the pod operator adds itself."""
RESERVED_PATHS = {"/tmp", "/run/snowflake", "/airflow/xcom"}
"""Where the pod operator mounts them."""


def section_mistakes(value: Mapping[str, Any], path: KeyPath, file: str) -> list[Mistake]:
    """Check the `kubernetes` and `snowpark` sections that stand somewhere: in a layer, a pipeline, a variant or a task.

    Args:
        value: The mapping that may have them.
        path: Where it is.
        file: Its file, for messages.

    Returns:
        What is wrong with them by themselves.
    """
    found: list[Mistake] = []
    kubernetes = value.get("kubernetes")
    if isinstance(kubernetes, dict):
        for below, on, rule, message, cure in _kubernetes(kubernetes):
            found.append(Mistake(file, message, cure, rule, (*path, "kubernetes", *below), "key" if on == "key" else "value"))
    snowpark = value.get("snowpark")
    if isinstance(snowpark, dict) and isinstance(snowpark.get("packages"), list):
        found += package_mistakes(snowpark["packages"], (*path, "snowpark", "packages"), file)
    return found


def target_mistakes(pipeline: Pipeline, below: Mapping[str, Any], file: str) -> list[Mistake]:
    """Check the targets of a pipeline: each section by itself, and what is merged for each task.

    Args:
        pipeline: The pipeline.
        below: The merged layers under it.
        file: Its file, for messages.

    Returns:
        What is wrong.
    """
    found = section_mistakes(pipeline.written, (), file)
    for variant in pipeline.variants:
        if variant.name is not None:
            found += section_mistakes(variant.written, ("variants", variant.name), file)
    for task in pipeline.tasks.values():
        if task.kind != "operator":
            found += section_mistakes(task.written, ("tasks", task.name), file)
            found += _misplaced(task, file)
            found += _whole(task, pipeline, below, file)
    return found


def unused_sections(pipeline: Pipeline) -> Iterator[str]:
    """Sections of tasks for a target that none of the pipeline's DAGs runs them on: they wait there until the task moves.

    Args:
        pipeline: A pipeline without mistakes.

    Returns:
        A sentence for each.
    """
    for task in pipeline.tasks.values():
        for target in TARGETS:
            if target in task.written and task.kind != "operator" and target not in pipeline.targets_of(task):
                runs = " and ".join(sorted(pipeline.targets_of(task)))
                yield f"`tasks.{task.name}.{target}` waits: `{task.name}` runs on {runs} now."


def _misplaced(task: Task, file: str) -> Iterator[Mistake]:
    """What says where SQL runs: on the Snowflake connection, whatever the target, so no change of a target would ever use it."""
    if task.kind != "sql":
        return
    for section in TARGETS:
        if section in task.written:
            message = f"`{task.name}` runs SQL on the Snowflake connection, so its `{section}` is never used."
            yield Mistake(file, message, "Remove it.", "misplaced-key", ("tasks", task.name, section), "key")
    if task.target is not None:
        message = f"`{task.name}` is SQL and runs in Snowflake whatever the target."
        yield Mistake(file, message, "Remove `target`.", "misplaced-key", ("tasks", task.name, "target"), "key")


def _whole(task: Task, pipeline: Pipeline, below: Mapping[str, Any], file: str) -> Iterator[Mistake]:
    """What is wrong only once the layers lie over each other.

    What the task itself says for pods is checked even where it runs in none, so that moving it there is one word.
    """
    told = set()
    for variant in pipeline.variants:
        used = "kubernetes" in ({task.target} if task.target else set(variant.targets))
        if task.kind == "sql" or not (used or "kubernetes" in task.written):
            continue
        merged = layers.section("kubernetes", below, pipeline.written, variant.written, task.written)
        for key_path, on, rule, message, cure in _together(merged, used):
            path = _where(key_path, merged, task, variant.name, pipeline)
            if (path, message) not in told:
                told.add((path, message))
                yield Mistake(file, message, cure, rule, path, "key" if on == "key" else "value")


def _where(below: KeyPath, merged: Mapping[str, Any], task: Task, variant: str | None, pipeline: Pipeline) -> KeyPath:
    """Where in the pipeline's file a part of the merged section was written: in the task, its variant, or the pipeline.

    Lists are merged by name, so an index into the merged one is looked up by the item's name.
    """
    places: list[tuple[KeyPath, Mapping[str, Any]]] = [(("tasks", task.name), task.written), ((), pipeline.written)]
    if variant is not None:
        places.insert(1, (("variants", variant), pipeline.written["variants"][variant]))
    for path, written in places:
        part = (written.get("kubernetes") or {}).get(below[0])
        if isinstance(part, list) and len(below) > 1:
            item = merged[str(below[0])][below[1]]
            if item in part:
                return (*path, "kubernetes", below[0], part.index(item), *below[2:])
        elif part is not None:
            return (*path, "kubernetes", *below)
    return ("tasks", task.name)


def _together(merged: Mapping[str, Any], used: bool) -> Found:
    if used and not merged.get("image"):
        yield (
            ("image",),
            "key",
            "missing-key",
            "No layer names an `image` for its pod.",
            "Add `image` to `kubernetes` in configs/defaults.yaml.",
        )
    volumes, mounts = _by_name(merged.get("volumes")), _by_name(merged.get("volumeMounts"))
    for name, index in mounts.items():
        if name not in volumes and name not in RESERVED_VOLUMES:
            message = f"There is no volume `{name}` to mount."
            yield ("volumeMounts", index, "name"), "value", "unknown-volume", message, cure_by_name(name, volumes, "volumes")
    for name, index in volumes.items():
        if name not in mounts:
            message = f"Nothing mounts the volume `{name}`."
            yield ("volumes", index, "name"), "value", "unused-volume", message, "Add it to `volumeMounts`, or remove it."
    yield from _requests_within_limits(merged.get("resources") or {})


def _by_name(items: Any) -> dict[str, int]:
    """The index of each item with a name that is known before the run."""
    names = [one.get("name") for one in _dicts(items)]
    return {name: index for index, name in enumerate(names) if isinstance(name, str) and "{{" not in name}


def _requests_within_limits(resources: Any) -> Found:
    if not isinstance(resources, dict):
        return
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    for name, request in requests.items():
        asked, most = quantity(request), quantity(limits.get(name)) if name in limits else None
        if asked is not None and most is not None and asked > most:
            message = f"It asks for more {name} (`{request}`) than its limit (`{limits[name]}`)."
            yield ("resources", "requests", name), "value", "out-of-range", message, "Raise the limit, or ask for less."


def _kubernetes(section: Mapping[str, Any]) -> Found:
    """What is wrong with a `kubernetes:` section by itself."""
    for key, kind in _OBJECTS.items():
        if section.get(key) is not None:
            yield from kubernetes_models.check(section[key], kind, (key,))
    yield from _text(section, "image", _is_image, "an image name", "Write `registry/path:tag`, the path in lower case.")
    yield from _text(section, "xcom_sidecar_image", _is_image, "an image name", "Write `registry/path:tag`, the path in lower case.")
    yield from _text(section, "namespace", _is_dns_label, "a namespace", _NAME_CURE)
    for key in ("serviceAccountName", "priorityClassName", "snowflake_secret"):
        yield from _text(section, key, _is_subdomain, "a name that Kubernetes takes", _NAME_CURE)
    for index, secret in enumerate(_dicts(section.get("imagePullSecrets"))):
        for path, *rest in _text(secret, "name", _is_subdomain, "a name that Kubernetes takes", _NAME_CURE):
            yield ("imagePullSecrets", index, *path), rest[0], rest[1], rest[2], rest[3]
    for key in ("labels", "nodeSelector", "annotations"):
        yield from _labels(section.get(key), key)
    yield from _environment(section.get("env"))
    yield from _tolerations(section)
    yield from _volumes(section)
    yield from _quantities(section.get("resources"))


_NAME_CURE = "Use lower-case letters, digits and `-`, a letter or digit first and last, at most 63 characters."


def _text(section: Mapping[str, Any], key: str, fits: Callable[[str], bool], what: str, cure: str) -> Found:
    value = section.get(key)
    if isinstance(value, str) and "{{" not in value and not fits(value):
        yield (key,), "value", "wrong-name", f"`{value}` is not {what}.", cure


def _is_image(text: str) -> bool:
    return bool(_IMAGE.match(text))


def _is_dns_label(text: str) -> bool:
    return bool(_DNS_LABEL.match(text)) and len(text) <= 63


def _is_subdomain(text: str) -> bool:
    return bool(_SUBDOMAIN.match(text)) and len(text) <= 253


def _labels(labels: Any, key: str) -> Found:
    if not isinstance(labels, dict):
        return
    for name, value in labels.items():
        prefix, _, last = name.rpartition("/")
        if len(last) > 63 or not _QUALIFIED.match(last) or (prefix and not _is_subdomain(prefix)) or (not prefix and "/" in name):
            cure = (
                "Use letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit first and last; before it at most one `domain/`."
            )
            yield (key, name), "key", "wrong-name", f"Kubernetes refuses the name `{name}` in `{key}`.", cure
        if (
            key != "annotations"
            and isinstance(value, str)
            and value
            and "{{" not in value
            and (len(value) > 63 or not _QUALIFIED.match(value))
        ):
            cure = "Use letters, digits, `-`, `_` and `.`, at most 63, with a letter or digit first and last; or make it an annotation."
            yield (key, name), "value", "wrong-name", f"Kubernetes refuses the value `{value}` in `{key}`.", cure


def _environment(env: Any) -> Found:
    if isinstance(env, list):
        yield from kubernetes_models.check(env, "list[V1EnvVar]", ("env",))
    names: list[tuple[KeyPath, str]] = [(("env", name), name) for name in env] if isinstance(env, dict) else []
    names += [(("env", index, "name"), one["name"]) for index, one in enumerate(_dicts(env)) if isinstance(one.get("name"), str)]
    seen = set()
    for path, name in names:
        on = "key" if isinstance(env, dict) else "value"
        if not _ENV_NAME.match(name):
            yield (
                path,
                on,
                "wrong-name",
                f"`{name}` is not a name for an environment variable.",
                "Use letters, digits and `_`, a letter first.",
            )
        elif name.startswith("SNOWPOD_"):
            yield path, on, "wrong-name", f"`{name}` is one of the names that the runtime uses itself.", "Take a name without `SNOWPOD_`."
        elif name in seen:
            yield path, on, "duplicate", f"The variable `{name}` is here twice.", "Remove one of them."
        seen.add(name)


def _tolerations(section: Mapping[str, Any]) -> Found:
    for index, toleration in enumerate(_dicts(section.get("tolerations"))):
        for key, known in (("effect", _EFFECTS), ("operator", _OPERATORS)):
            value = toleration.get(key)
            if isinstance(value, str) and value and value not in known and "{{" not in value:
                yield (
                    ("tolerations", index, key),
                    "value",
                    "wrong-value",
                    f"A toleration's `{key}` cannot be `{value}`.",
                    cure_by_name(value, known, "choices"),
                )


def _volumes(section: Mapping[str, Any]) -> Found:
    names = set()
    for index, volume in enumerate(_dicts(section.get("volumes"))):
        name = volume.get("name")
        if isinstance(name, str) and "{{" not in name:
            path = ("volumes", index, "name")
            if not _is_dns_label(name):
                yield path, "value", "wrong-name", f"`{name}` is not a name for a volume.", _NAME_CURE
            elif name in RESERVED_VOLUMES:
                yield path, "value", "wrong-name", f"The pod has a volume `{name}` already.", "Take another name."
            elif name in names:
                yield path, "value", "duplicate", f"There are two volumes `{name}`.", "Give one of them another name."
            names.add(name)
        sources = [key for key in volume if key != "name"]
        if len(sources) != 1:
            message = f"The volume has {len(sources)} sources; it must have one." if sources else "The volume does not say what it is."
            yield (
                ("volumes", index),
                "value",
                "wrong-volume",
                message,
                "Write one of `emptyDir: {}`, `configMap`, `secret`, `persistentVolumeClaim`, …",
            )
        size = (volume.get("emptyDir") or {}).get("sizeLimit") if isinstance(volume.get("emptyDir"), dict) else None
        if size is not None and quantity(size) is None:
            yield (
                ("volumes", index, "emptyDir", "sizeLimit"),
                "value",
                "wrong-quantity",
                f"`{size}` is not a quantity.",
                _quantity_cure(size),
            )
    taken = set()
    for index, mount in enumerate(_dicts(section.get("volumeMounts"))):
        mounted = mount.get("mountPath")
        if isinstance(mounted, str) and "{{" not in mounted:
            where = ("volumeMounts", index, "mountPath")
            if not mounted.startswith("/"):
                yield where, "value", "wrong-value", f"The mount path `{mounted}` is not absolute.", f"Write `/{mounted}`."
            elif mounted.rstrip("/") in RESERVED_PATHS:
                yield where, "value", "wrong-value", f"The pod has something at `{mounted}` already.", "Mount it elsewhere."
            elif mounted in taken:
                yield where, "value", "duplicate", f"Two volumes are mounted at `{mounted}`.", "Mount one of them elsewhere."
            taken.add(mounted)


def _quantities(resources: Any) -> Found:
    if not isinstance(resources, dict):
        return
    for part in ("requests", "limits"):
        for name, value in (resources.get(part) or {}).items() if isinstance(resources.get(part), dict) else ():
            path = ("resources", part, name)
            if name not in _RESOURCES and "/" not in name and not name.startswith("hugepages-"):
                cure = (
                    "Write the device's full name, such as `nvidia.com/gpu`."
                    if "gpu" in name
                    else cure_by_name(name, _RESOURCES, "resources")
                )
                yield path, "key", "unknown-key", f"Kubernetes has no resource `{name}`.", cure
                continue
            amount = quantity(value)
            if isinstance(value, str) and "{{" in value:
                continue
            if amount is None:
                yield path, "value", "wrong-quantity", f"`{value}` is not a quantity.", _quantity_cure(value)
            elif amount < 0:
                yield path, "value", "wrong-quantity", f"`{value}` is less than nothing.", "Write a positive quantity."
            elif name == "cpu" and str(value)[-1:] == "i":
                yield (
                    path,
                    "value",
                    "wrong-quantity",
                    f"`{value}` is an amount of memory; CPU is counted in cores.",
                    "Write `500m` for half a core, or `2`.",
                )
            elif name in ("memory", "ephemeral-storage") and 0 < amount < 1024:
                cure = f"Write `{str(value).rstrip('m')}Mi`." if str(value).endswith("m") else f"Write `{value}Mi` or `{value}Gi`."
                yield path, "value", "wrong-quantity", f"`{value}` is {amount.normalize():f} bytes of {name}.", cure


def quantity(value: Any) -> Decimal | None:
    """Read a Kubernetes quantity.

    Args:
        value: Text or a number.

    Returns:
        The amount in units (cores, bytes); None if it is no quantity.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    match = _QUANTITY.match(str(value))
    if match is None:
        return None
    suffix = match["suffix"] or ""
    if suffix in _FACTORS:
        return Decimal(str(value)[: -len(suffix)]) * _FACTORS[suffix]
    return Decimal(str(value))


def _quantity_cure(value: Any) -> str:
    text = re.sub(r"\s+", "", str(value))
    match = re.match(r"^(\d+(?:\.\d+)?)([A-Za-z]+)$", text)
    if match:
        number, unit = match.groups()
        meant = {
            "b": "",
            "kb": "Ki",
            "mb": "Mi",
            "gb": "Gi",
            "tb": "Ti",
            "k": "Ki",
            "m": "Mi",
            "g": "Gi",
            "t": "Ti",
            "core": "",
            "cores": "",
            "cpu": "",
        }
        known = meant.get(unit.lower()) if unit.lower() in meant else did_you_mean(unit, tuple(_FACTORS))
        if known is not None:
            return f"Did you mean `{number}{known}`?"
    return "Write a number and a unit: `500m` (half a core), `2`, `512Mi`, `1Gi`."


def _dicts(value: Any) -> list[dict[str, Any]]:
    """The mappings in a list; empty ones in place of what is something else, so that indexes stay."""
    return [one if isinstance(one, dict) else {} for one in value] if isinstance(value, list) else []
