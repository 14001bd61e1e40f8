"""Sections of all layers, merged for the tasks of a variant: what lies below them is merged once for all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.factory import layers
from include.factory.pipeline import Pipeline, Task, Variant, remembered
from include.factory.project import Settings
from include.factory.target import Target


class Below:
    """What lies below the tasks of a variant; nobody may change what it gives.

    Attributes:
        layers: The layers, the lowest first.
    """

    def __init__(self, below: tuple[Mapping[str, Any], ...]) -> None:
        """Take the layers, the lowest first."""
        self.layers = below
        self._sections: dict[str, dict[str, Any]] = {}
        self._of_targets: dict[tuple[str, str | None], dict[str, Any]] = {}

    def section(self, name: str, task: Task | None = None) -> dict[str, Any]:
        """Return a section.

        Args:
            name: Its key.
            task: A task that may have it too, above all others; or None.
        """
        if name not in self._sections:
            self._sections[name] = layers.section(name, *self.layers)
        own = task.spec.get(name) if task is not None else None
        merged: dict[str, Any] = layers.merge(self._sections[name], own) if own else self._sections[name]
        return merged

    def of_target(self, target: Target, task: Task) -> dict[str, Any]:
        """Return a target's section for a task."""
        own = task.name if target.name in task.spec else None
        key = (target.name, own)
        if key not in self._of_targets:
            above = () if own is None else (task.spec,)
            self._of_targets[key] = target.merged(*self.layers, *above)
        return self._of_targets[key]


@remembered
def below(pipeline: Pipeline, variant: Variant | None, settings: Settings) -> Below:
    """Return what lies below the tasks of a variant, or of a pipeline whatever the variant.

    Args:
        pipeline: The pipeline.
        variant: One of its variants, or None.
        settings: What the pipeline lies over.
    """
    return Below((*settings.layers, pipeline.spec, *(() if variant is None else (variant.spec,))))
