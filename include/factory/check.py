"""Checks files: reading, shape, meaning, code, targets, secrets. What one check found wrong is kept from the ones after it."""

from __future__ import annotations

import copy
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from include.factory.code import CodeCheck
from include.factory.compile import Config, compile_pipeline
from include.factory.dag_arguments import asset_mistakes, dag_mistakes, param_mistakes, required_params, scheduled_without_start
from include.factory.layers import section
from include.factory.meaning import meaning_mistakes
from include.factory.mistakes import KeyPath, Mistake, Position, cure_by_name
from include.factory.operator_arguments import operator_mistakes
from include.factory.other_dags import other_dag_mistakes, pipeline_names
from include.factory.pipeline import Pipeline
from include.factory.positions import located
from include.factory.project import ENVIRONMENT_VARIABLE, Project, Settings
from include.factory.reading import Document, expand, read, typed
from include.factory.secrets import secret_mistakes
from include.factory.shape import layer_shape, pipeline_shape
from include.factory.targets import section_mistakes, target_mistakes


@dataclass(frozen=True)
class Checked:
    """What came of one file.

    Attributes:
        path: The file.
        name: Its name for people.
        text: Its text; empty if it could not be read.
        pipeline: The pipeline, if it has no mistakes; None for a layer.
        configs: What it compiles to, by DAG id: dag-factory's configuration of each of its DAGs.
        mistakes: What is wrong with it, in the order of the file, each with a position.
    """

    path: Path
    name: str
    text: str = field(repr=False, default="")
    pipeline: Pipeline | None = None
    configs: Mapping[str, Config] = field(default_factory=dict, repr=False)
    mistakes: tuple[Mistake, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of a project's files.

    Attributes:
        settings: The layers below the pipelines.
        layers: The files of the layers that the pipelines lie over: with a mistake in one, no pipeline is what it should be.
        files: The files of the pipelines.
        others: The files of other environments.
    """

    settings: Settings
    layers: tuple[Checked, ...]
    files: tuple[Checked, ...]
    others: tuple[Checked, ...] = ()

    @property
    def mistakes(self) -> list[Mistake]:
        """All mistakes of all files."""
        return [mistake for checked in (*self.layers, *self.others, *self.files) for mistake in checked.mistakes]

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
        self._code = CodeCheck(project.root, self.settings.sources)
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
        others = [self._layer(path, active=False)[1] for path in files if self._project.is_layer(path) and path not in known]
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
            return Checked(path, name, mistakes=(_stumbled(name, problem),))

    def _pipeline(self, path: Path) -> Checked:
        name = self._project.name(path)
        document = read(path, name)
        if not isinstance(document, Document):
            return Checked(path, name, mistakes=tuple(document))
        value, unset = expand(document.value, self._project.variables, name)
        value, shape = _shaped(value, document, pipeline_shape)
        shape = shape if path != self._project.defaults_file.with_suffix(".yml") else [_misnamed(name)]
        wrong = [*unset, *shape, *secret_mistakes(document.value, document.text, name)]
        whole = _without(value, [mistake.path for mistake in wrong if mistake.path])
        pipeline = None
        if isinstance(whole.get("pipeline"), str) and isinstance(whole.get("tasks"), dict):
            pipeline = Pipeline(whole["pipeline"], whole)
            all_tasks = {task for task in value["tasks"] if isinstance(task, str)}
            refused = [mistake.path for mistake in wrong]
            wrong += [one for one in self._in_pipeline(pipeline, all_tasks, name) if not _is_explained(one, refused)]
        if wrong:
            return Checked(path, name, document.text, mistakes=tuple(located(_distinct(wrong), document.text)))
        configs = compile_pipeline(pipeline, self.settings) if pipeline is not None else {}
        return Checked(path, name, document.text, pipeline, configs)

    def _in_pipeline(self, pipeline: Pipeline, all_tasks: set[str], name: str) -> Iterator[Mistake]:
        below = self.settings.merged
        yield from meaning_mistakes(pipeline, all_tasks, self.settings.root, name)
        yield from self._code.mistakes(pipeline, below, name)
        yield from target_mistakes(pipeline, below, name)
        yield from operator_mistakes(pipeline, self.settings, name)
        for path, written in [((), pipeline.written), *((("variants", v.name), v.written) for v in pipeline.variants if v.name)]:
            merged = section("dag", below, pipeline.written, written)
            yield from dag_mistakes(written.get("dag") or {}, merged, (*path, "dag"), name)
            for index, folder in enumerate((written.get("dag") or {}).get("template_searchpath") or ()):
                if not os.path.isdir(self.settings.root / folder):
                    message = f"There is no folder `{folder}`; paths count from the project root."
                    where: KeyPath = (*path, "dag", "template_searchpath", index)
                    yield Mistake(name, message, "Make it, or name another.", "missing-folder", where)
            yield from self._code.typed((written.get("dag") or {}).get("schedule"), (*path, "dag", "schedule"), name)
            yield from param_mistakes(written.get("params") or {}, (*path, "params"), name)
            if path or pipeline.variants[0].name is None:
                yield from scheduled_without_start(merged, path, name)
                params = {**pipeline.params, **(written.get("params") or {})}
                yield from required_params(merged, params, pipeline.params, path, name)
        for task in pipeline.tasks.values():
            for key in ("inlets", "outlets"):
                yield from asset_mistakes(task.written.get(key), ("tasks", task.name, key), name)

    def _layer(self, path: Path, active: bool = True) -> tuple[dict[str, Any], Checked]:
        """Check a layer; one that is not active need not have its environment variables set."""
        try:
            return self._read_layer(path, active)
        except Exception as problem:
            name = self._project.name(path)
            return {}, Checked(path, name, mistakes=(_stumbled(name, problem),))

    def _read_layer(self, path: Path, active: bool) -> tuple[dict[str, Any], Checked]:
        name = self._project.name(path)
        if not path.is_file():
            return {}, Checked(path, name, mistakes=tuple(self._missing_layer(path, name)))
        document = read(path, name)
        if not isinstance(document, Document):
            return {}, Checked(path, name, mistakes=tuple(document))
        value, unset = expand(document.value, self._project.variables, name)
        value, shape = _shaped(value, document, layer_shape)
        wrong = [*(unset if active else []), *shape, *secret_mistakes(document.value, document.text, name)]
        whole = _without(value, [mistake.path for mistake in wrong if mistake.path])
        dag = whole.get("dag") or {}
        wrong += [*section_mistakes(whole, (), name), *dag_mistakes(dag, dag, ("dag",), name)]
        return value, Checked(path, name, document.text, mistakes=tuple(located(_distinct(wrong), document.text)))

    def _missing_layer(self, path: Path, name: str) -> Iterator[Mistake]:
        if path != self._project.defaults_file:
            message = f"There is no environment `{self._project.environment}`: {ENVIRONMENT_VARIABLE} names a file that is not there."
            there = {file.stem for file in self._project.environments.glob("*.yaml")}
            other = path.with_suffix(".yml")
            cure = cure_by_name(self._project.environment, there, "environments")
            if other.is_file():
                cure = f"Rename `{other.name}` to `{path.name}`."
            yield Mistake(name, message, cure, "unknown-environment", position=Position(1, 1))


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
    """The other files of the project whose pipelines may have a DAG id of these, by what they call themselves."""
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
        The same, those with a DAG id that belongs to another file with a mistake. The id belongs to the file that is named as
        its pipeline, else to the first.
    """
    files = list(files)
    owners: dict[str, Checked] = {}
    for checked in sorted(files, key=lambda one: (one.pipeline is None or one.path.stem != one.pipeline.name, one.name)):
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
    unsure = {name for checked in files if not checked.configs for name in pipeline_names(checked.text, checked.path.stem)}
    found = []
    for checked in files:
        wrong = list(other_dag_mistakes(checked.pipeline, checked.name, known, unsure)) if checked.pipeline is not None else []
        found.append(_refused(checked, wrong) if wrong else checked)
    return found


def _refused(checked: Checked, mistakes: list[Mistake]) -> Checked:
    return replace(checked, pipeline=None, configs={}, mistakes=tuple(located(mistakes, checked.text)))


def _dag_ids(checked: Checked) -> list[str]:
    return list(checked.configs)


def _with_duplicates(checked: Checked, owners: Mapping[str, Checked]) -> Checked:
    taken = {dag_id: owners[dag_id].name for dag_id in _dag_ids(checked) if owners[dag_id] is not checked}
    if not taken:
        return checked
    ids = ", ".join(f"`{dag_id}`" for dag_id in taken)
    message = f"{', '.join(sorted(set(taken.values())))} has the same DAG {'id' if len(taken) == 1 else 'ids'}: {ids}."
    mistake = Mistake(checked.name, message, "Give one of the two pipelines another name.", "duplicate-dag", ("pipeline",))
    return _refused(checked, [mistake])


def _stumbled(name: str, problem: Exception) -> Mistake:
    """What a check, or the compiler, raised: a gap in them, said as a mistake of the file that shows it."""
    frames = traceback.extract_tb(problem.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = f"It cannot be compiled: {type(problem).__name__}: {problem}{where}."
    cure = "The check has no better words for it: undo what was changed last in this file, and please report it."
    return Mistake(name, message, cure, "not-compiled", position=Position(1, 1))


def _shaped(
    value: dict[str, Any], document: Document, check: Callable[[Mapping[str, Any], str], list[Mistake]]
) -> tuple[dict[str, Any], list[Mistake]]:
    """A document's value with types for what came from the environment, and what is wrong with its shape."""
    value = typed(value, document, ())
    wrong = check(value, document.name)
    if not wrong or "${" not in document.text:
        return value, wrong
    value = typed(value, document, {mistake.path for mistake in wrong if mistake.rule in ("wrong-type", "wrong-value")})
    return value, check(value, document.name)


def _misnamed(name: str) -> Mistake:
    cure = "Rename it to `defaults.yaml`, if it is what all pipelines share."
    return Mistake(name, "The file is taken for a pipeline.", cure, "misnamed", position=Position(1, 1))


def _distinct(mistakes: Iterable[Mistake]) -> list[Mistake]:
    return list(dict.fromkeys(mistakes))


# Rule -> the sections whose left-out parts explain it.
_EXPLAINED = {"no-start-date": "dag", "unknown-param": "params", "unknown-variant": "variants", "unknown-volume": "kubernetes"}


def _is_explained(mistake: Mistake, refused: list[KeyPath]) -> bool:
    """Whether a mistake is only that a part is not there which was left out because it is wrong itself."""
    if mistake.rule in ("missing-folder", "missing-file"):
        return False
    if mistake.rule.startswith("missing-"):
        return any((path[:2] == mistake.path[:2] and path[:1] == ("tasks",)) or "kubernetes" in path[:1] for path in refused)
    section = _EXPLAINED.get(mistake.rule)
    return section is not None and any(section in path for path in refused)


def _without(value: dict[str, Any], paths: list[KeyPath]) -> dict[str, Any]:
    """A copy without what is at these paths, so that one root cause is reported once.

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
