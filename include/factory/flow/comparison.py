"""The comparison of targets that run side by side: which tables it compares, and which tasks it waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from include.factory.flow.graph import before_all, first_tasks, in_order, shared_tasks, upstream
from include.factory.flow.mapping import is_mapped
from include.factory.pipeline import Pipeline, Task, Variant
from include.factory.templates.jinja import fill, names

COMPARE = "compare"
"""The id of the task that compares."""
_CHOOSES = re.compile(r"Branch|ShortCircuit")
"""What is in the name of an operator that may skip the tasks after it."""


def compared_outputs(pipeline: Pipeline, variant: Variant, root: Path) -> list[dict[str, Any]]:
    """Return what a variant with several targets compares: what has the target in its name.

    Args:
        pipeline: The pipeline.
        variant: One of its variants.
        root: The project root.

    Returns:
        For each such task what `include.tasks.compare.compare_tables` is told of it; nothing unless there are two
        targets or more.
    """
    if len(variant.targets) < 2:
        return []
    words = {"variant": variant.name or ""}
    found = []
    for task, table in _outputs(pipeline, shared_tasks(pipeline, root)):
        if is_mapped(task):  # a table for each instance: what the run wrote
            table = f"{{{{ outputs['{task.name}'] | map(attribute='table') | list }}}}"
        tables = {
            target: fill(table, {**words, "target": target}, f"{target}.{{}}".format) for target in variant.targets
        }
        found.append({"task": task.name, "tables": tables, "asked": _asked(task)})
    return found


def _asked(task: Task) -> dict[str, Any]:
    output = task.spec.get("output") or {}
    return {key: output[key] for key in ("keep", "column") if output.get(key)}


def compared_after(pipeline: Pipeline, shared: set[str], root: Path) -> list[str]:
    """Return the tasks that the comparison waits for, in each target's group.

    Args:
        pipeline: The pipeline.
        shared: Its tasks that run once.
        root: The project root.

    Returns:
        The names of the last tasks, but of no teardown, and of none that a condition or a choice may skip, with which
        the comparison would be skipped; and of those that write what is compared, where none of these waits for them.
    """
    unsure = _may_be_skipped(pipeline, root)
    work = [name for name, task in pipeline.tasks.items() if name not in shared | unsure and not task.teardown_of]
    followed = {name for one in work for name in upstream(pipeline, pipeline.tasks[one], root)}
    last = [name for name in work if name not in followed]
    done = {name for one in last for name in (one, *before_all(pipeline, one, root))}
    return [*last, *(task.name for task, _ in _outputs(pipeline, shared) if task.name not in done)]


def _outputs(pipeline: Pipeline, shared: set[str]) -> Iterator[tuple[Task, str]]:
    """Tasks with an output that is each target's own, and the output's table."""
    for task in pipeline.tasks.values():
        # The checks ask for pipelines with mistakes, too: a refused output is left out of the task.
        table = task.spec.get("output", {}).get("table") if task.kind == "batch_callable" else None
        if isinstance(table, str) and task.name not in shared and ("target",) in names(table):
            yield task, table


def _may_be_skipped(pipeline: Pipeline, root: Path) -> set[str]:
    """Tasks that a condition or a choice may skip, and those that are skipped with them."""
    chosen = {
        first
        for task in pipeline.tasks.values()
        for name in task.spec.get("branches") or ()
        for first in first_tasks(pipeline, name, root)
    }
    found: set[str] = set()
    for name in in_order(pipeline, root):
        task = pipeline.tasks[name]
        before = upstream(pipeline, task, root)
        after_choice = any(_CHOOSES.search(str(pipeline.tasks[one].action).rpartition(".")[2]) for one in before)
        with_others = task.spec.get("trigger_rule", "all_success") == "all_success" and not found.isdisjoint(before)
        if task.spec.get("run_if", True) is not True or name in chosen or after_choice or with_others:
            found.add(name)
    return found
