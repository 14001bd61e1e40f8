"""Checks dynamic task mapping: what a task is mapped over, and that each instance does something of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.flow.graph import task_names
from include.factory.flow.mapping import ITEMS, is_mapped, mapped_names
from include.factory.pipeline import Pipeline, Task
from include.factory.sql import sql_text
from include.factory.templates.jinja import is_expression, names, strings

_OF_MAPPED = ("partial", "map_index_template")
"""Keys that only mapped tasks have."""
_PARAM = re.compile(r"\s*\{\{-?\s*params\.(\w+)\s*-?\}\}\s*")
"""A param as a whole."""
_ARGUMENTS = {"python_callable": "op_kwargs", "sql": "parameters"}
"""What an instance's values are added to, by the kind of the task."""


def mapping_diagnostics(pipeline: Pipeline, root: Path) -> Iterator[Diagnostic]:
    """Check the mapped tasks of a pipeline.

    Args:
        pipeline: The pipeline.
        root: The project root.

    Returns:
        What is wrong with what they are mapped over, and instances that would all do the same.
    """
    for task in pipeline.tasks.values():
        path = ("tasks", task.name)
        if not is_mapped(task):
            for key in _OF_MAPPED:
                if key in task.spec and (task.kind == "operator" or key != "partial"):
                    message = f"`{key}` is for tasks with `expand`."
                    hint = "Add `expand`, or give the arguments directly." if key == "partial" else "Add `expand`."
                    yield Diagnostic((*path, key), message, hint, "unknown-mapped", on="key")
            continue
        if "expand" in task.spec and "expand_kwargs" in task.spec:
            message = "`expand` and `expand_kwargs` are two ways to map a task."
            yield Diagnostic((*path, "expand_kwargs"), message, "Remove one of them.", "wrong-expand", on="key")
            continue
        yield from _lists(task, pipeline)
        yield from _taken_names(task, pipeline)
        yield from _given_twice(task)
        yield from _the_same(task, root)


def _lists(task: Task, pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Check that each value is a list, or can give one."""
    over: list[tuple[KeyPath, Any]] = [
        (("tasks", task.name, "expand", name), value) for name, value in (task.spec.get("expand") or {}).items()
    ]
    over.append((("tasks", task.name, "expand_kwargs"), task.spec.get("expand_kwargs")))
    for path, value in over:
        if isinstance(value, str) and not is_expression(value):
            source = value.removesuffix(".output")  # as dag-factory has it
            example = f"outputs.{source}" if source not in (value, task.name, "") else "outputs.<task>"
            message = f"The task cannot be mapped over `{value}`."
            hint = f"Write a list, or one expression that gives a list: `{{{{ {example} }}}}`."
            yield Diagnostic(path, message, hint, "wrong-expand")
        elif isinstance(value, str) and (param := _PARAM.fullmatch(value)):
            given = pipeline.params.get(param[1])
            default = given.get("default") if isinstance(given, dict) else given
            if isinstance(default, str | int | float):
                message = f"The task cannot be mapped over `{value}`: it is `{default}`, and no list."
                hint = f"Write the param as a list: `{param[1]}: {{default: [{default}], type: array}}`."
                yield Diagnostic(path, message, hint, "wrong-expand")


def _taken_names(task: Task, pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Check the names of the tasks that the factory puts before a mapped one."""
    expand = task.spec.get("expand") or {}
    added = [task.name + ITEMS]
    if task.kind == "operator" and expand:
        added = [f"{task.name}_{name}{ITEMS}" for name, over in expand.items() if isinstance(over, str)]
    for name in added:
        if name in pipeline.tasks:
            message = f"`{name}` is the task that finds what `{task.name}` is mapped over."
            yield Diagnostic(("tasks", name), message, "Give this task another name.", "taken-name", on="key")
        elif name in pipeline.groups:
            message = f"`{name}` is the task that finds what `{task.name}` is mapped over."
            where = ("tasks", next(iter(pipeline.groups[name]), ""), "group")
            yield Diagnostic(where, message, "Give the group another name.", "taken-name")


def _given_twice(task: Task) -> Iterator[Diagnostic]:
    key = _ARGUMENTS.get(task.kind, "partial")
    given = task.spec.get(key) or {}
    path = ("tasks", task.name, key)
    if isinstance(given, list):
        message = f"`{key}` of a mapped task are a mapping, as its instances add theirs by name."
        yield Diagnostic(path, message, "Write `parameters: {name: value}`, and `%(name)s` in the SQL.", "wrong-type")
        return
    others = set(given) if isinstance(given, dict) else set()
    if task.kind == "operator":
        others |= set(task.spec)
    for name in mapped_names(task) or ():
        if name in others:
            message = f"`{name}` is given to all instances, and to each its own."
            where = (*path, name) if isinstance(given, dict) and name in given else ("tasks", task.name, name)
            yield Diagnostic(where, message, "Remove one of them.", "given-twice", on="key")


def _the_same(task: Task, root: Path) -> Iterator[Diagnostic]:
    """Check that instances differ in what they do: else they overwrite each other, or do the same again."""
    example = next(iter(mapped_names(task) or ("name",)))
    if task.kind == "batch_callable":
        table = task.spec.get("output", {}).get("table")
        if isinstance(table, str) and not any(parts[0] == "mapped" for parts in names(table)):
            message = f"Each instance of `{task.name}` would replace `{table}`."
            hint = f"Put the instance's value into the name: `{{{{ mapped.{example} }}}}`."
            yield Diagnostic(("tasks", task.name, "output", "table"), message, hint, "same-for-all")
    elif task.kind == "container" and not any(parts[0] == "mapped" for parts in task_names(task, root)):
        message = f"Each instance of `{task.name}` would run the same."
        hint = f"Write `{{{{ mapped.{example} }}}}` in its `args` or `env`."
        yield Diagnostic(("tasks", task.name, "container"), message, hint, "same-for-all")
    elif task.kind == "sql" and not isinstance(task.spec.get("parameters"), list):
        texts = [sql_text(text, root) for text in strings(task.action)]
        placeholders = any(re.search(r"%\(\w+\)s", text) for text in texts)
        if not placeholders and not any(parts[0] == "mapped" for parts in task_names(task, root)):
            message = f"Each instance of `{task.name}` would run the same SQL."
            hint = f"Write `%({example})s` for a value, or `{{{{ mapped.{example} }}}}` within a name."
            yield Diagnostic(("tasks", task.name, "sql"), message, hint, "same-for-all")


def mapped_reference(parts: tuple[str, ...], task: Task) -> Diagnostic | None:
    """Check `{{ mapped.name }}` in a template of a task.

    Args:
        parts: The reference: `mapped`, and the path after it.
        task: The task.

    Returns:
        What is wrong, its message to follow the reference; None if nothing is.
    """
    if not is_mapped(task):
        return Diagnostic((), "has no value: the task is not mapped.", "Add `expand`, or remove it.", "unknown-mapped")
    if task.kind == "operator":
        message = "is for our own kinds of task: an operator gets an instance's values as its arguments."
        return Diagnostic((), message, "Write `{{ task.<argument> }}`, where Airflow renders it.", "unknown-mapped")
    known = mapped_names(task)
    if known is not None and len(parts) > 1 and parts[1] not in known:
        hint = hint_by_name(parts[1], set(known), "mapped values")
        return Diagnostic((), "is no value that the task is mapped over.", hint, "unknown-mapped")
    return None
