"""Lays configuration over configuration: defaults < environment < pipeline < variant < task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merge(base: Any, above: Any) -> Any:
    """Lay one value over another.

    Args:
        base: The value underneath.
        above: The value on top.

    Returns:
        Mappings merged key by key, all the way down; anything else, lists included, is replaced, and so is a mapping
        that is one thing. The arguments stay as they were.
    """
    if isinstance(base, Mapping) and isinstance(above, Mapping):
        merged = dict(base)
        for key, value in above.items():
            is_new = key not in merged or is_one_thing(key, merged[key]) or is_one_thing(key, value)
            merged[key] = value if is_new else merge(merged[key], value)
        return merged
    return above


def is_one_thing(key: object, value: Any) -> bool:
    """Whether a mapping makes sense as a whole alone: a schedule, a callback, an object by `__type__`, a price.

    Args:
        key: The key under which it stands.
        value: The mapping; anything else is no matter here.

    Returns:
        True if nothing of it may be mixed with what another layer says.
    """
    if not isinstance(value, Mapping):
        return False
    return key == "schedule" or str(key).endswith("_callback") or "__type__" in value or {*value} == {"price", "source"}


def section(name: str, *layers: Mapping[str, Any]) -> dict[str, Any]:
    """One section of several layers, merged.

    Args:
        name: The section's key, such as `dag`; that of a target is merged by the target.
        *layers: The layers, the lowest first.

    Returns:
        The merged section; empty if no layer has it.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = merge(merged, layer.get(name) or {})
    return merged
