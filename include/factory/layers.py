"""Lays configuration over configuration: defaults < environment < pipeline < variant < task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LAYERED = ("dag", "snowflake", "snowpark", "kubernetes")
"""The sections that defaults and environments may have and pipelines, variants and (all but `dag`) tasks lay theirs over."""


def merge(below: Any, above: Any) -> Any:
    """Lay one value over another.

    Args:
        below: The value underneath.
        above: The value on top.

    Returns:
        Mappings merged key by key, all the way down; anything else, lists included, is replaced. The arguments stay as they were.
    """
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        merged = dict(below)
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
        The merged section; empty if no layer has it.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        merged = merge(merged, layer.get(name) or {})
    return merged
