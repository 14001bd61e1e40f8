"""Tasks that an operator's arguments name, such as `follow_task_ids_if_true`.

Checked, and written as ids of the DAG's tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.flow.graph import shared_tasks, upstream
from include.factory.pipeline import Pipeline, Task, Variant
from include.factory.templates.jinja import is_template

_LISTS = ("follow_task_ids_if_true", "follow_task_ids_if_false")
"""Arguments of BranchDateTimeOperator, BranchDayOfWeekOperator and BranchSQLOperator: a task, or a list of tasks."""
_MAPPING = "options_mapping"
"""HITLBranchOperator's: a task for each answer."""


def branch_diagnostics(pipeline: Pipeline, all_tasks: set[str], root: Path) -> Iterator[Diagnostic]:
    """Check the tasks that operators' arguments name.

    Args:
        pipeline: The pipeline.
        all_tasks: All names under `tasks`, those left out of the pipeline included.
        root: The project root.

    Returns:
        A mistake for each name that is no task's, for each task that Airflow would not follow as it does not wait for
        the one that names it while others do, and for each answer that would have to be two tasks.
    """
    grouped = [variant for variant in pipeline.variants if variant.grouped]
    shared = shared_tasks(pipeline, root) if grouped else set(pipeline.tasks)
    for task in pipeline.tasks.values():
        for path, name in _named(task):
            if name not in all_tasks:
                if any(name not in _ids(pipeline, variant, shared) for variant in pipeline.variants):
                    hint = hint_by_name(name.rpartition(".")[2], all_tasks - {task.name}, "tasks")
                    yield Diagnostic(
                        path, f"`{task.name}` names `{name}`, and no task has that name.", hint, "unknown-task"
                    )
            elif name in pipeline.tasks and _unseen(name, task, pipeline, root):
                message = (
                    f"`{name}` does not wait for `{task.name}`: Airflow would skip what does, and not see this name."
                )
                hint = f"Give `{name}` the line `dependencies: [{task.name}]`, or name a task that has it."
                yield Diagnostic(path, message, hint, "not-downstream")
            elif _MAPPING in path and task.name in shared and name in pipeline.tasks and name not in shared:
                message = f"`{name}` is a task for each target, and an answer names one task."
                hint = (
                    f"Let `{task.name}` run for each target too: mention `{{{{ target }}}}` in it, in `body` for one."
                )
                yield Diagnostic(path, message, hint, "several-tasks")


def with_ids(arguments: Mapping[str, Any], ids: Callable[[str], list[str]]) -> dict[str, Any]:
    """Write the tasks that arguments name as their ids.

    Args:
        arguments: An operator's; not changed.
        ids: Gives the ids that a name stands for: several for one of a task that runs once, of tasks that run for each
            target.

    Returns:
        The arguments with ids.
    """
    found = dict(arguments)
    for key in _LISTS:
        if key in found:
            found[key] = _listed(found[key], ids)
    if isinstance(found.get(_MAPPING), dict):
        found[_MAPPING] = {answer: _listed(name, ids) for answer, name in found[_MAPPING].items()}
    return found


def _listed(value: Any, ids: Callable[[str], list[str]]) -> Any:
    if isinstance(value, str):
        there = ids(value)
        return there[0] if len(there) == 1 else there
    return (
        [one for name in value for one in (ids(name) if isinstance(name, str) else [name])]
        if isinstance(value, list)
        else value
    )


def _named(task: Task) -> Iterator[tuple[KeyPath, str]]:
    """Return the tasks that an `operator:` task's arguments name, with their places.

    Templates are known at the run only.
    """
    for path, key, value in task.given() if task.kind == "operator" else ():
        parts: list[tuple[str | int | None, Any]] = []
        if key in _LISTS:
            parts = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        elif key == _MAPPING and isinstance(value, dict) and str(task.action).endswith(".HITLBranchOperator"):
            parts = list(value.items())
        for part, name in parts:
            if isinstance(name, str) and not is_template(name):
                yield (path if part is None else (*path, part)), name


def _unseen(name: str, task: Task, pipeline: Pipeline, root: Path) -> bool:
    """Whether Airflow would skip all that waits for a task, as it follows a name neither among them nor before one."""
    waits = {one.name: upstream(pipeline, one, root) for one in pipeline.tasks.values()}
    waiting = [one for one, before in waits.items() if task.name in before]
    return bool(waiting) and name not in waiting and not any(name in waits[one] for one in waiting)


def _ids(pipeline: Pipeline, variant: Variant, shared: set[str]) -> set[str]:
    """Return the ids that are no names of tasks: those of a variant's task groups, and of the tasks in them."""
    if not variant.grouped:
        return set()
    inside = {f"{target}.{name}" for target in variant.targets for name in pipeline.tasks if name not in shared}
    return inside | set(variant.targets)
