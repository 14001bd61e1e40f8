"""Sums a run up: a table for people, a mapping for programs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from include.local.metadata import TaskRun

RESULT_WIDTH = 76


def summarize(dag_id: str, run_id: str, started: datetime, seconds: float, tasks: list[TaskRun]) -> dict[str, Any]:
    """What programs want to know about a run.

    Args:
        dag_id: the DAG.
        run_id: the run.
        started: when it started.
        seconds: how long it took, from the command to its end.
        tasks: its tasks, in the order in which they started.

    Returns:
        `dag_id`, `run_id`, `state`, `started`, `seconds`, `tasks` (`task_id`, `state`, `seconds`, `tries`, `result`),
        `metrics` (by task, of results that have them) and `rows` (by task, of results that count them).
    """
    results = {task.task_id: task.result for task in tasks if isinstance(task.result, dict)}
    succeeded = bool(tasks) and all(task.state in ("success", "skipped") for task in tasks)
    return {
        "dag_id": dag_id,
        "run_id": run_id,
        "state": "success" if succeeded else "failed",
        "started": started.isoformat(),
        "seconds": round(seconds, 1),
        "tasks": [
            {
                "task_id": task.task_id,
                "state": task.state,
                "seconds": None if task.seconds is None else round(task.seconds, 2),
                "tries": task.try_number,
                "result": task.result,
            }
            for task in tasks
        ],
        "metrics": {task_id: result["metrics"] for task_id, result in results.items() if "metrics" in result},
        "rows": {task_id: result["rows"] for task_id, result in results.items() if "rows" in result},
    }


def as_table(summary: dict[str, Any]) -> str:
    """A run's summary for people.

    Args:
        summary: what `summarize` gave.

    Returns:
        Lines of text: a line a task, then the metrics, then the state of the run.
    """
    width = max([len(task["task_id"]) for task in summary["tasks"]] + [4])
    lines = ["", f"{'task':{width}}  {'state':15} {'seconds':>8}  result"]
    for task in summary["tasks"]:
        seconds = "" if task["seconds"] is None else f"{task['seconds']:.1f}"
        lines.append(f"{task['task_id']:{width}}  {task['state']:15} {seconds:>8}  {_short(task['result'])}".rstrip())
    for task_id, models in summary["metrics"].items():
        lines += ["", f"{task_id}:"]
        for model, measured in models.items():
            lines.append(f"  {model:20} " + "  ".join(f"{name} {value:,.3f}" for name, value in measured.items()))
    return "\n".join([*lines, "", f"{summary['dag_id']}: {summary['state']} in {summary['seconds']:.0f} s"])


def _short(result: Any) -> str:
    if result is None:
        return ""
    text = json.dumps(result, ensure_ascii=False)
    return text if len(text) <= RESULT_WIDTH else text[: RESULT_WIDTH - 1] + "…"
