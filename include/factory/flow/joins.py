"""Warns of a task that waits for several branches of a choice: it is skipped whenever one of them is."""

from __future__ import annotations

from collections.abc import Iterator

from include.factory.diagnostics import Diagnostic
from include.factory.flow.graph import before_all, first_tasks, upstream
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.sections import below

_SKIPPED_WITH_ANY = "all_success"


def join_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Look for tasks that only run if a function chooses several of its branches.

    Args:
        pipeline: A pipeline without mistakes.
        settings: What it lies over.

    Returns:
        A warning for each.
    """
    dag = below(pipeline, None, settings).section("dag")
    rule = (dag.get("default_args") or {}).get("trigger_rule", _SKIPPED_WITH_ANY)
    for choice in pipeline.tasks.values():
        if "branches" not in choice.spec:
            continue
        for task in pipeline.tasks.values():
            if task.spec.get("trigger_rule", rule) == _SKIPPED_WITH_ANY and not task.teardown_of:
                yield from _join(task, choice, pipeline, settings)


def _join(task: Task, choice: Task, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Report a task that waits for tasks of different branches, or is one branch and waits for another."""
    root = settings.root
    begins = {name: set(first_tasks(pipeline, name, root)) for name in choice.spec["branches"]}

    def of(tasks: set[str]) -> set[str]:
        return {name for name, first in begins.items() if tasks & first}

    branches = {one: of({one, *before_all(pipeline, one, root)}) for one in upstream(pipeline, task, root)}
    parts = [(task.name, of({task.name})), *branches.items()]
    for one, own in parts:
        other = next((name for name, others in branches.items() if own and others and not own & others), None)
        if other is not None:
            waits = f"is a branch of `{choice.name}` and waits for `{other}`, of another one"
            if one != task.name:
                waits = f"waits for `{one}` and `{other}`, of different branches of `{choice.name}`"
            message = f"`{task.name}` {waits}: it is skipped when one of them is."
            hint = "Give it `trigger_rule: none_failed_min_one_success`, if it is to run after any of them."
            if one == task.name:
                hint = "Give it `trigger_rule: none_failed`, if it is to run without that one."
            yield Diagnostic(("tasks", task.name), message, hint, "skipped-join", on="key", level="warning")
            return
