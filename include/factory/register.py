"""Puts the DAGs of all pipelines where Airflow looks for them, and each broken file among its import errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow.sdk import get_parsing_context

from include.constants import ROOT
from include.factory.across_files import with_duplicate_ids
from include.factory.build import build
from include.factory.cache.pipelines import Pipelines
from include.factory.handover import hand_over
from include.factory.import_errors import broken_dag, failing_dag
from include.factory.loaders import number_of
from include.factory.other_files import names_in
from include.factory.pages.explain import explain
from include.factory.part import Part
from include.factory.project import Project
from include.factory.results import Checked

if TYPE_CHECKING:
    from include.factory.diagnostics import Located

log = logging.getLogger(__name__)
_AT_ONCE = 50
"""How many files of another loader are checked between two looks at the clock."""


def register(namespace: dict[str, Any], root: Path | None) -> None:
    """Do what `include.factory.register_dags` says; arguments as there."""
    registration = _Registration(namespace, Project(root or ROOT))
    wanted = get_parsing_context()
    if wanted.dag_id is None:
        registration.all(Path(namespace.get("__file__", "")))
    else:
        registration.one(wanted.dag_id, wanted.task_id)


class _Registration:
    """One parse of the loader."""

    def __init__(self, namespace: dict[str, Any], project: Project) -> None:
        self._namespace = namespace
        self._project = project
        self._pipelines = Pipelines(project)
        self._runs_a_task = get_parsing_context().task_id is not None

    def all(self, loader: Path) -> None:
        """Register every pipeline, and every broken file, of a loader's part.

        Args:
            loader: The loader's file.
        """
        layers = self._pipelines.broken_layers
        if layers:  # without its layers a pipeline would be another one
            for checked in layers if number_of(loader) in (1, None) else ():
                self._register_or_say(checked)
            return
        part = Part.of(loader, self._pipelines.loaders, self._project)
        for checked in self._pipelines.part(part.files):
            self._register_or_say(checked)
        handed = list(part.handed)
        while handed and part.has_time:
            for checked in self._pipelines.part(handed[:_AT_ONCE]):
                self._register(checked, loader=part.handed[checked.path])
            del handed[:_AT_ONCE]
        if handed:
            log.warning("No time left to build %d files for the loaders that have them now.", len(handed))
        part.parsed()
        self._pipelines.forget_the_gone()

    def _register_or_say(self, checked: Checked) -> None:
        """Register a file's DAGs; if it is broken, what Airflow lists as its import error."""
        if message := self._register(checked):
            self._namespace[f"broken {checked.name}"] = broken_dag(checked.path, self._project.root, message)
            if not checked.diagnostics:
                log.error("%s", message)  # `airflow dags test` shows no import errors

    def one(self, wanted: str, task_id: str | None) -> None:
        """Register one DAG, looking first where its file most likely is.

        If nowhere is, say what is wrong where it should be: as the failure of the task that is to run, if one is.
        """
        messages = []
        for candidates, whole in self._candidates(wanted):
            for checked in self._checked(candidates):
                # It is another file's if that one is named as its pipeline, and this one is not.
                if whole or checked.facts is None or checked.facts.pipeline == checked.path.stem:
                    messages.append(self._register(checked, wanted))
            if wanted in self._namespace:
                return
        reasons = list(dict.fromkeys(filter(None, messages)))
        if task_id is not None:
            reason = "\n\n".join(reasons) or "No file in configs/ gives it any more."
            self._namespace[wanted] = failing_dag(wanted, task_id, f"There is no DAG {wanted} now.\n{reason}")
        for reason in reasons if task_id is None else ():
            log.error("%s", reason)

    def _candidates(self, wanted: str) -> Iterator[tuple[list[Path], bool]]:
        """Return the files that are named as one that has a DAG, then all that may have it, and whether it is all."""
        named = [wanted[:end] for end in (*(found.start() for found in re.finditer("_", wanted)), len(wanted))]
        files = self._project.pipeline_files(named)
        yield files, False
        yield [path for path in self._project.pipeline_files() if path in files or _may_have(path, wanted)], True

    def _checked(self, files: list[Path]) -> Iterator[Checked]:
        layers = self._pipelines.broken_layers
        yield from layers
        if not layers:  # without its layers a pipeline would be another one
            yield from with_duplicate_ids(self._pipelines.pipeline(path) for path in files)

    def _register(self, checked: Checked, wanted: str | None = None, loader: str | None = None) -> str:
        """Register the DAGs of one file, or one of them, or none.

        It harms no other file's, whatever its operators raise.

        Args:
            checked: The file.
            wanted: The only DAG to register; all of the file's if None.
            loader: The file of the loader that they are handed over to, if they are.

        Returns:
            What is wrong with the file, for people; empty if nothing is.
        """
        diagnostics = checked.diagnostics
        try:
            configs = {dag_id: config for dag_id, config in checked.configs.items() if wanted in (None, dag_id)}
            built = {dag_id: build(dag_id, config) for dag_id, config in configs.items()}
            for dag_id, dag in built.items():
                if not self._runs_a_task:  # which shows nothing
                    explain(dag, checked.pages[dag_id], checked.name, checked.text)
                if wanted is None:
                    from include.factory.accept import accept  # here, as it imports the scheduler's side of Airflow

                    accept(dag, configs[dag_id])
                if loader is not None:
                    hand_over(dag, loader)
            self._namespace.update(built)
        except (Exception, SystemExit) as problem:  # an operator, or its module, may raise anything
            diagnostics = self._refusals(checked, problem)
        if not diagnostics:
            return ""
        from include.factory.commands.report import as_text

        return as_text(diagnostics, {checked.name: checked.text})

    def _refusals(self, checked: Checked, problem: BaseException) -> tuple[Located, ...]:
        """Return what was raised on a file, as its mistakes."""
        from include.factory.refusals import refusals

        if checked.pipeline is None:  # it was kept; which part is refused, only the pipeline says
            checked = self._pipelines.checker.pipeline(checked.path)
        return checked.diagnostics or refusals(checked, problem)


def _begins(dag_id: str, name: str) -> bool:
    """Whether a DAG can be one of a pipeline's, judged by their names."""
    return dag_id == name or dag_id.startswith(name + "_")


def _may_have(path: Path, dag_id: str) -> bool:
    """Whether a file may define a DAG, judged by its text: reading is 100 times quicker than parsing."""
    try:
        found = names_in(path.read_bytes())
    except OSError:
        return False
    return not found or any(_begins(dag_id, name) for name in found)
