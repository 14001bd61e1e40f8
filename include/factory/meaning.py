"""Checks what a pipeline means: its tasks, their order, and what their templates refer to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2

from include.factory.graph import cycle
from include.factory.mistakes import KeyPath, Mistake, cure_by_name, spelled
from include.factory.pipeline import Pipeline, Task
from include.factory.sql import is_file
from include.factory.templates import is_template, references


def mistakes(pipeline: Pipeline, all_tasks: set[str], root: Path, file: str) -> list[Mistake]:
    """Check a pipeline.

    Args:
        pipeline: The pipeline; parts with a wrong shape already left out.
        all_tasks: All names under `tasks`, those left out included.
        root: The project root.
        file: The pipeline's file, for messages.

    Returns:
        What is wrong with its meaning.
    """
    found = [*_dependencies(pipeline, all_tasks, file), *_templates(pipeline, all_tasks, root, file)]
    return found or [*_cycle(pipeline, root, file)]


def _dependencies(pipeline: Pipeline, all_tasks: set[str], file: str) -> Iterator[Mistake]:
    for task in pipeline.tasks.values():
        for index, name in enumerate(task.dependencies):
            path = ("tasks", task.name, "dependencies", index)
            if name == task.name:
                yield Mistake(file, f"`{name}` depends on itself.", "Remove it from its own dependencies.", "self-dependency", path)
            elif name not in all_tasks:
                message = f"`{task.name}` depends on `{name}`, and no task has that name."
                yield Mistake(file, message, cure_by_name(name, all_tasks - {task.name}, "tasks"), "unknown-dependency", path)


def _cycle(pipeline: Pipeline, root: Path, file: str) -> Iterator[Mistake]:
    names = cycle(pipeline, root)
    if names:
        path = ("tasks", names[1], "dependencies")
        message = f"The tasks wait for each other: {' -> '.join(names)}."
        yield Mistake(file, message, "Remove one of these dependencies (`{{ outputs.… }}` makes one too).", "cycle", path)


def _templates(pipeline: Pipeline, all_tasks: set[str], root: Path, file: str) -> Iterator[Mistake]:
    for task in pipeline.tasks.values():
        for path, text in _strings(task.written, ("tasks", task.name)):
            if path[2] == "doc_md":
                continue
            if is_file(text) and path[2] == "sql":
                yield from _sql_file(pipeline, task, all_tasks, root, file, path, text)
            elif is_template(text):
                yield from _template(pipeline, task, all_tasks, file, path, text, "")


def _sql_file(pipeline: Pipeline, task: Task, all_tasks: set[str], root: Path, file: str, path: KeyPath, name: str) -> Iterator[Mistake]:
    where = root / name.strip()
    if not where.is_file():
        folder = where.parent if where.parent.is_dir() else root / "include" / "tasks"
        near = [found.relative_to(root).as_posix() for found in folder.glob("*.sql")] if folder.is_dir() else []
        message = f"There is no file `{name.strip()}`; paths count from the project root."
        yield Mistake(file, message, cure_by_name(name.strip(), near, "files"), "missing-file", path)
        return
    try:
        text = where.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        yield Mistake(file, f"The file `{name.strip()}` cannot be read: {problem}.", "Save it as UTF-8.", "unreadable", path)
        return
    yield from _template(pipeline, task, all_tasks, file, path, text, f" (in {name.strip()})")


def _template(pipeline: Pipeline, task: Task, all_tasks: set[str], file: str, path: KeyPath, text: str, where: str) -> Iterator[Mistake]:
    try:
        jinja2.Environment().parse(text)
        found = references(text)
    except jinja2.TemplateSyntaxError as problem:
        message = f"The template in `{spelled(path)}`{where} is not Jinja: {problem.message} (line {problem.lineno} of it)."
        yield Mistake(file, message, "Close what is open: `{{ … }}`, `{% … %}`.", "jinja", path)
        return
    for parts in dict.fromkeys(reference.parts for reference in found):
        shown = "{{ " + ".".join(parts[:3]) + " }}"
        if parts[0] == "params" and len(parts) > 1 and parts[1] not in pipeline.params and parts[1] not in dir(dict):
            message = f"`{shown}`{where} refers to a param that the pipeline does not have."
            yield Mistake(file, message, cure_by_name(parts[1], set(pipeline.params), "params"), "unknown-param", path)
        elif parts[0] == "outputs":
            if len(parts) == 1:
                message = f"`outputs` in `{spelled(path)}`{where} names no task."
                yield Mistake(file, message, "Write `{{ outputs.<task>.<key> }}`.", "unknown-output", path)
            elif parts[1] == task.name:
                yield Mistake(file, f"`{shown}`{where} is this task's own result.", "Name a task before it.", "unknown-output", path)
            elif parts[1] not in all_tasks:
                message = f"`{shown}`{where} refers to a task that the pipeline does not have."
                yield Mistake(file, message, cure_by_name(parts[1], all_tasks - {task.name}, "tasks"), "unknown-output", path)
        elif parts[0] == "variant" and pipeline.variants[0].name is None:
            message = f"`{shown}`{where} has no value: the pipeline has no variants."
            yield Mistake(file, message, "Add `variants`, or remove it.", "unknown-variant", path)


def _strings(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _strings(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _strings(below, (*path, index))
