"""Warns of a task that waits for several branches of a choice: it is skipped whenever one of them is."""

from __future__ import annotations

from collections.abc import Iterator

from include.factory import layers
from include.factory.diagnostics import Diagnostic
from include.factory.graph import before_all, first_tasks, upstream
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings

_SKIPPED_WITH_ANY = "all_success"


def join_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Look for tasks that only run if a function chooses several of its branches.

    Args:
        pipeline: A pipeline without mistakes.
        settings: What it lies over.

    Returns:
        A warning for each.
    """
    dag = layers.section("dag", *settings.layers, pipeline.spec)
    rule = (dag.get("default_args") or {}).get("trigger_rule", _SKIPPED_WITH_ANY)
    for choice in pipeline.tasks.values():
        if "branches" not in choice.spec:
            continue
        for task in pipeline.tasks.values():
            if task.spec.get("trigger_rule", rule) == _SKIPPED_WITH_ANY and not task.teardown_of:
                yield from _join(task, choice, pipeline, settings)


def _join(task: Task, choice: Task, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Report a task that waits for two tasks of different branches."""
    of: dict[str, set[str]] = {}
    for one in upstream(pipeline, task, settings.root):
        there = {one, *before_all(pipeline, one, settings.root)}
        of[one] = {
            name
            for name in choice.spec["branches"]
            if not there.isdisjoint(first_tasks(pipeline, name, settings.root) if name in pipeline.groups else [name])
        }
    for one, branches in of.items():
        other = next((name for name, others in of.items() if branches and others and not branches & others), None)
        if other is not None:
            message = f"`{task.name}` waits for `{one}` and `{other}`, of different branches of `{choice.name}`: it is"
            hint = "Give it `trigger_rule: none_failed_min_one_success`, if it is to run after any of them."
            path = ("tasks", task.name)
            yield Diagnostic(
                path, f"{message} skipped when one of them is.", hint, "skipped-join", on="key", level="warning"
            )
            return
