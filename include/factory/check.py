"""Checks files: reading, schema, references, code, targets, secrets."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from include.constants import ENVIRONMENT_VARIABLE
from include.factory.across_files import with_duplicate_ids, with_unknown_dags
from include.factory.asset_names import with_asset_conflicts
from include.factory.assets import asset_diagnostics
from include.factory.code.checks import code_diagnostics
from include.factory.code.operator_arguments import operator_diagnostics
from include.factory.compile import compile_pipeline
from include.factory.consequences import is_consequence, without
from include.factory.dag_arguments import dag_diagnostics, dag_section_diagnostics, moment_diagnostics
from include.factory.diagnostics import START, Diagnostic, Located, hint_by_name
from include.factory.document.positions import located
from include.factory.document.reading import Document, read
from include.factory.document.schema import layer_shape, pipeline_shape
from include.factory.document.secrets import secret_diagnostics
from include.factory.document.variables import expand, typed
from include.factory.flow.comparison_checks import comparison_diagnostics, comparison_doubts
from include.factory.flow.conditions import condition_diagnostics
from include.factory.flow.joins import join_diagnostics
from include.factory.flow.teardowns import trigger_rule_diagnostics
from include.factory.flow.unordered import unordered_diagnostics
from include.factory.looks import Variables, noted
from include.factory.other_dags import facts_of
from include.factory.other_files import OtherFiles
from include.factory.pages.compile import compile_pages
from include.factory.pipeline import Pipeline, with_parents
from include.factory.prices import price_diagnostics
from include.factory.project import Project, Settings
from include.factory.references import reference_diagnostics
from include.factory.results import Checked, Result
from include.factory.target_checks import section_diagnostics, target_diagnostics

_MISNAMED = Diagnostic(
    (),
    "The file is taken for a pipeline.",
    "Rename it to `defaults.yaml`, if it is what all pipelines share.",
    "misnamed",
    position=START,
)


class Checker:
    """Checks the files of one project. Reads the layers and the code that pipelines name once for all of them."""

    def __init__(self, project: Project, warn: bool = True) -> None:
        """Read the layers.

        Args:
            project: The project.
            warn: Whether to look for what is allowed and may not be meant, too: for people, as Airflow shows no
                warnings.
        """
        self._project = project
        self._warn = warn
        self._variables = Variables(project.variables)
        with noted() as self.looks:
            defaults, first = self._layer(project.defaults_file)
            environment, second = self._layer(project.environment_file)
        self.settings = Settings(project.root, defaults, environment)
        self.layers = (first, second)

    def check(self, files: Iterable[Path], whole: bool = False) -> Result:
        """Check pipelines.

        Args:
            files: Their files; those of layers are taken as such.
            whole: Whether these are all files of the project: then what they say of each other is checked too.

        Returns:
            What came of each file, and of the layers under them.
        """
        files = list(files)
        known = {checked.path for checked in self.layers}
        others = [
            self._layer(path, active=False)[1] for path in files if self._project.is_layer(path) and path not in known
        ]
        pipelines = [self.pipeline(path) for path in files if not self._project.is_layer(path)]
        checked = with_duplicate_ids(pipelines)
        if whole:
            checked = with_unknown_dags(checked)
        if self._warn:
            checked = with_asset_conflicts(checked)
        return Result(self.settings, self.layers, tuple(checked), tuple(others))

    def pipeline(self, path: Path) -> Checked:
        """Check one pipeline by itself, and compile it.

        Args:
            path: Its file.

        Returns:
            What came of it, whatever it is: a file at which a check stumbles harms no other.
        """
        try:
            return self._pipeline(path)
        except Exception as problem:
            name = self._project.name(path)
            return Checked(path, name, diagnostics=_of_text([_stumbled(problem)], name))

    def _pipeline(self, path: Path) -> Checked:
        name = self._project.name(path)
        document = read(path)
        if not isinstance(document, Document):
            return Checked(path, name, diagnostics=_of_text(document, name))
        value, unset = expand(document.value, self._variables)
        value, shape = _shaped(value, document, pipeline_shape)
        shape = shape if path != self._project.defaults_file.with_suffix(".yml") else [_MISNAMED]
        wrong = [*unset, *shape, *secret_diagnostics(document.value, document.text)]
        whole = without(value, [diagnostic.path for diagnostic in wrong if diagnostic.path])
        pipeline = None
        if isinstance(whole.get("pipeline"), str) and isinstance(whole.get("tasks"), dict):
            pipeline = Pipeline(whole["pipeline"], whole)
            all_tasks = {task for task in value["tasks"] if isinstance(task, str)} | _lost_groups(value, pipeline)
            refused = [diagnostic.path for diagnostic in wrong]
            wrong += [one for one in self._in_pipeline(pipeline, all_tasks) if not is_consequence(one, refused)]
        if wrong:
            return Checked(path, name, document.text, diagnostics=located(wrong, name, document.text))
        if pipeline is None:
            return Checked(path, name, document.text, document.value)
        configs = compile_pipeline(pipeline, self.settings)
        return Checked(
            path,
            name,
            document.text,
            document.value,
            pipeline,
            configs,
            compile_pages(pipeline, configs, document, name, self.settings),
            facts_of(pipeline, configs),
            warnings=located(self._doubtful(pipeline), name, document.text) if self._warn else (),
        )

    def _doubtful(self, pipeline: Pipeline) -> Iterator[Diagnostic]:
        """Return warnings: what is allowed, and may not be meant."""
        yield from unordered_diagnostics(pipeline, self.settings)
        yield from join_diagnostics(pipeline, self.settings)
        yield from comparison_doubts(pipeline)

    def _in_pipeline(self, pipeline: Pipeline, all_tasks: set[str]) -> Iterator[Diagnostic]:
        yield from reference_diagnostics(pipeline, all_tasks, self.settings)
        yield from condition_diagnostics(pipeline)
        yield from trigger_rule_diagnostics(pipeline, self.settings)
        yield from comparison_diagnostics(pipeline, self.settings)
        yield from code_diagnostics(pipeline, self.settings)
        yield from target_diagnostics(pipeline, self.settings)
        yield from operator_diagnostics(pipeline, self.settings)
        yield from dag_section_diagnostics(pipeline, self.settings)
        for task in pipeline.tasks.values():
            yield from moment_diagnostics(task.spec, ("tasks", task.name))
            for key in ("inlets", "outlets"):
                yield from asset_diagnostics(task.spec.get(key), ("tasks", task.name, key))

    def _layer(self, path: Path, active: bool = True) -> tuple[dict[str, Any], Checked]:
        """Check a layer; one that is not active need not have its environment variables set."""
        try:
            return self._read_layer(path, active)
        except Exception as problem:
            name = self._project.name(path)
            return {}, Checked(path, name, diagnostics=_of_text([_stumbled(problem)], name))

    def _read_layer(self, path: Path, active: bool) -> tuple[dict[str, Any], Checked]:
        name = self._project.name(path)
        if not path.is_file():
            return {}, Checked(path, name, diagnostics=_of_text(self._missing_layer(path), name))
        document = read(path)
        if not isinstance(document, Document):
            return {}, Checked(path, name, diagnostics=_of_text(document, name))
        value, unset = expand(document.value, self._variables)
        value, shape = _shaped(value, document, layer_shape)
        wrong = [*(unset if active else []), *shape, *secret_diagnostics(document.value, document.text)]
        whole = without(value, [diagnostic.path for diagnostic in wrong if diagnostic.path])
        dag = whole.get("dag") or {}
        wrong += [*section_diagnostics(whole, ()), *dag_diagnostics(dag, dag, ("dag",))]
        wrong += price_diagnostics(whole.get("prices"))
        return value, Checked(path, name, document.text, diagnostics=located(wrong, name, document.text))

    def _missing_layer(self, path: Path) -> Iterator[Diagnostic]:
        if path != self._project.defaults_file:
            message = (
                f"There is no environment `{self._project.environment}`: {ENVIRONMENT_VARIABLE} names a file that is"
                " not there."
            )
            there = {file.stem for file in self._project.environments.glob("*.yaml")}
            other = path.with_suffix(".yml")
            hint = hint_by_name(self._project.environment, there, "environments")
            if other.is_file():
                hint = f"Rename `{other.name}` to `{path.name}`."
            yield Diagnostic((), message, hint, "unknown-environment", position=START)


def check(project: Project, files: Iterable[Path] | None = None) -> Result:
    """Check pipelines, and the layers they lie over.

    Args:
        project: The project.
        files: The files; all of the project, environments that are not active included, if None.

    Returns:
        What came of each file.
    """
    checker = Checker(project)
    if files is None:
        return checker.check(project.all_files(), whole=True)
    files = list(files)
    result = checker.check(files)
    others = OtherFiles(_not_among(project.pipeline_files(), files), checker.pipeline)
    others.ask_for(dag_id for checked in result.files for dag_id in checked.configs)
    return replace(result, files=tuple(with_duplicate_ids([*result.files, *others.checked])[: len(result.files)]))


def _not_among(files: Iterable[Path], others: Iterable[Path]) -> list[Path]:
    """Return the files that are none of others, whatever links lead to them."""
    known = {path.resolve() for path in others}
    return [path for path in files if path.resolve() not in known]


def _lost_groups(value: Mapping[str, Any], pipeline: Pipeline) -> set[str]:
    """Return the groups that are only those of tasks left out of a pipeline: who names one makes no mistake."""
    named = [body.get("group") for body in value["tasks"].values() if isinstance(body, dict)]
    return {group for name in named if isinstance(name, str) for group in with_parents(name)} - pipeline.groups.keys()


def _of_text(diagnostics: Iterable[Diagnostic], name: str) -> tuple[Located, ...]:
    """Return mistakes of a file without a document: no path leads to them, and each says its own place."""
    return tuple(one.at(name, one.position or START) for one in diagnostics)


def _stumbled(problem: Exception) -> Diagnostic:
    """Return what a check, or the compiler, raised: a gap in them, said as a mistake of the file that shows it."""
    frames = traceback.extract_tb(problem.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = f"It cannot be compiled: {type(problem).__name__}: {problem}{where}."
    hint = "The check has no better words for it: undo what was changed last in this file, and please report it."
    return Diagnostic((), message, hint, "not-compiled", position=START)


def _shaped(
    value: dict[str, Any], document: Document, check: Callable[[Mapping[str, Any]], list[Diagnostic]]
) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Return a document's value with types for what came from the environment, and what is wrong with its shape."""
    if "${" not in document.text:
        return value, check(value)
    as_written = typed(value, document.value)
    wrong = check(as_written)
    refused = {diagnostic.path for diagnostic in wrong if diagnostic.code in ("wrong-type", "wrong-value")}
    if not refused:
        return as_written, wrong
    value = typed(value, document.value, refused)
    return value, check(value)
