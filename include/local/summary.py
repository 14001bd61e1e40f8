"""Sums a run up: a table for people, a mapping for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from include.report.runs import TaskTry, covered

RESULT_WIDTH = 76


@dataclass(frozen=True)
class Used:
    """What was seen of a run besides what Airflow keeps.

    Attributes:
        targets: the target of each task that one decides about, by its id.
        memory: megabytes that its function used at most, by the task's name.
        snowflake: megabytes that the embedded Snowflake used at most, its Python workers included; None if unknown.
    """

    targets: Mapping[str, str] = field(default_factory=dict)
    memory: Mapping[str, int] = field(default_factory=dict)
    snowflake: int | None = None


def summarize(
    dag_id: str, run_id: str, state: str, started: datetime, seconds: float, tasks: Sequence[TaskTry], used: Used
) -> dict[str, Any]:
    """Return what programs want to know about a run.

    Args:
        dag_id: the DAG.
        run_id: the run.
        state: Airflow's verdict on it: a run may succeed although a task failed, if its last tasks run all the same.
        started: when it started.
        seconds: how long it took, from the command to its end.
        tasks: its tasks, in the order in which they started.
        used: what else was seen of it.

    Returns:
        `dag_id`, `run_id`, `state`, `started`, `seconds`, `tasks` (`task_id`, `map_index`, `shown`, `state`, `seconds`,
        `tries`, `memory_mb`, `result`), `metrics` (by task, of results that have them), `rows` (by task, of results
        that count them), `targets` (by target, `seconds` in which a task of it ran and `memory_mb`, the most that a
        function of it used) and `snowflake_memory_mb`.
    """
    results = {task.name: task.result for task in tasks if isinstance(task.result, dict)}
    return {
        "dag_id": dag_id,
        "run_id": run_id,
        "state": state,
        "started": started.isoformat(),
        "seconds": round(seconds, 1),
        "tasks": [
            {
                "task_id": task.task_id,
                "map_index": None if task.map_index < 0 else task.map_index,
                "shown": task.shown,
                "state": task.state,
                "seconds": None if task.seconds is None else round(task.seconds, 2),
                "tries": task.try_number,
                "memory_mb": used.memory.get(task.name),
                "result": task.result,
            }
            for task in tasks
        ],
        "metrics": {name: result["metrics"] for name, result in results.items() if "metrics" in result},
        "rows": {name: result["rows"] for name, result in results.items() if "rows" in result},
        "targets": _targets(tasks, used),
        "snowflake_memory_mb": used.snowflake,
    }


def as_table(summary: dict[str, Any]) -> str:
    """Return a run's summary for people.

    Args:
        summary: what `summarize` gave.

    Returns:
        Lines of text: a line a task, then the metrics, what the targets took, and the state of the run.
    """
    names = [task["shown"] for task in summary["tasks"]]
    width = max([*map(len, names), 4])
    lines = ["", f"{'task':{width}}  {'state':15} {'seconds':>8}  result"]
    for name, task in zip(names, summary["tasks"], strict=True):
        seconds = "" if task["seconds"] is None else f"{task['seconds']:.1f}"
        lines.append(f"{name:{width}}  {task['state']:15} {seconds:>8}  {_short(task['result'])}".rstrip())
    for name, metrics in summary["metrics"].items():
        lines += ["", f"{name}:", *_measured(metrics)]
    if summary["targets"]:
        lines += ["", *_taken(summary)]
    return "\n".join([*lines, "", f"{summary['dag_id']}: {summary['state']} in {summary['seconds']:.0f} s"])


def _targets(tasks: Sequence[TaskTry], used: Used) -> dict[str, dict[str, Any]]:
    found = {}
    for target in dict.fromkeys(used.targets.values()):
        ran = [task for task in tasks if used.targets.get(task.task_id) == target]
        memory = [used.memory[task.name] for task in ran if task.name in used.memory]
        if ran:
            found[target] = {"seconds": round(_seconds(ran), 1), "memory_mb": max(memory, default=None)}
    return found


def _seconds(tasks: Sequence[TaskTry]) -> float:
    return covered((task.started, task.seconds) for task in tasks if task.started and task.seconds is not None)


def _taken(summary: dict[str, Any]) -> list[str]:
    lines = [
        f"{target}: {taken['seconds']:.1f} s"
        + (f", its functions at most {taken['memory_mb']:,} MB of memory" if taken["memory_mb"] else "")
        for target, taken in summary["targets"].items()
    ]
    if summary["snowflake_memory_mb"]:
        lines.append(f"embedded Snowflake: at most {summary['snowflake_memory_mb']:,} MB of memory")
    return lines


def _measured(metrics: Any) -> list[str]:
    """Return a line a model where metrics are numbers by model and name; else as they are.

    A function may call anything metrics.
    """
    if not isinstance(metrics, dict):
        return [f"  {_short(metrics)}"]
    return [
        f"  {model:20} " + (_numbers(found) if isinstance(found, dict) else _number(found))
        for model, found in metrics.items()
    ]


def _numbers(measured: dict[str, Any]) -> str:
    return "  ".join(f"{name} {_number(value)}" for name, value in measured.items())


def _number(value: Any) -> str:
    return f"{value:,.3f}" if isinstance(value, int | float) and not isinstance(value, bool) else _short(value)


def _short(result: Any) -> str:
    if result is None:
        return ""
    text = json.dumps(result, ensure_ascii=False)
    return text if len(text) <= RESULT_WIDTH else text[: RESULT_WIDTH - 1] + "…"
