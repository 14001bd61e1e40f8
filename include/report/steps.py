"""Sums up the tasks of a run: a row each, the instances of a mapped one together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from include.report.costs import Part, Prices, cost_of, merged, summed
from include.report.runs import Run, TaskTry, covered
from include.report.targets import Targets
from include.report.values import amount, mapping, text, total

PHASES = ("queued_seconds", "startup_seconds", "work_seconds", "teardown_seconds")
SUMS = (
    *PHASES,
    "cpu_seconds",
    "statements",
    "warehouse_seconds",
    "rows_read",
    "rows_written",
    "bytes_read",
    "bytes_written",
)
"""Measures that add up over instances and tasks."""
ENDED_WELL = ("success",)
NOT_RUN = ("skipped", "upstream_failed", "removed", "none", "scheduled", "queued")
LISTED = 200
"""Instances of a mapped task that a report lists one by one."""
DAY = 24 * 3600.0


def steps_of(run: Run, targets: Targets, prices: Prices) -> list[dict[str, Any]]:
    """Return a row for each task of a run.

    Args:
        run: the run.
        targets: its targets.
        prices: the prices.

    Returns:
        In the order in which the tasks started. Figures of a mapped task are sums over its instances, `memory_bytes`
        the most that one used, `wall_seconds` the time in which one of them ran at least. None is not known; `lacking`
        names the figures that are not known of all instances.
    """
    instances: dict[str, list[TaskTry]] = {}
    for task in run.tasks:
        instances.setdefault(task.task_id, []).append(task)
    return [_step(task_id, found, run, targets, prices) for task_id, found in instances.items()]


def measured(task: TaskTry) -> dict[str, float | None]:
    """Return the figures of one try, phases and all: what it measured, and what Airflow's database tells.

    Args:
        task: the try.

    Returns:
        `seconds` from the start to the end, the `PHASES` and the other `SUMS`; None for what is not known.
    """
    measures = mapping(task.measures)
    found = {key: amount(measures.get(key)) for key in SUMS}
    found["seconds"] = seconds = seconds_of(task)
    if found["queued_seconds"] is None and task.queued and task.started and task.queued <= task.started:
        # Else it was queued once more after a deferral, and when it was first is not kept.
        found["queued_seconds"] = (task.started - task.queued).total_seconds()
    startup, work = found["startup_seconds"], found["work_seconds"]
    if seconds is not None and startup is not None and work is not None:
        found["teardown_seconds"] = max(seconds - startup - work, 0.0)
    return found


def ran_at_all(task: TaskTry) -> bool:
    """Return whether a try has run or runs: one that was cleared still has the times of the one before it.

    Args:
        task: the try.

    Returns:
        False for one that was passed over, or waits.
    """
    return task.started is not None and task.state not in NOT_RUN


def seconds_of(task: TaskTry) -> float | None:
    """Return how long a try took, from its first start, as it measured it.

    Airflow keeps that start too, but where a task goes on after a deferral without arguments: its figure then begins
    anew, and what came before is missing.

    Args:
        task: the try.

    Returns:
        Seconds, or None if it did not run or did not end.
    """
    first = amount(mapping(task.measures).get("started"))
    if task.seconds is None or task.ended is None or first is None:
        return task.seconds
    since = task.ended.timestamp() - first
    return since if task.seconds <= since < DAY else task.seconds


def sums(steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Sum up several tasks.

    Args:
        steps: rows as `steps_of` gives them.

    Returns:
        The `SUMS`, `memory_bytes` (the most) and `lacking`.
    """
    ran = [step for step in steps if step["ran"]]
    found: dict[str, Any] = {}
    lacking = []
    for key in SUMS:
        summed_up = total(step[key] for step in ran)
        found[key] = summed_up.value
        if not summed_up.complete or any(key in step["lacking"] for step in ran):
            lacking.append(key)
    found["memory_bytes"] = max(
        (step["memory_bytes"] for step in ran if step["memory_bytes"] is not None), default=None
    )
    return {**found, "lacking": lacking}


def wall(tasks: Iterable[TaskTry]) -> float:
    """Return the time in which at least one of several tasks ran.

    Args:
        tasks: the tasks.

    Returns:
        Seconds.
    """
    return covered(_span(task, seconds) for task in tasks if task.started and (seconds := seconds_of(task)) is not None)


def _span(task: TaskTry, seconds: float) -> tuple[datetime, float]:
    assert task.started is not None
    return task.started, seconds


def _step(task_id: str, found: list[TaskTry], run: Run, targets: Targets, prices: Prices) -> dict[str, Any]:
    ran = [task for task in found if ran_at_all(task)]
    each = [measured(task) for task in ran]
    summed_up = {key: total(one[key] for one in each) for key in ("seconds", *SUMS)}
    earlier = [task for task in run.earlier if task.task_id == task_id]
    memory = [amount(mapping(task.measures).get("memory_bytes")) for task in ran]
    known = [value for value in memory if value is not None]
    states = Counter(task.state for task in found)
    lacking = [key for key, one in summed_up.items() if not one.complete]
    return {
        "task_id": task_id,
        "step": targets.step(task_id),
        "target": targets.of_task(found[0]),
        "ran_on": _one_of(ran, "target"),
        "run_as": _one_of(ran, "run_as"),
        "state": next(iter(states)) if len(states) == 1 else "mixed",
        "states": dict(states),
        "instances": None if found[0].map_index < 0 else len(found),
        "tries": max(task.try_number for task in found),
        "earlier_tries": len(earlier),
        "earlier_seconds": total(task.seconds for task in earlier).value,
        "ran": bool(ran),
        "started": min((task.started for task in ran if task.started), default=None),
        "wall_seconds": wall(ran) if ran and summed_up["seconds"].value is not None else None,
        **{key: one.value for key, one in summed_up.items()},
        "memory_bytes": max(known, default=None),
        "memory_limit": _of_pod(ran, "memory_limit"),
        "memory_request": _of_pod(ran, "memory_request"),
        "cpu_request": _of_pod(ran, "cpu_request"),
        "cpu_limit": _of_pod(ran, "cpu_limit"),
        "node": text(_pod(ran).get("node")),
        "image": text(_pod(ran).get("image")),
        "image_pull_seconds": _of_pod(ran, "image_pull_seconds"),
        "warehouse": _one_of(ran, "warehouse"),
        "warehouse_size": _one_of(ran, "warehouse_size"),
        "version": _one_of(ran, "version"),
        "lacking": lacking + (["memory_bytes"] if len(known) < len(memory) else []),
        "cost": summed(_costs(ran, each, earlier, prices)),
        "listed": _listed(found) if found[0].map_index >= 0 else [],
    }


def _costs(
    ran: list[TaskTry], each: list[dict[str, float | None]], earlier: list[TaskTry], prices: Prices
) -> list[Part]:
    parts: list[Part] = []
    for task, figures in zip(ran, each, strict=True):
        if task.measures:
            parts += cost_of(task.measures, figures["seconds"], prices)
        else:
            parts.append(Part("task", None, "not known: the task measured nothing"))
    found = list(merged(parts))
    if earlier:
        found.append(Part("earlier tries", None, f"not known: {len(earlier):,} earlier tries"))
    return found


def _listed(found: list[TaskTry]) -> list[dict[str, Any]]:
    return [
        {"map_index": task.map_index, "label": text(task.label), "state": task.state, "seconds": seconds_of(task)}
        for task in found[:LISTED]
    ]


def _pod(ran: list[TaskTry]) -> Mapping[str, Any]:
    return next((pod for task in ran if (pod := mapping(mapping(task.measures).get("pod")))), {})


def _of_pod(ran: list[TaskTry], key: str) -> float | None:
    return amount(_pod(ran).get(key))


def _one_of(ran: list[TaskTry], key: str) -> str | None:
    """Return what all instances say, or the first of them that says anything."""
    return next((found for task in ran if (found := text(mapping(task.measures).get(key)))), None)
