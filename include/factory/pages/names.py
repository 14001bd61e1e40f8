"""From the ids of a DAG's tasks back to what the pipeline calls them."""

from __future__ import annotations

from collections.abc import Iterator

from include.constants import MAPPED_ITEMS
from include.factory.config import Config
from include.factory.pipeline import Variant


def name_of(task_id: str, variant: Variant) -> str:
    """Return the name of a task: its id, without the target that it is in the group of."""
    target, _, name = task_id.partition(".")
    return name if variant.grouped and name and target in variant.targets else task_id


def waits_for(task: Config, tasks: dict[str, Config]) -> Iterator[str]:
    """Return the ids of the tasks that a compiled task waits for.

    In place of those that only find what it is mapped over, what these wait for.
    """
    for task_id in task.get("dependencies", ()):
        if tasks[task_id]["operator"] == MAPPED_ITEMS:
            yield from waits_for(tasks[task_id], tasks)
        else:
            yield task_id
