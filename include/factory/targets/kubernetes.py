"""The target `kubernetes`: functions, and programs of any language, in pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from include.constants import BATCH_POD_OPERATOR, CONTAINER_OPERATOR, POD_OPERATOR
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.durations import seconds
from include.factory.kubernetes.container import LISTS, OURS, whole_diagnostics
from include.factory.kubernetes.models import as_text
from include.factory.kubernetes.section import section_alone
from include.factory.target import Target, TargetKind

DURATIONS = ("schedule_timeout", "startup_timeout")
"""Keys of the section that are lengths of time."""
MERGE_KEYS = {
    "containers": "name",
    "env": "name",
    "imagePullSecrets": "name",
    "initContainers": "name",
    "ports": "containerPort",
    "volumeDevices": "devicePath",
    "volumeMounts": "mountPath",
    "volumes": "name",
}
"""Lists that are laid over each other item by item, by this key of their items, as Kubernetes itself does it
(Kubernetes API reference, "patchMergeKey" of PodSpec and Container)."""

WHOLE_ITEMS = frozenset({"env", "volumes"})
"""Lists of these with items that are one thing: a variable has one value, a volume one source, from one layer."""


class Kubernetes(Target):
    """Runs a python_callable or a container in a pod, and streams batches for a batch_callable through one."""

    def merged(self, *specs: Mapping[str, Any]) -> dict[str, Any]:
        """Merge as the base class, and the lists of `MERGE_KEYS` item by item; `env` becomes a list."""
        return _as_lists(super().merged(*({self.name: _by_key(spec.get(self.name) or {})} for spec in specs)))

    def arguments(self, kind: TargetKind, section: Mapping[str, Any], root: Path) -> dict[str, Any]:
        """Return the section itself, with lengths of time in seconds."""
        return {self.name: {key: seconds(value) if key in DURATIONS else value for key, value in section.items()}}

    def where(self, task: Mapping[str, Any]) -> str:
        """Return the target, and how the task runs there."""
        how = {BATCH_POD_OPERATOR: "stream through a pod", CONTAINER_OPERATOR: "program in a pod"}
        return f"{self.name} ({how.get(task['operator'], 'pod')})"

    def section_diagnostics(self, section: Mapping[str, Any]) -> Iterator[Diagnostic]:
        """Check names, Kubernetes' own objects, volumes, and amounts of resources."""
        yield from section_alone(section)

    def merged_diagnostics(
        self, section: Mapping[str, Any], task: Mapping[str, Any], used: bool
    ) -> Iterator[Diagnostic]:
        """Check that there is an image, that volumes and mounts fit, and requests and limits."""
        if used and not section.get("image") and not (task.get("container") or {}).get("image"):
            hint = f"Add `image` to `{self.name}` in configs/defaults.yaml."
            yield Diagnostic(("image",), "No layer names an `image` for its pod.", hint, "missing-key", on="key")
        yield from whole_diagnostics(section, OURS)

    def explains(self, code: str, refused: KeyPath) -> bool:
        """Whether a volume, or what a pod needs, is not there because it was refused."""
        if code.startswith("missing-"):
            return refused[:1] == (self.name,)
        return code == "unknown-volume" and self.name in refused


def _by_key(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lists of `MERGE_KEYS` as mappings from the key to the item.

    `env` may be written as a mapping from names to values.
    """
    keyed = dict(section)
    for name in MERGE_KEYS.keys() & keyed.keys():
        key, items = MERGE_KEYS[name], keyed[name] or []
        if isinstance(items, Mapping):
            items = [{"name": variable, "value": as_text(value)} for variable, value in items.items()]
        # An item without its key stands by itself; the checks say what is wrong with it.
        keyed[name] = {
            str(item.get(key, number)) if isinstance(item, Mapping) else number: (
                (item,)  # no mapping, so that it is replaced
                if name in WHOLE_ITEMS
                else _by_key(item)
                if name in LISTS and isinstance(item, Mapping)
                else item
            )
            for number, item in enumerate(items)
        }
    return keyed


def _as_lists(keyed: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section with its lists again."""
    section = dict(keyed)
    for name in MERGE_KEYS.keys() & section.keys():
        items = [item[0] if name in WHOLE_ITEMS else item for item in section[name].values()]
        section[name] = [_as_lists(item) if name in LISTS and isinstance(item, Mapping) else item for item in items]
    return section


TARGET = Kubernetes(
    operators={
        "python_callable": POD_OPERATOR,
        "batch_callable": BATCH_POD_OPERATOR,
        "container": CONTAINER_OPERATOR,
    },
    merge_keys=MERGE_KEYS,
    whole_items=WHOLE_ITEMS,
    misnamed={
        "env_vars": "Write `env`.",
        "volume_mounts": "Write `volumeMounts`, as Kubernetes spells it.",
        "service_account_name": "Write `serviceAccountName`, as Kubernetes spells it.",
        "node_selector": "Write `nodeSelector`, as Kubernetes spells it.",
        "image_pull_policy": "Write `imagePullPolicy`, as Kubernetes spells it.",
        "init_containers": "Write `initContainers`, as Kubernetes spells it.",
        "sidecars": "Write `containers`: those beside the task's own.",
        "command": "A function needs none; a task that runs a command of its own is a `container`.",
        "args": "A function has `op_kwargs`; a task that runs a command of its own is a `container`.",
        "image_pull_secrets": "Write `imagePullSecrets`, as Kubernetes spells it.",
        "container_resources": "Write `resources`.",
        "container_security_context": "Write `securityContext`; the pod's is `podSecurityContext`.",
        "startup_timeout_seconds": "Write `startup_timeout`.",
        "cpu": "Write `resources: {limits: {cpu: …}}`.",
        "memory": "Write `resources: {limits: {memory: …}}`.",
    },
    misnamed_in_task={
        "memory": "Write `kubernetes: {resources: {limits: {memory: …}}}`.",
        "cpu": "Write `kubernetes: {resources: {limits: {cpu: …}}}`.",
    },
)
