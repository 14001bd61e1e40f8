"""Checks files: reading, shape, meaning, in this order, each on what the ones before left whole."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from include.factory import meaning
from include.factory.compile import Settings
from include.factory.mistakes import KeyPath, Mistake, Position, cure_by_name
from include.factory.pipeline import Pipeline
from include.factory.positions import located
from include.factory.project import ENVIRONMENT_VARIABLE, Project
from include.factory.reading import Document, expand, read
from include.factory.shape import layer_mistakes, pipeline_mistakes


@dataclass(frozen=True)
class Checked:
    """What came of one file.

    Attributes:
        path: The file.
        name: Its name for people.
        text: Its text; empty if it could not be read.
        pipeline: The pipeline, if it has no mistakes; None for a layer.
        mistakes: What is wrong with it, in the order of the file, each with a position.
    """

    path: Path
    name: str
    text: str = field(repr=False, default="")
    pipeline: Pipeline | None = None
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of a project's files.

    Attributes:
        settings: The layers below the pipelines.
        layers: The files of the layers.
        files: The files of the pipelines.
    """

    settings: Settings
    layers: tuple[Checked, ...]
    files: tuple[Checked, ...]

    @property
    def mistakes(self) -> list[Mistake]:
        """All mistakes of all files."""
        return [mistake for checked in (*self.layers, *self.files) for mistake in checked.mistakes]

    @property
    def layers_are_good(self) -> bool:
        """Whether pipelines can be built: defaults and environment are without mistakes."""
        return not any(checked.mistakes for checked in self.layers)


def check(project: Project, files: Iterable[Path] | None = None) -> Result:
    """Check pipelines, and the layers they lie over.

    Args:
        project: The project.
        files: The pipelines' files; all of the project if None.

    Returns:
        What came of each file.
    """
    settings, layers = load_layers(project)
    pipelines = [check_pipeline(project, settings, path) for path in (project.pipeline_files() if files is None else files)]
    return Result(settings, layers, tuple(distinct(pipelines)))


def load_layers(project: Project) -> tuple[Settings, tuple[Checked, ...]]:
    """Read and check the layers below the pipelines.

    Args:
        project: The project.

    Returns:
        The layers' values (empty where a file is wrong), and what came of their files.
    """
    values, checked = [], []
    for path in (project.defaults_file, project.environment_file):
        value, one = _check_layer(project, path)
        values.append(value)
        checked.append(one)
    return Settings(project.root, *values), tuple(checked)


def check_pipeline(project: Project, settings: Settings, path: Path) -> Checked:
    """Check one pipeline by itself.

    Args:
        project: The project.
        settings: The layers below it.
        path: Its file.

    Returns:
        What came of it.
    """
    name = project.name(path)
    document = read(path, name)
    if not isinstance(document, Document):
        return Checked(path, name, mistakes=tuple(document))
    value, unset = expand(document.value, project.variables, name)
    wrong = [*unset, *pipeline_mistakes(value, name)]
    whole = _without(value, [mistake.path for mistake in wrong if mistake.path])
    pipeline = None
    if _has_pipeline(whole):
        pipeline = Pipeline(whole["pipeline"], whole)
        wrong += meaning.mistakes(pipeline, set(value["tasks"]), project.root, name)
    if wrong:
        return Checked(path, name, document.text, None, tuple(located(wrong, document.text)))
    return Checked(path, name, document.text, pipeline)


def distinct(files: Iterable[Checked]) -> list[Checked]:
    """Find DAG ids that several pipelines claim.

    Args:
        files: Checked files.

    Returns:
        The same, those with a DAG id that belongs to another file with a mistake. The id belongs to the file that is named as
        its pipeline, else to the first.
    """
    files = list(files)
    owners: dict[str, Checked] = {}
    for checked in sorted(files, key=lambda one: (one.pipeline is None or one.path.stem != one.pipeline.name, one.name)):
        for dag_id in _dag_ids(checked):
            owners.setdefault(dag_id, checked)
    return [_with_duplicates(checked, owners) for checked in files]


def _dag_ids(checked: Checked) -> list[str]:
    return [checked.pipeline.dag_id(variant) for variant in checked.pipeline.variants] if checked.pipeline else []


def _with_duplicates(checked: Checked, owners: Mapping[str, Checked]) -> Checked:
    found = []
    for dag_id in _dag_ids(checked):
        owner = owners[dag_id]
        if owner is not checked:
            message = f"The DAG id `{dag_id}` is taken by {owner.name}."
            cure = "Give one of the two pipelines (or its variant) another name."
            found.append(Mistake(checked.name, message, cure, "duplicate-dag", ("pipeline",)))
    return replace(checked, pipeline=None, mistakes=tuple(located(found, checked.text))) if found else checked


def _check_layer(project: Project, path: Path) -> tuple[dict[str, Any], Checked]:
    name = project.name(path)
    if not path.is_file():
        if path == project.defaults_file:
            return {}, Checked(path, name)
        message = f"There is no environment `{project.environment}`: {ENVIRONMENT_VARIABLE} names a file that is not there."
        there = {file.stem for file in project.environments.glob("*.yaml")}
        cure = cure_by_name(project.environment, there, "environments")
        return {}, Checked(path, name, mistakes=(Mistake(name, message, cure, "unknown-environment", position=Position(1, 1)),))
    document = read(path, name)
    if not isinstance(document, Document):
        return {}, Checked(path, name, mistakes=tuple(document))
    value, unset = expand(document.value, project.variables, name)
    wrong = [*unset, *layer_mistakes(value, name)]
    return value, Checked(path, name, document.text, None, tuple(located(wrong, document.text)) if wrong else ())


def _has_pipeline(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("pipeline"), str) and isinstance(value.get("tasks"), dict)


def _without(value: dict[str, Any], paths: list[KeyPath]) -> dict[str, Any]:
    """A copy without what is at these paths, so that one root cause is reported once."""
    if not paths:
        return value
    value = copy.deepcopy(value)
    # List items are blanked in place of being removed, so that the indexes of the others stay.
    for path in sorted(paths, key=len, reverse=True):
        parent: Any = value
        for part in path[:-1]:
            parent = parent[part] if (isinstance(parent, dict) and part in parent) or isinstance(parent, list) else None
        if isinstance(parent, dict):
            parent.pop(path[-1], None)
        elif isinstance(parent, list) and isinstance(path[-1], int):
            parent[path[-1]] = None
    return value
