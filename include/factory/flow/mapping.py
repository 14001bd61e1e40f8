"""Dynamic task mapping: `expand` and `expand_kwargs`, written for dag-factory.

What a task is mapped over is a list in the file, or comes of a template. Airflow maps over literal lists and over a
task's whole result; so a template gets a task of its own, `<task>_items`, whose result is what the template gives.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from include.constants import MAPPED_ITEMS
from include.factory.config import Config
from include.factory.flow.mapped_rules import items_rule, own_rule
from include.factory.pipeline import Task
from include.factory.templates.jinja import names

ITEMS = "_items"
"""What the name of the task before a mapped one ends in."""


def is_mapped(task: Task) -> bool:
    """Whether a task has an instance for each of several values."""
    return "expand" in task.spec or "expand_kwargs" in task.spec


def mapped_names(task: Task) -> tuple[str, ...] | None:
    """Return the names of the values that an instance of a task has.

    Args:
        task: The task.

    Returns:
        The names in the order of the file; none for a task that is not mapped; None if only the run knows them.
    """
    if isinstance(expand := task.spec.get("expand"), dict):
        return tuple(expand)
    rows = task.spec.get("expand_kwargs")
    if isinstance(rows, str):
        return None
    return tuple(dict.fromkeys(name for row in rows or () if isinstance(row, dict) for name in row))


def common_names(task: Task) -> set[str]:
    """Return the names that each instance has a value for; arguments as above."""
    rows = [row for row in task.spec.get("expand_kwargs") or () if isinstance(row, dict)]
    return set.intersection(*map(set, rows)) if rows else set(mapped_names(task) or ())


def mapped_over(task: Task) -> Any:
    """Return what an instance of a task has values from.

    Args:
        task: The task; no `operator`, of which each name may have a list of its own.

    Returns:
        A list of mappings from names to values, or an expression that gives one at the run; None for a task that is not
        mapped.
    """
    if not is_mapped(task):
        return None
    rows, expand = task.spec.get("expand_kwargs"), task.spec.get("expand") or {}
    if isinstance(rows, str) or not all(isinstance(over, list) for over in expand.values()):
        return f"{{{{ outputs['{task.name}{ITEMS}'] | default([]) }}}}"
    return rows if rows is not None else _combinations(expand)


def used_outside(task: Task, task_names: frozenset[tuple[str, ...]]) -> set[str]:
    """Return the tasks whose results a task itself needs, those left out that only say what it is mapped over.

    Args:
        task: The task.
        task_names: The names in all its templates.

    Returns:
        Names of tasks.
    """
    if not is_mapped(task):
        return {parts[1] for parts in task_names if parts[0] == "outputs" and len(parts) > 1}
    rest = {key: value for key, value in task.spec.items() if key not in ("expand", "expand_kwargs")}
    own = set(names(rest))
    over = set(names(_over(task)))
    return {
        parts[1]
        for parts in task_names
        if parts[0] == "outputs" and len(parts) > 1 and (parts in own or parts not in over)
    }


def with_items(
    task: Task,
    task_id: str,
    config: Config,
    ids: Callable[[str], list[str]],
    group: str | None,
    rule: str,
    before: list[str],
) -> dict[str, Config]:
    """Write a mapped task for dag-factory.

    Args:
        task: The task.
        task_id: Its id in the DAG.
        config: What it is compiled to, `expand` and `expand_kwargs` as the pipeline has them.
        ids: From a task's name to its ids in the DAG.
        group: The DAG's task group that it is in, or None.
        rule: Its trigger rule.
        before: Ids of the tasks that it waits for, without those that choose it.

    Returns:
        Configurations by id: of the tasks that find what it is mapped over, then its own; only its own if the file
        says what it is mapped over, or it is not mapped.
    """
    items: dict[str, Config] = {}

    def listed(name: str, over: Any, written: Any, shape: str) -> str:
        """Add a task that finds a list; return what dag-factory takes for its result."""
        used = sorted({parts[1] for parts in names(written) if parts[0] == "outputs" and len(parts) > 1})
        when, after = items_rule(rule, [one for used_task in used for one in ids(used_task)], before)
        found: Config = {
            "operator": MAPPED_ITEMS,
            "mapped_task": task.name,
            "over": over,
            "shape": shape,
            "encode": task.kind != "operator",
            "trigger_rule": when,  # said always: that of `default_args` may be another
            "dependencies": after,
        }
        if group is not None:
            found["task_group_name"] = group
        if task_id != task.name:
            found["task_display_name"] = f"{task.name}{name}"
        items[f"{task_id}{name}"] = found
        return f"{task_id}{name}.output"

    config = dict(config)
    rows = config.pop("expand_kwargs", None)
    expand = config.pop("expand", None)
    if isinstance(rows, str):
        rows = listed(ITEMS, rows, task.spec["expand_kwargs"], "rows")
    if task.kind == "operator":
        if rows is not None:
            config["expand_kwargs"] = rows
        if expand is not None:
            config["expand"] = {
                name: listed(f"_{name}{ITEMS}", over, task.spec["expand"][name], "values")
                if isinstance(over, str)
                else over
                for name, over in expand.items()
            }
    elif rows is not None:
        config["expand"] = {"mapped": rows}
    elif expand is not None:
        written = all(isinstance(over, list) for over in expand.values())
        mapped = _combinations(expand) if written else listed(ITEMS, expand, task.spec["expand"], "combinations")
        config["expand"] = {"mapped": mapped}
    if items:
        config["dependencies"] = [*config.get("dependencies", []), *items]
        if (own := own_rule(rule)) != rule:
            (config["partial"] if "trigger_rule" in (config.get("partial") or {}) else config)["trigger_rule"] = own
    return {**items, task_id: config}


def _over(task: Task) -> Any:
    return [task.spec.get("expand"), task.spec.get("expand_kwargs")]


def _combinations(lists: Mapping[str, list[Any]]) -> list[Config]:
    return [dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())]
