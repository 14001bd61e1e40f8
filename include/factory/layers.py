"""Lays configuration over configuration: defaults < environment < pipeline < variant < task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LAYERED = ("dag", "snowflake", "snowpark", "kubernetes")
"""The sections that defaults and environments may have and pipelines, variants and (all but `dag`) tasks lay theirs over."""

MERGE_KEYS = {"env": "name", "imagePullSecrets": "name", "volumeMounts": "mountPath", "volumes": "name"}
"""Lists under `kubernetes` that are laid over each other item by item, by this key of their items, as Kubernetes itself does it
(Kubernetes API reference, "patchMergeKey" of PodSpec and Container)."""


def merge(base: Any, above: Any) -> Any:
    """Lay one value over another.

    Args:
        base: The value underneath.
        above: The value on top.

    Returns:
        Mappings merged key by key, all the way down; anything else, lists included, is replaced. The arguments stay as
        they were.
    """
    if isinstance(base, Mapping) and isinstance(above, Mapping):
        merged = dict(base)
        for key, value in above.items():
            merged[key] = merge(merged[key], value) if key in merged else value
        return merged
    return above


def section(name: str, *layers: Mapping[str, Any]) -> dict[str, Any]:
    """One section of several layers, merged.

    Args:
        name: The section's key, one of `LAYERED`.
        *layers: The layers, the lowest first.

    Returns:
        The merged section; empty if no layer has it. Under `kubernetes`, `env` is a list, whichever way it was written.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        spec = layer.get(name) or {}
        merged = merge(merged, _by_key(spec) if name == "kubernetes" else spec)
    return {
        key: list(value.values()) if name == "kubernetes" and key in MERGE_KEYS else value
        for key, value in merged.items()
    }


def as_text(value: Any) -> str:
    """Return a scalar as YAML writes it, nothing as empty text: Kubernetes takes text only."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _by_key(kubernetes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lists of `MERGE_KEYS` as mappings from the key to the item.

    `env` may be written as a mapping from names to values.
    """
    keyed = dict(kubernetes)
    for name in MERGE_KEYS.keys() & keyed.keys():
        key, items = MERGE_KEYS[name], keyed[name] or []
        if isinstance(items, Mapping):
            items = [{"name": variable, "value": as_text(value)} for variable, value in items.items()]
        # An item without its key stands by itself; the checks say what is wrong with it.
        keyed[name] = {
            str(item.get(key, number)) if isinstance(item, Mapping) else number: item
            for number, item in enumerate(items)
        }
    return keyed
