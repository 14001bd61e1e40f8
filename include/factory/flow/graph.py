"""The graph of a pipeline's tasks: who waits for whom, which tasks stand in no task group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from include.factory.diagnostics import KeyPath
from include.factory.pipeline import TEXTS, Pipeline, Task, remembered
from include.factory.sql import is_file, sql_text
from include.factory.templates.jinja import is_template, names

_NAMES = ("dependencies", "group", "branches", "teardown_of")
"""Keys of a task that hold names of tasks and groups, never templates."""


@remembered
def task_templates(task: Task, root: Path) -> tuple[tuple[KeyPath, str, str], ...]:
    """All templates of a task, those in its `.sql` files included.

    Args:
        task: The task.
        root: The project root.

    Returns:
        Path of the key in the pipeline, template, and the file it is in if that is another one, else empty.
    """
    found = []
    for path, text in _strings(task.spec, ("tasks", task.name)):
        if path[2] in TEXTS or path[2] in _NAMES:
            continue
        file = text.strip() if task.kind == "sql" and path[2] == "sql" and is_file(text) else ""
        template = sql_text(text, root) if file else text
        if is_template(template):
            found.append((path, template, file))
    return tuple(found)


@remembered
def task_names(task: Task, root: Path) -> frozenset[tuple[str, ...]]:
    """Return the names that a task's templates use.

    Args:
        task: The task.
        root: The project root.

    Returns:
        Dotted names as tuples: ("params", "x"), ("outputs", "train", "model"), ("target",).
    """
    return frozenset(name for _, text, _ in task_templates(task, root) for name in names(text))


@remembered
def upstream(pipeline: Pipeline, task: Task, root: Path) -> list[str]:
    """Return the tasks a task waits for: those it names, and those whose outputs it uses.

    Of a group that it names, the tasks that no other of the group follows.

    Args:
        pipeline: The pipeline.
        task: One of its tasks.
        root: The project root.

    Returns:
        Names of tasks that exist, each once, the named ones first.
    """
    named = named_tasks(pipeline, task, root)
    return [name for name in dict.fromkeys([*named, *used_tasks(task, root)]) if name in pipeline.tasks]


@remembered
def named_tasks(pipeline: Pipeline, task: Task, root: Path) -> list[str]:
    """Return the tasks that a task names as dependencies or setups, those of groups included; arguments as above."""
    return [one for name in (*task.dependencies, *task.teardown_of) for one in last_tasks(pipeline, name, root)]


@remembered
def used_tasks(task: Task, root: Path) -> list[str]:
    """Return the names of the tasks whose outputs a task's templates use."""
    return sorted({parts[1] for parts in task_names(task, root) if parts[0] == "outputs" and len(parts) > 1})


@remembered
def last_tasks(pipeline: Pipeline, name: str, root: Path) -> list[str]:
    """Return the tasks of a group that no other task of it follows; of any other name that alone.

    Teardowns count for nothing, as in Airflow: what comes after the group waits for its work alone; for them, if it has
    no other tasks.
    """
    if name not in pipeline.groups:
        return [name]
    tasks = pipeline.groups[name]
    work = [one for one in tasks if not pipeline.tasks[one].teardown_of] or tasks
    followed: set[str] = set()
    for one in work:
        followed |= _before(pipeline, pipeline.tasks[one], root)
    return [one for one in work if one not in followed]


@remembered
def first_tasks(pipeline: Pipeline, name: str, root: Path) -> list[str]:
    """Return the tasks of a group that wait for no other task of it; of any other name that alone."""
    if name not in pipeline.groups:
        return [name]
    tasks = pipeline.groups[name]
    return [one for one in tasks if not set(tasks) & _before(pipeline, pipeline.tasks[one], root) - {one}]


@remembered
def _before(pipeline: Pipeline, task: Task, root: Path) -> set[str]:
    """Return what a task names and uses, and all tasks of groups it names.

    Each of these is followed: by the task itself, or by another one of its group.
    """
    named = {one for name in (*task.dependencies, *task.teardown_of) for one in pipeline.groups.get(name, [name])}
    return named.union(used_tasks(task, root))


@remembered
def shared_tasks(pipeline: Pipeline, root: Path) -> set[str]:
    """Return the tasks that run once where a variant has several targets.

    A task runs once if no target decides anything about it: it is pinned or the same everywhere (`sql`, `operator`),
    does not mention `{{ target }}`, and waits for no task that runs per target. The teardown of tasks that run once may
    wait for any: it runs once, too, after the tasks of all targets.

    Args:
        pipeline: A pipeline without cycles.
        root: The project root.

    Returns:
        The names of these tasks.
    """
    shared: set[str] = set()
    for name in in_order(pipeline, root):
        task = pipeline.tasks[name]
        everywhere = task.kind in ("sql", "operator") or task.target is not None
        mentions_target = any(parts[0] == "target" for parts in task_names(task, root))
        waits = [*task.teardown_of, *used_tasks(task, root)] if task.teardown_of else upstream(pipeline, task, root)
        if everywhere and not mentions_target and shared.issuperset(waits):
            shared.add(name)
    return shared


def before_all(pipeline: Pipeline, name: str, root: Path) -> set[str]:
    """Return all tasks that must be done before one.

    Args:
        pipeline: The pipeline.
        name: The name of the task.
        root: The project root.

    Returns:
        Names of tasks: those it waits for, those these wait for, and so on.
    """
    found: set[str] = set()
    left = [name]
    while left:
        new = set(upstream(pipeline, pipeline.tasks[left.pop()], root)) - found
        found |= new
        left += new
    return found


def before_each(pipeline: Pipeline, root: Path) -> dict[str, set[str]]:
    """Return for each task of a pipeline without cycles what `before_all` returns of it."""
    found: dict[str, set[str]] = {}
    for name in in_order(pipeline, root):
        waits = upstream(pipeline, pipeline.tasks[name], root)
        found[name] = set(waits).union(*(found[one] for one in waits))
    return found


@remembered
def in_order(pipeline: Pipeline, root: Path) -> list[str]:
    """Return the tasks, each after all it waits for.

    Args:
        pipeline: The pipeline.
        root: The project root.

    Returns:
        Names of tasks; those on a cycle, and what waits for them, are left out.
    """
    after: dict[str, list[str]] = defaultdict(list)
    left: dict[str, int] = {}
    for name, task in pipeline.tasks.items():
        before = upstream(pipeline, task, root)
        left[name] = len(before)
        for one in before:
            after[one].append(name)
    places = {name: place for place, name in enumerate(pipeline.tasks)}
    done: list[str] = []
    ready = [name for name, count in left.items() if count == 0]
    while ready:
        done += ready
        freed = []
        for one in ready:
            for name in after[one]:
                left[name] -= 1
                if left[name] == 0:
                    freed.append(name)
        ready = sorted(freed, key=places.__getitem__)
    return done


def cycles(pipeline: Pipeline, root: Path) -> list[list[str]]:
    """Cycles of tasks.

    Args:
        pipeline: The pipeline.
        root: The project root.

    Returns:
        Cycles without a task in common; each as names in the order of running, the first again at the end.
    """
    ordered = set(in_order(pipeline, root))
    if len(ordered) == len(pipeline.tasks):
        return []
    before = {
        name: [one for one in upstream(pipeline, task, root) if one not in ordered]
        for name, task in pipeline.tasks.items()
    }
    found = []
    seen = ordered
    for start in pipeline.tasks:
        path: list[str] = []
        name: str | None = start
        while name is not None and name not in seen and name not in path:
            path.append(name)
            name = before[name][0] if before[name] else None
        if name in path:
            found.append([*path[path.index(name) :], name][::-1])
        seen = seen | set(path)
    return found


def _strings(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _strings(inner, (*path, index))
