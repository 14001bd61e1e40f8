"""Groups of tasks: what is checked of them, and the task groups they are compiled to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from include.factory.diagnostics import Diagnostic, hint_by_name
from include.factory.pipeline import Pipeline, Task, with_parents
from include.factory.targets import TARGETS


def group_diagnostics(pipeline: Pipeline, all_tasks: set[str]) -> Iterator[Diagnostic]:
    """Check the groups that tasks are in.

    Args:
        pipeline: The pipeline.
        all_tasks: All names under `tasks`, those left out of the pipeline included.

    Returns:
        A mistake for each group with a name that is taken, in the first task that is in it.
    """
    seen: set[str] = set()
    for task in pipeline.tasks.values():
        first = (task.group or "").partition(".")[0]
        if not first or first in seen:
            continue
        seen.add(first)
        if first in all_tasks:
            message = f"The group `{first}` has the name of a task."
        elif first in TARGETS:
            message = f"The group `{first}` has the name of a target, whose own group it would be in side by side."
        else:
            continue
        yield Diagnostic(("tasks", task.name, "group"), message, "Give the group another name.", "taken-name")


def dependency_diagnostics(pipeline: Pipeline, all_tasks: set[str]) -> Iterator[Diagnostic]:
    """Check the tasks and groups that tasks name as dependencies; arguments as above.

    Returns:
        A mistake for each that is not there, that is the task itself, or a group that the task is in.
    """
    for task in pipeline.tasks.values():
        for index, name in enumerate(task.dependencies):
            path = ("tasks", task.name, "dependencies", index)
            if name == task.name:
                yield Diagnostic(
                    path, f"`{name}` depends on itself.", "Remove it from its own dependencies.", "self-dependency"
                )
            elif name in pipeline.groups and task.name in pipeline.groups[name]:
                message = f"`{task.name}` depends on the group `{name}`, which it is in itself."
                hint = "Name the tasks of the group that it waits for."
                yield Diagnostic(path, message, hint, "self-dependency")
            elif name not in all_tasks and name not in pipeline.groups:
                message = f"`{task.name}` depends on `{name}`, and no task {'or group ' * bool(pipeline.groups)}has"
                hint = name_hint(name, task, pipeline, all_tasks)
                yield Diagnostic(path, f"{message} that name.", hint, "unknown-dependency")


def name_hint(name: str, task: Task, pipeline: Pipeline, all_tasks: set[str]) -> str:
    """Return the hint for a name that is neither a task's nor a group's: those it could have been."""
    others = {group for group, names in pipeline.groups.items() if task.name not in names}
    return hint_by_name(name, (all_tasks - {task.name}) | others, "tasks and groups" if others else "tasks")


def group_id(task: Task, target: str | None) -> str | None:
    """Return the id of the task group that a task is in.

    Args:
        task: The task.
        target: The target whose group it is in; None if it runs once.

    Returns:
        Such as `snowpark.ingest`; None if it is in no group.
    """
    return ".".join(filter(None, (target, task.group))) or None


def task_groups(ids: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    """Return dag-factory's configuration of task groups.

    Args:
        ids: The ids of the groups that tasks are in.

    Returns:
        By id, those that hold others before them. Ids of tasks get no prefix: a task that moves into a group keeps its
        id, and with it its history.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in ids:
        for whole in with_parents(one) if one else ():
            parent, _, name = whole.rpartition(".")
            nested = {"parent_group_name": parent, "group_display_name": name} if parent else {}
            found[whole] = {"prefix_group_id": False, **nested}
    return found
