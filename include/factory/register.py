"""Puts the DAGs of all pipelines where Airflow looks for them, and each broken file among its import errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, get_parsing_context

from include.factory.broken import broken_dag
from include.factory.build import accept, build, documentation, refusal
from include.factory.check import Checked, Checker
from include.factory.compile import Config, compile_pipeline
from include.factory.project import ROOT, Project
from include.factory.report import as_text

log = logging.getLogger(__name__)
_PIPELINE = re.compile(rb"""^["']?pipeline["']?\s*:\s*["']?([A-Za-z][A-Za-z0-9_-]*)["']?\s*(?:#.*)?$""", re.MULTILINE)


def register(namespace: dict[str, Any], root: Path | None) -> None:
    """Do what `include.factory.register_dags` says; arguments as there."""
    registration = _Registration(namespace, Project(root or ROOT))
    wanted = get_parsing_context().dag_id
    if wanted is None:
        registration.all()
    else:
        registration.one(wanted)


class _Registration:
    """One parse of the loader."""

    def __init__(self, namespace: dict[str, Any], project: Project) -> None:
        self._namespace = namespace
        self._project = project
        self._checker = Checker(project)

    def all(self) -> None:
        """Register every pipeline, and every broken file."""
        for checked in self._checked(self._project.pipeline_files()):
            message = self._complaint(checked)
            if checked.pipeline is not None:
                try:
                    built = list(self._built(checked))
                    for _, dag, config in built:
                        accept(dag, config)
                    self._namespace.update((dag_id, dag) for dag_id, dag, _ in built)
                except (Exception, SystemExit) as problem:  # an operator, or its module, may raise anything: it harms only its own pipeline
                    message = as_text([refusal(checked.name, problem)], {checked.name: checked.text})
                    log.error("%s", message)  # `airflow dags test` shows no import errors, and `validate` starts no Airflow
            if message:
                self._namespace[f"broken {checked.name}"] = broken_dag(checked.path, self._project.root, message)

    def one(self, wanted: str) -> None:
        """Register one DAG, looking first where its file most likely is."""
        files = self._project.pipeline_files()
        named = [path for path in files if _begins(wanted, path.stem)]
        for candidates in (named, [path for path in files if path not in named and _may_have(path, wanted)]):
            for checked in self._checked(candidates):
                if message := self._complaint(checked):
                    log.error("%s", message)
                self._namespace.update((dag_id, dag) for dag_id, dag, _ in self._built(checked, wanted))
            if wanted in self._namespace:
                return

    def _checked(self, files: list[Path]) -> Iterator[Checked]:
        layers = [checked for checked in self._checker.layers if checked.mistakes]
        yield from layers
        if not layers:  # without its layers a pipeline would be another one
            yield from self._checker.check(files).files

    def _complaint(self, checked: Checked) -> str:
        return as_text(checked.mistakes, {checked.name: checked.text})

    def _built(self, checked: Checked, wanted: str | None = None) -> Iterator[tuple[str, DAG, Config]]:
        if checked.pipeline is not None:
            doc_md = documentation(checked.text, checked.name)
            for dag_id, config in compile_pipeline(checked.pipeline, self._checker.settings).items():
                if wanted in (None, dag_id):
                    yield dag_id, build(dag_id, config, doc_md), config


def _begins(dag_id: str, name: str) -> bool:
    """Whether a DAG can be one of a pipeline's, judged by their names."""
    return dag_id == name or dag_id.startswith(name + "_")


def _may_have(path: Path, dag_id: str) -> bool:
    """Whether a file may define a DAG, judged by its text: reading is 100 times quicker than parsing."""
    try:
        found = _PIPELINE.findall(path.read_bytes())
    except OSError:
        return False
    return not found or any(_begins(dag_id, name.decode()) for name in found)
