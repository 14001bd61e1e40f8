"""Checks files: reading, shape, meaning, code, targets, secrets.

What one check found wrong is kept from the ones after it.
"""

from __future__ import annotations

import copy
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from include.constants import ENVIRONMENT_VARIABLE
from include.factory.classes import class_diagnostics
from include.factory.code import code_diagnostics
from include.factory.compile import Config, compile_pipeline
from include.factory.dag_arguments import (
    asset_diagnostics,
    dag_diagnostics,
    param_diagnostics,
    required_params,
    scheduled_without_start,
)
from include.factory.diagnostics import START, Diagnostic, KeyPath, Located, hint_by_name
from include.factory.layers import section
from include.factory.operator_arguments import operator_diagnostics
from include.factory.other_dags import other_dag_diagnostics, pipeline_names
from include.factory.pipeline import Pipeline
from include.factory.positions import located
from include.factory.project import Project, Settings
from include.factory.reading import Document, expand, read, typed
from include.factory.references import reference_diagnostics
from include.factory.schema import layer_shape, pipeline_shape
from include.factory.secrets import secret_diagnostics
from include.factory.targets import section_diagnostics, target_diagnostics


@dataclass(frozen=True)
class Checked:
    """What came of one file.

    Attributes:
        path: The file.
        name: Its name for people.
        text: Its text; empty if it could not be read.
        pipeline: The pipeline, if it has no mistakes; None for a layer.
        configs: What it compiles to, by DAG id: dag-factory's configuration of each of its DAGs.
        diagnostics: What is wrong with it, in the order of the file.
    """

    path: Path
    name: str
    text: str = field(repr=False, default="")
    pipeline: Pipeline | None = None
    configs: Mapping[str, Config] = field(default_factory=dict, repr=False)
    diagnostics: tuple[Located, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of a project's files.

    Attributes:
        settings: The layers below the pipelines.
        layers: The files of the layers that the pipelines lie over: with a mistake in one, no pipeline is what it
            should be.
        files: The files of the pipelines.
        others: The files of other environments.
    """

    settings: Settings
    layers: tuple[Checked, ...]
    files: tuple[Checked, ...]
    others: tuple[Checked, ...] = ()

    @property
    def diagnostics(self) -> list[Located]:
        """All mistakes of all files."""
        return [
            diagnostic for checked in (*self.layers, *self.others, *self.files) for diagnostic in checked.diagnostics
        ]

    @property
    def texts(self) -> dict[str, str]:
        """The text of each file, by name."""
        return {checked.name: checked.text for checked in (*self.layers, *self.others, *self.files)}


class Checker:
    """Checks the files of one project. Reads the layers and the code that pipelines name once for all of them."""

    def __init__(self, project: Project) -> None:
        self._project = project
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
        checked = distinct(pipelines)
        return Result(self.settings, self.layers, tuple(acquainted(checked) if whole else checked), tuple(others))

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
        value, unset = expand(document.value, self._project.variables)
        value, shape = _shaped(value, document, pipeline_shape)
        shape = shape if path != self._project.defaults_file.with_suffix(".yml") else [_MISNAMED]
        wrong = [*unset, *shape, *secret_diagnostics(document.value, document.text)]
        whole = _without(value, [diagnostic.path for diagnostic in wrong if diagnostic.path])
        pipeline = None
        if isinstance(whole.get("pipeline"), str) and isinstance(whole.get("tasks"), dict):
            pipeline = Pipeline(whole["pipeline"], whole)
            all_tasks = {task for task in value["tasks"] if isinstance(task, str)}
            refused = [diagnostic.path for diagnostic in wrong]
            wrong += [one for one in self._in_pipeline(pipeline, all_tasks) if not _is_explained(one, refused)]
        if wrong:
            return Checked(path, name, document.text, diagnostics=located(wrong, name, document.text))
        configs = compile_pipeline(pipeline, self.settings) if pipeline is not None else {}
        return Checked(path, name, document.text, pipeline, configs)

    def _in_pipeline(self, pipeline: Pipeline, all_tasks: set[str]) -> Iterator[Diagnostic]:
        base = self.settings.merged
        yield from reference_diagnostics(pipeline, all_tasks, self.settings.root)
        yield from code_diagnostics(pipeline, self.settings)
        yield from target_diagnostics(pipeline, base)
        yield from operator_diagnostics(pipeline, self.settings)
        for path, spec in [((), pipeline.spec), *((("variants", v.name), v.spec) for v in pipeline.variants if v.name)]:
            merged = section("dag", base, pipeline.spec, spec)
            yield from dag_diagnostics(spec.get("dag") or {}, merged, (*path, "dag"))
            for index, folder in enumerate((spec.get("dag") or {}).get("template_searchpath") or ()):
                if not os.path.isdir(self.settings.root / folder):
                    message = f"There is no folder `{folder}`; paths count from the project root."
                    where: KeyPath = (*path, "dag", "template_searchpath", index)
                    yield Diagnostic(where, message, "Make it, or name another.", "missing-folder")
            schedule = (spec.get("dag") or {}).get("schedule")
            yield from class_diagnostics(schedule, (*path, "dag", "schedule"), self.settings.sources)
            yield from param_diagnostics(spec.get("params") or {}, (*path, "params"))
            if path or pipeline.variants[0].name is None:
                yield from scheduled_without_start(merged, path)
                params = {**pipeline.params, **(spec.get("params") or {})}
                yield from required_params(merged, params, pipeline.params, path)
        for task in pipeline.tasks.values():
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
        value, unset = expand(document.value, self._project.variables)
        value, shape = _shaped(value, document, layer_shape)
        wrong = [*(unset if active else []), *shape, *secret_diagnostics(document.value, document.text)]
        whole = _without(value, [diagnostic.path for diagnostic in wrong if diagnostic.path])
        dag = whole.get("dag") or {}
        wrong += [*section_diagnostics(whole, ()), *dag_diagnostics(dag, dag, ("dag",))]
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
    result = checker.check(files)
    rivals = [checker.pipeline(path) for path in _rivals(project, result.files)]
    return replace(result, files=tuple(distinct([*result.files, *rivals])[: len(result.files)]))


def _rivals(project: Project, files: Iterable[Checked]) -> Iterator[Path]:
    """Return the other files of the project whose pipelines may have a DAG id of these, by what they call themselves."""
    here = {checked.path.resolve() for checked in files}
    ids = [dag_id for checked in files for dag_id in _dag_ids(checked)]
    for path in project.pipeline_files() if ids else ():
        if path.resolve() in here:
            continue
        try:
            names = pipeline_names(path.read_text(encoding="utf-8-sig"), path.stem)
        except (OSError, UnicodeDecodeError):
            continue
        if any(dag_id == name or dag_id.startswith(f"{name}_") for dag_id in ids for name in names):
            yield path


def distinct(files: Iterable[Checked]) -> list[Checked]:
    """Find DAG ids that several pipelines claim.

    Args:
        files: Checked files.

    Returns:
        The same, those with a DAG id that belongs to another file with a mistake. The id belongs to the file that is
        named as its pipeline, else to the first.
    """
    files = list(files)
    owners: dict[str, Checked] = {}
    for checked in sorted(
        files, key=lambda one: (one.pipeline is None or one.path.stem != one.pipeline.name, one.name)
    ):
        for dag_id in _dag_ids(checked):
            owners.setdefault(dag_id, checked)
    return [_with_duplicates(checked, owners) for checked in files]


def acquainted(files: Iterable[Checked]) -> list[Checked]:
    """Find pipelines that name a DAG, or a task of a DAG, which the project does not have.

    Args:
        files: What came of all files of the project.

    Returns:
        The same, with the mistakes of those pipelines.
    """
    files = list(files)
    known = {dag_id: config for checked in files for dag_id, config in checked.configs.items()}
    unsure = {
        name for checked in files if not checked.configs for name in pipeline_names(checked.text, checked.path.stem)
    }
    found = []
    for checked in files:
        wrong = list(other_dag_diagnostics(checked.pipeline, known, unsure)) if checked.pipeline is not None else []
        found.append(_refused(checked, wrong) if wrong else checked)
    return found


def _refused(checked: Checked, diagnostics: list[Diagnostic]) -> Checked:
    return replace(checked, pipeline=None, configs={}, diagnostics=located(diagnostics, checked.name, checked.text))


def _dag_ids(checked: Checked) -> list[str]:
    return list(checked.configs)


def _with_duplicates(checked: Checked, owners: Mapping[str, Checked]) -> Checked:
    taken = {dag_id: owners[dag_id].name for dag_id in _dag_ids(checked) if owners[dag_id] is not checked}
    if not taken:
        return checked
    ids = ", ".join(f"`{dag_id}`" for dag_id in taken)
    message = f"{', '.join(sorted(set(taken.values())))} has the same DAG {'id' if len(taken) == 1 else 'ids'}: {ids}."
    diagnostic = Diagnostic(("pipeline",), message, "Give one of the two pipelines another name.", "duplicate-dag")
    return _refused(checked, [diagnostic])


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
    value = typed(value, document, ())
    wrong = check(value)
    if not wrong or "${" not in document.text:
        return value, wrong
    value = typed(
        value, document, {diagnostic.path for diagnostic in wrong if diagnostic.code in ("wrong-type", "wrong-value")}
    )
    return value, check(value)


_MISNAMED = Diagnostic(
    (),
    "The file is taken for a pipeline.",
    "Rename it to `defaults.yaml`, if it is what all pipelines share.",
    "misnamed",
    position=START,
)

# Code -> the sections whose left-out parts explain it.
_EXPLAINED = {
    "no-start-date": "dag",
    "unknown-param": "params",
    "unknown-variant": "variants",
    "unknown-volume": "kubernetes",
}


def _is_explained(diagnostic: Diagnostic, refused: list[KeyPath]) -> bool:
    """Whether a mistake is only that a part is not there which was left out because it is wrong itself."""
    if diagnostic.code in ("missing-folder", "missing-file"):
        return False
    if diagnostic.code.startswith("missing-"):
        return any(
            (path[:2] == diagnostic.path[:2] and path[:1] == ("tasks",)) or "kubernetes" in path[:1] for path in refused
        )
    section = _EXPLAINED.get(diagnostic.code)
    return section is not None and any(section in path for path in refused)


def _without(value: dict[str, Any], paths: list[KeyPath]) -> dict[str, Any]:
    """Return a copy without what is at these paths, so that one root cause is reported once.

    Items of lists are left out from the end, so that the indexes before them stay.
    """
    if not paths:
        return value
    value = copy.deepcopy(value)
    for path in sorted(set(paths), key=lambda path: (len(path), str(path)), reverse=True):
        parent: Any = value
        for part in path[:-1]:
            parent = _item(parent, part)
        if isinstance(parent, dict):
            parent.pop(path[-1], None)
        elif isinstance(parent, list) and isinstance(path[-1], int) and path[-1] < len(parent):
            del parent[path[-1]]
    return value


def _item(parent: Any, part: str | int) -> Any:
    if isinstance(parent, dict):
        return parent.get(part)
    if isinstance(parent, list) and isinstance(part, int) and part < len(parent):
        return parent[part]
    return None
