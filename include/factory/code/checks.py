"""Checks what a pipeline names in Python: that it exists, and that it takes what the pipeline gives."""

from __future__ import annotations

from collections.abc import Iterator

from include.factory.code.callbacks import callback_diagnostics
from include.factory.code.classes import class_diagnostics
from include.factory.code.functions import function_diagnostics, output_diagnostics
from include.factory.code.operator_classes import operator_class_diagnostics
from include.factory.diagnostics import Diagnostic
from include.factory.flow.function_branches import returned_branch_diagnostics
from include.factory.pipeline import OBJECTS, Pipeline
from include.factory.project import Settings

_OBJECTS = sorted(OBJECTS)
_WITH_OBJECTS = ("inlets", "outlets", *_OBJECTS)


def code_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check one pipeline.

    Args:
        pipeline: The pipeline.
        settings: What it lies over.

    Returns:
        What is wrong between the pipeline and the code it names.
    """
    for task in pipeline.tasks.values():
        path = ("tasks", task.name)
        if task.kind == "operator" and isinstance(task.action, str):
            yield from operator_class_diagnostics(task, pipeline, settings)
        elif task.kind in ("python_callable", "batch_callable") and isinstance(task.action, str):
            yield from function_diagnostics(task, pipeline, settings)
            yield from returned_branch_diagnostics(task, settings)
        yield from callback_diagnostics(task.spec, path, settings)
        yield from output_diagnostics(task, pipeline, settings)
        for key in _WITH_OBJECTS if task.kind != "operator" else ():
            if key in task.spec:
                yield from class_diagnostics(task.spec[key], (*path, key), settings.sources)
    dag = pipeline.spec.get("dag") or {}
    for key in _OBJECTS:
        value = (dag.get("default_args") or {}).get(key)
        yield from class_diagnostics(value, ("dag", "default_args", key), settings.sources)
    yield from callback_diagnostics(dag, ("dag",), settings)
    yield from callback_diagnostics(dag.get("default_args") or {}, ("dag", "default_args"), settings)
