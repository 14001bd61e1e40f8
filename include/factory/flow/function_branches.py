"""`branches` of a python_callable: the tasks and groups that its function chooses from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.flow.graph import first_tasks, upstream
from include.factory.flow.groups import name_hint
from include.factory.flow.mapping import is_mapped
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.python.function_bodies import returned_texts
from include.factory.python.modules import Definition


def compiled_branches(
    task: Task, pipeline: Pipeline, root: Path, ids: Callable[[str], list[str]]
) -> dict[str, dict[str, list[str]]]:
    """Return what an operator gets for a task's `branches`.

    Args:
        task: The task.
        pipeline: Its pipeline.
        root: The project root.
        ids: From a task's name to its ids in the DAG.

    Returns:
        For each name the ids of the tasks that begin what it stands for; nothing for a task without branches.
    """
    found = {
        name: [task_id for first in first_tasks(pipeline, name, root) for task_id in ids(first)]
        for name in task.spec.get("branches") or ()
    }
    return {"branches": found} if found else {}


def function_branch_diagnostics(pipeline: Pipeline, all_tasks: set[str], root: Path) -> Iterator[Diagnostic]:
    """Check the branches of all tasks of a pipeline.

    Args:
        pipeline: The pipeline.
        all_tasks: All names under `tasks`, those left out of the pipeline included.
        root: The project root.

    Returns:
        A mistake for each branch that is not there or would run whatever is chosen, and for each task that would be
        skipped whatever is chosen.
    """
    for task in pipeline.tasks.values():
        path: KeyPath = ("tasks", task.name, "branches")
        if "branches" not in task.spec or task.kind != "python_callable":
            continue
        if is_mapped(task):
            message = "A mapped task has no branches: each of its instances would skip them for all."
            hint = "Let a task after it choose, by `{{ outputs." + task.name + " }}`."
            yield Diagnostic(path, message, hint, "misplaced-key", on="key")
            continue
        wrong = [
            one
            for index, name in enumerate(task.spec["branches"])
            for one in _branch(name, (*path, index), task, pipeline, all_tasks, root)
        ]
        yield from wrong or _always_skipped(task, pipeline, root)


def returned_branch_diagnostics(task: Task, settings: Settings) -> Iterator[Diagnostic]:
    """Check the names that a function is seen to return.

    Args:
        task: A task with a function.
        settings: What its pipeline lies over.

    Returns:
        A mistake for each that is none of the task's branches.
    """
    if "branches" not in task.spec or task.kind != "python_callable":
        return
    definition = settings.callables.find(task.action)
    if not isinstance(definition, Definition):
        return
    for text, line in returned_texts(definition):
        if text not in task.spec["branches"]:
            message = f"`{task.action}` returns `{text}` ({definition.module.path.name}:{line}), none of its branches."
            hint = "Add it to `branches`, or let the function return one of them."
            yield Diagnostic(("tasks", task.name, "branches"), message, hint, "unknown-branch")


def _branch(
    name: str, path: KeyPath, task: Task, pipeline: Pipeline, all_tasks: set[str], root: Path
) -> Iterator[Diagnostic]:
    if name not in all_tasks and name not in pipeline.groups:
        kinds = "task or group" if pipeline.groups else "task"
        message = f"`{task.name}` has the branch `{name}`, and no {kinds} has that name."
        yield Diagnostic(path, message, name_hint(name, task, pipeline, all_tasks), "unknown-task")
        return
    if name == task.name or task.name in pipeline.groups.get(name, ()):
        message = f"`{name}` is the task itself." if name == task.name else f"`{task.name}` is in `{name}` itself."
        yield Diagnostic(path, message, "Name the tasks after it.", "not-downstream")
        return
    if name in pipeline.tasks and pipeline.tasks[name].teardown_of:
        message = f"`{name}` is a teardown, which runs whatever `{task.name}` returns."
        yield Diagnostic(path, message, "Remove it.", "not-downstream")
        return
    for first in first_tasks(pipeline, name, root):
        if first in pipeline.tasks and task.name not in upstream(pipeline, pipeline.tasks[first], root):
            of = f", of the group `{name}`," if name in pipeline.groups else ""
            message = f"`{first}`{of} does not wait for `{task.name}`: it would run whatever that one returns."
            yield Diagnostic(path, message, f"Give `{first}` the line `dependencies: [{task.name}]`.", "not-downstream")


def _always_skipped(task: Task, pipeline: Pipeline, root: Path) -> Iterator[Diagnostic]:
    """Tasks that wait for the one with branches, and for none of these: Airflow skips them whatever is chosen."""
    waits = {one.name: set(upstream(pipeline, one, root)) for one in pipeline.tasks.values()}
    after = {first for name in task.spec["branches"] for first in first_tasks(pipeline, name, root)}
    while more := {name for name, before in waits.items() if before & after} - after:
        after |= more
    for name, before in waits.items():
        if task.name in before and name not in after and not pipeline.tasks[name].teardown_of:
            message = f"`{name}` waits for `{task.name}`, and is none of its branches: it would always be skipped."
            hint = f"Add `{name}` to `branches`, or let it wait for one of them."
            yield Diagnostic(("tasks", task.name, "branches"), message, hint, "always-skipped", on="key")
