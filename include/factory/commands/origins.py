"""Where each setting of a DAG comes from: the file, the line and the layer that set it, and what it is laid over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from include.constants import DEFAULT_CONNECTION
from include.factory import layers
from include.factory.commands.laid import FACTORY, Layer, Origin, Setting, by_factory, laid, leaves
from include.factory.config import Config
from include.factory.connections import SNOWFLAKE_ARGUMENT, SQL_ARGUMENT
from include.factory.diagnostics import KeyPath
from include.factory.document.positions import positions
from include.factory.document.reading import Document, read
from include.factory.flow.graph import task_templates
from include.factory.pipeline import Pipeline, Task, Variant
from include.factory.project import Project
from include.factory.results import Checked, Result
from include.factory.targets import TARGETS
from include.factory.templates.jinja import names, strings

_WIDTH = 100
"""Characters of a value that are shown."""
_OTHER_NAMES = frozenset(
    {"function", "batch_input", "batch_output", "hook_params", "pre_execute", "snowflake", *TARGETS}
)
"""Keys of a compiled task that hold what the pipeline says under another name."""


def origins(project: Project, result: Result, dag_id: str) -> dict[str, list[Setting]]:
    """Find where the settings of a DAG come from.

    Args:
        project: The project.
        result: What came of its files.
        dag_id: The id of a DAG of a pipeline without mistakes.

    Returns:
        The settings of the DAG, under the empty name, and of each of its tasks, under its id.
    """
    checked = next(one for one in result.files if dag_id in one.configs)
    pipeline = checked.pipeline
    assert pipeline is not None  # it has been compiled
    variant = next(one for one in pipeline.variants if pipeline.dag_id(one) == dag_id)
    below = [
        _file(project, word, layer, spec)
        for word, layer, spec in zip(("defaults", "environment"), result.layers, result.settings.layers, strict=True)
    ]
    own = _file(project, "pipeline", checked, pipeline.spec)
    config = checked.configs[dag_id]
    settings = _Origins(project, pipeline, variant, [*below, own])
    return {"": settings.of_dag(config)} | {
        name: settings.of_task(name, task) for name, task in config["tasks"].items()
    }


def described(found: Mapping[str, Sequence[Setting]]) -> Iterator[str]:
    """Return the origins of a DAG's settings in words, one line a setting.

    Args:
        found: The settings, as `origins` returns them.

    Returns:
        Lines of text: place, layer, setting and value; after a `#` how it came about and what it is laid over. An empty
        line before each task.
    """
    everything = [setting for settings in found.values() for setting in settings]
    width = max(len(setting.origin.place) for setting in everything)
    for name, settings in found.items():
        if name:
            yield ""
        for setting in settings:
            origin = setting.origin
            notes = [origin.note] if origin.note else []
            notes += [f"over {_shown(one.value)} ({one.place}, {one.layer})" for one in setting.over]
            line = f"{origin.place:<{width}}  {origin.layer:<11}  {_spelled(setting.path)}: {_shown(origin.value)}"
            yield line + (f"  # {'; '.join(notes)}" if notes else "")


class _Origins:
    """Finds the origins of one DAG's settings."""

    def __init__(self, project: Project, pipeline: Pipeline, variant: Variant, files: Sequence[Layer]) -> None:
        self._root = project.root
        self._pipeline = pipeline
        self._variant = variant
        self._file = files[-1]
        path = () if variant.name is None else ("variants", variant.name)
        self._layers = [*files, *([self._file.part("variant", variant.spec, path)] if variant.name else [])]

    def of_dag(self, config: Config) -> list[Setting]:
        """Return the settings of the DAG itself; `config` is what it was compiled to."""
        own = self._layers[len(self._layers) - (2 if self._variant.name else 1) :]
        found = laid(own, ("description",)) + laid(self._layers, ("dag",))
        found += laid(own, ("params",), whole=True)
        dag = layers.section("dag", *(layer.spec for layer in self._layers))
        ours = {key: value for key, value in config.items() if key not in ("tasks", "params", "description")}
        for path, value in _added(ours, dag, ("dag",)):
            is_connection = path == ("dag", "default_args", SNOWFLAKE_ARGUMENT)
            found.append(self._connection(path, value, self._layers) if is_connection else by_factory(path, value))
        return found

    def of_task(self, task_id: str, config: Config) -> list[Setting]:
        """Return the settings of a task; `config` is what it was compiled to."""
        top: KeyPath = ("tasks", task_id)
        group, _, name = task_id.partition(".") if task_id not in self._pipeline.tasks else ("", "", task_id)
        if name not in self._pipeline.tasks:  # the factory's own
            place = self._mapping(str(config.get("mapped_task", "")).rpartition(".")[2])
            return [Setting((*top, key), replace(place, value=value)) for key, value in config.items()]
        task = self._pipeline.tasks[name]
        layer = self._file.part("task", task.spec, ("tasks", name))
        found = self._arguments(task, layer)
        sections: list[str] = []
        if task.kind != "operator":
            sections = ["snowflake"]
            if task.kind != "sql":
                target = task.target or group or self._variant.targets[0]
                found.append(self._target(task, layer, target))
                sections.append(target)
        for section in sections:
            found += laid([*self._layers, layer], (section,))
        said = {key for setting in found for key in setting.path[: 2 if setting.path[0] in sections else 1]}
        for key, value in config.items():
            if key == "dependencies":
                found += self._dependencies(task, layer, value)
            elif key in (SNOWFLAKE_ARGUMENT, SQL_ARGUMENT) and key not in said:
                if "connection" not in said:
                    found.append(self._connection((key,), value, self._layers))
            elif key not in said | _OTHER_NAMES and value not in (None, {}):
                found.append(by_factory((key,), value))
        return [setting.below(top) for setting in found]

    def _mapping(self, name: str) -> Origin:
        """Return the place that makes the factory add a task which lists what another one is mapped over."""
        task = self._pipeline.tasks.get(name)
        key = next((key for key in ("expand", "expand_kwargs") if task and key in task.spec), None)
        if task is None or key is None:
            return Origin(FACTORY, None)
        origin = self._file.part("task", task.spec, ("tasks", name)).origin((key,), None)
        return replace(origin, layer=FACTORY, note="")

    def _arguments(self, task: Task, layer: Layer) -> list[Setting]:
        """Return what a task says itself, over the default arguments."""
        sections = ("snowflake", *TARGETS, "target", "dependencies") if task.kind != "operator" else ("dependencies",)
        found = []
        taken: list[Setting] = []
        defaults = [replace(one, path=one.path[2:]) for one in laid(self._layers, ("dag", "default_args"))]
        for key, value in task.spec.items():
            if key in sections:
                continue
            under = [one for one in defaults if one.path[0] == key]
            taken += under
            over = tuple(origin for one in under for origin in (one.origin, *one.over))
            for label, path, inner in leaves(value, (key,), (key,)):
                found.append(Setting(label, layer.origin(path, inner), over))
        return found + [one for one in defaults if one not in taken]

    def _target(self, task: Task, layer: Layer, target: str) -> Setting:
        """Return which layer says where a task runs."""
        said = [one for one in (*self._layers[2:], layer) if "target" in one.spec]
        if not said or (task.target and "target" not in task.spec):  # only this one runs its kind
            return by_factory(("target",), target)
        named = [one.origin(("target",), one.spec["target"]) for one in reversed(said)]
        return Setting(("target",), replace(named[0], value=target), tuple(named[1:]))

    def _dependencies(self, task: Task, layer: Layer, ids: Iterable[str]) -> Iterator[Setting]:
        """Return for each task that a task waits for what says so: a name, or a template with its result."""
        results = {
            parts[1]: (path, parts, file)
            for path, text, file in reversed(task_templates(task, self._root))
            for parts in names(text)
            if parts[0] == "outputs" and len(parts) > 1
        }
        for index, task_id in enumerate(ids):
            name = task_id if task_id in self._pipeline.tasks else task_id.partition(".")[2]
            path: KeyPath = ("dependencies", index)
            if name in task.dependencies:
                place = ("dependencies", task.dependencies.index(name))
                yield Setting(path, replace(layer.origin(place, task_id), note=""))
            elif (group := self._group(task, name)) is not None:
                place = ("dependencies", task.dependencies.index(group))
                yield Setting(path, replace(layer.origin(place, task_id), note=f"of the group {group}"))
            elif name in results:
                where, parts, file = results[name]
                origin = replace(layer.origin(where[2:], task_id), layer=FACTORY)
                note = f"its result is used: {'.'.join(parts)}{f' in {file}' if file else ''}"
                yield Setting(path, replace(origin, note=note))
            else:
                yield by_factory(path, task_id)

    def _group(self, task: Task, name: str) -> str | None:
        """Return the group that a task names as a dependency and that another one is in."""
        return next((one for one in task.dependencies if name in self._pipeline.groups.get(one, ())), None)

    def _connection(self, path: KeyPath, value: Any, given: Sequence[Layer]) -> Setting:
        """Return an argument that the factory fills with `snowflake.connection`."""
        found = [one for one in laid(given, ("snowflake",)) if one.path == ("snowflake", "connection")]
        if not found:
            return by_factory(path, value if value is not None else DEFAULT_CONNECTION)
        note = "; ".join(filter(None, ("as snowflake.connection", found[0].origin.note)))
        return replace(found[0], path=path, origin=replace(found[0].origin, note=note))


def _file(project: Project, word: str, checked: Checked, spec: Mapping[str, Any]) -> Layer:
    document = read(checked.path)
    written = document.value if isinstance(document, Document) else {}
    return Layer(word, spec, (), checked.name, written, positions(checked.text), project.variables)


def _added(compiled: Mapping[str, Any], said: Mapping[str, Any], path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    """Return what a compiled mapping has that the merged one has not."""
    for key, value in compiled.items():
        given = said.get(key)
        if isinstance(value, Mapping) and not given:
            yield from _added(value, {}, (*path, key))
        elif isinstance(value, Mapping) and isinstance(given, Mapping) and "__type__" not in value:
            yield from _added(value, given, (*path, key))
        elif isinstance(value, list) and isinstance(given, list) and len(value) > len(given):
            yield (*path, key), value[len(given) :]
        elif key not in said:
            yield (*path, key), value


def _spelled(path: KeyPath) -> str:
    """Write a path in dots; what is no plain word, or the name of a list's item, in brackets."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.startswith("["):
            text += part
        elif "." in part and text != "tasks":
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def _shown(value: Any) -> str:
    """Write a value in one line, as YAML does."""
    if any("\n" in text for text in strings(value)):
        text = json.dumps(value, ensure_ascii=False, default=str)
    else:
        dumped = yaml.safe_dump(value, default_flow_style=True, width=1e9, sort_keys=False, allow_unicode=True)
        text = dumped.removesuffix("\n").removesuffix("\n...")
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
