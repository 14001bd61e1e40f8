"""What arguments of `operator:` tasks mean to Airflow: checked, and written for dag-factory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.code.arguments import Types, as_taken, types_of
from include.factory.code.kubernetes_objects import as_operator_takes, object_kinds
from include.factory.code.pod_arguments import object_diagnostics
from include.factory.code.template_files import file_diagnostics, from_root
from include.factory.diagnostics import Diagnostic
from include.factory.pipeline import Pipeline
from include.factory.project import Settings
from include.factory.sections import below


def operator_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check the arguments of all `operator:` tasks of a pipeline.

    Args:
        pipeline: The pipeline.
        settings: What it lies over.

    Returns:
        What an operator, or what stands behind it, would not take for what was meant.
    """
    tasks = [task for task in pipeline.tasks.values() if task.kind == "operator" and isinstance(task.action, str)]
    if tasks:
        searched = below(pipeline, None, settings).section("dag").get("template_searchpath") or []
        folders = (*(settings.root / folder for folder in searched), settings.root)
        for task in tasks:
            yield from object_diagnostics(task, settings.sources)
            yield from file_diagnostics(task, pipeline, settings.sources, folders)


class Arguments:
    """Writes arguments of one operator for dag-factory."""

    def __init__(self, operator: str, settings: Settings) -> None:
        """Look the operator up.

        Args:
            operator: Its import path.
            settings: What the pipelines lie over.
        """
        self._settings = settings
        self._types: Types = types_of(settings.sources, operator)
        self._kinds = object_kinds(settings.sources, operator)

    def taken(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Write them.

        Args:
            arguments: As written, without mistakes; not changed.

        Returns:
            The same with lengths of time, dates and Kubernetes' objects as such, and paths that count from the project
            root.
        """
        found: dict[str, Any] = as_taken(dict(arguments), self._settings.sources, self._types)
        return {key: self._one(key, value) for key, value in found.items()}

    def _one(self, argument: str, value: Any) -> Any:
        return (
            from_root(argument, as_operator_takes(argument, value, self._kinds), self._settings.root)
            if self._kinds
            else value
        )
