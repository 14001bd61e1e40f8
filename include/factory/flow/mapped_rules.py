"""Trigger rules of mapped tasks: when the task runs that finds what another one is mapped over.

To Airflow that task is one more before the mapped one. Under any rule but the usual one it would count: it succeeds
where a rule asks whether anything succeeded, and is not run where results beside failed ones are just what is wanted.
So it decides by the mapped task's rule, after the same tasks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from include.factory.pipeline import Pipeline

USUAL = "all_success"
_OF_WHOLE_RESULTS = {"one_success": "all_done_min_one_success", "one_done": "all_done", "always": "all_done"}
"""Rules that do not wait for all tasks, and what they are where results are mapped over, which are whole only then."""
_OF_NO_SUCCESS = ("all_failed", "all_skipped")


def trigger_rule(config: Mapping[str, Any], default_args: Mapping[str, Any]) -> str:
    """Return the rule of a task; `config` as it is compiled, `default_args` of its DAG."""
    of_all = default_args.get("trigger_rule", USUAL)
    return str(config.get("trigger_rule", (config.get("partial") or {}).get("trigger_rule", of_all)))


def items_rule(rule: str, used: Sequence[str], before: Sequence[str]) -> tuple[str, list[str]]:
    """Return when the task runs that finds what another one is mapped over.

    Args:
        rule: The mapped task's rule.
        used: Ids of the tasks whose results it is mapped over.
        before: Ids of the tasks that it waits for, without those that choose it: they skip what they did not choose.

    Returns:
        A trigger rule, and the tasks that it is about.
    """
    if rule in (USUAL, "one_failed"):  # one that succeeds changes neither
        return USUAL, list(used)
    return _OF_WHOLE_RESULTS.get(rule, rule) if used else rule, list(dict.fromkeys([*used, *before]))


def own_rule(rule: str) -> str:
    """Return the mapped task's own rule, where one that succeeded is before it: it is skipped if that one is."""
    return "all_done" if rule in _OF_NO_SUCCESS else rule


def chooses(pipeline: Pipeline, name: str) -> bool:
    """Whether a task chooses which of those right after it run.

    Args:
        pipeline: The pipeline.
        name: The task's name.

    Returns:
        True for functions with `branches`, and for Airflow's branch operators, which all have it in their names.
    """
    task = pipeline.tasks.get(name)
    if task is None:
        return False
    return "branches" in task.spec or (task.kind == "operator" and "Branch" in str(task.action).rpartition(".")[2])
