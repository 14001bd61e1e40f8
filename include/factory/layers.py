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
        name: The section's key, such as `dag`; that of a target is merged by the target.
        *layers: The layers, the lowest first.

    Returns:
        The merged section; empty if no layer has it.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = merge(merged, layer.get(name) or {})
    return merged
