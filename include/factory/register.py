"""Puts the DAGs of all pipelines where Airflow looks for them, and each broken file among its import errors."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from include.factory.check import Checked, Checker
from include.factory.compile import compile_pipeline
from include.factory.project import ROOT, Project, Settings
from include.factory.report import as_text

# dag-factory calls home at the end of each DAG run unless told not to; this must be said before it is imported.
os.environ.setdefault("AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY", "False")

_PIPELINE = re.compile(rb"""^["']?pipeline["']?\s*:\s*["']?([A-Za-z][A-Za-z0-9_-]*)["']?\s*(?:#.*)?$""", re.MULTILINE)


def register_dags(namespace: dict[str, Any], root: Path | None = None) -> None:
    """Build the DAGs of all pipelines into a module's namespace; when a task runs, only the DAG it belongs to.

    A file with mistakes harms no other: in place of its DAGs it gets an object that Airflow lists as the import error of the
    YAML file itself.

    Args:
        namespace: The `globals()` of the module in the DAGs folder.
        root: The project root; the one this package is in if None.
    """
    from airflow.sdk import get_parsing_context

    project = Project(root or ROOT)
    wanted = get_parsing_context().dag_id
    checker = Checker(project)
    broken = [checked for checked in checker.layers if checked.mistakes]
    if not broken:
        files = [path for path in project.pipeline_files() if wanted is None or _may_have(path, wanted)]
        result = checker.check(files)
        broken = [checked for checked in result.files if checked.mistakes]
        for checked in result.files:
            if checked.pipeline is not None:
                _register_good(namespace, project, result.settings, checked, wanted)
    for checked in broken:
        _register_broken(namespace, project, checked, as_text(checked.mistakes, {checked.name: checked.text}))


def _register_good(namespace: dict[str, Any], project: Project, settings: Settings, checked: Checked, wanted: str | None) -> None:
    from include.factory.build import build, documentation, refusal

    assert checked.pipeline is not None
    try:
        doc_md = documentation(checked.text, checked.name)
        built = {
            dag_id: build(dag_id, config, doc_md)
            for dag_id, config in compile_pipeline(checked.pipeline, settings).items()
            if wanted in (None, dag_id)
        }
    except Exception as problem:  # an operator may raise anything; it must harm only its own pipeline
        _register_broken(namespace, project, checked, as_text([refusal(checked.name, problem)], {checked.name: checked.text}))
    else:
        namespace.update(built)


def _register_broken(namespace: dict[str, Any], project: Project, checked: Checked, message: str) -> None:
    from include.factory.broken import broken_dag

    namespace[f"broken {checked.name}"] = broken_dag(checked.path, project.root, message)


def _may_have(path: Path, dag_id: str) -> bool:
    """Whether a file may define a DAG, judged by its text alone: reading is 100 times quicker than parsing."""
    try:
        found = _PIPELINE.findall(path.read_bytes())
    except OSError:
        return False
    return not found or any(dag_id == name or dag_id.startswith(name + "_") for name in (one.decode() for one in found))
