"""From the marks of a task to its phases, and to tables."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

Mark = list[Any]


def first(marks: list[Mark], name: str, about: str = "") -> float | None:
    """When a mark was set first."""
    return next((mark[1] for mark in marks if mark[0] == name and about in mark[2]), None)


def last(marks: list[Mark], name: str) -> float | None:
    """When a mark was set last."""
    return next((mark[1] for mark in reversed(marks) if mark[0] == name), None)


def phases(run: dict[str, Any]) -> dict[str, float | None]:
    """Seconds of each phase, in their order; each ends where the next begins."""
    marks = run["marks"]
    pod = any(mark[0].startswith("create_pod") for mark in marks)
    python = [mark[1] for mark in marks if mark[0] == "python"]
    login = first(marks, "login.begin")
    points: list[tuple[str, float | None]] = [
        ("process", first(marks, "parse.begin")),
        ("parse", first(marks, "parse.end")),
        ("render", first(marks, "execute_task.begin")),
        ("prepare", first(marks, "create_pod.end" if pod else "child.begin")),
        ("start of interpreter" if not pod else "start of pod", python[-1] if python else None),
        ("imports", login),
        ("log-in", first(marks, "login.end")),
        ("work, measures", first(marks, "close.begin")),
        ("close", first(marks, "close.end")),
        ("exit", last(marks, "exit") if pod else first(marks, "child.end")),
    ]
    if pod:
        points += [
            ("end is seen", first(marks, "await_xcom_sidecar_container_start.begin")),
            ("result", last(marks, "extract_xcom_kill.end") or last(marks, "extract_xcom_json.end")),
            ("deletion", last(marks, "delete_pod.end")),
        ]
    points += [("state is told", first(marks, "finalize.begin"))]
    found, before = {}, 0.0
    for name, moment in points:
        found[name] = None if moment is None else moment - before
        before = before if moment is None else moment
    return found


def statements(run: dict[str, Any]) -> int:
    """How many statements the task sent."""
    return sum(mark[0] == "statement.begin" for mark in run["marks"])


def requests(run: dict[str, Any]) -> int:
    """How many requests it sent to the API server of Kubernetes."""
    return sum(mark[0] == "request.begin" for mark in run["marks"])


def seconds(run: dict[str, Any]) -> float:
    """From the executor's start of the task until Airflow is told its state; what the process does then is no one's."""
    return first(run["marks"], "finalize.begin") or float(run["seconds"])


def cpu(run: dict[str, Any]) -> float:
    """CPU seconds of all its processes: Airflow's, the interpreter's and, until it ends, the pod's."""
    pod = any(mark[0] == "create_pod.begin" for mark in run["marks"])
    inside = [float(mark[2]) for mark in run["marks"] if mark[0] == "exit"] if pod else []
    return float(run["cpu"]) + sum(inside)


def figures(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians, by task, and of the ratios to the run by hand beside it, which the same load slows down."""
    by_task = defaultdict(list)
    for run in runs:
        by_task[run["name"]].append(run)
    found = {task: _median(several) for task, several in by_task.items()}
    for task, several in by_task.items():
        by_hand = by_task[task.replace("ours", "by hand")]
        for name, measure in (("seconds", seconds), ("cpu", cpu)):
            ratios = [measure(ours) / measure(theirs) for ours, theirs in zip(several, by_hand, strict=True)]
            found[task][f"{name} to by hand"] = statistics.median(ratios)
    return found


def _median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    each = [phases(run) for run in runs]
    return {
        "runs": len(runs),
        "seconds": statistics.median(map(seconds, runs)),
        "cpu": statistics.median(map(cpu, runs)),
        "statements": statistics.median(map(statements, runs)),
        "requests": statistics.median(map(requests, runs)),
        "phases": {
            name: statistics.median(known)
            for name in each[0]
            if (known := [one[name] for one in each if one.get(name) is not None])
        },
    }


def table(found: dict[str, Any]) -> str:
    """Tables in Markdown: tasks, and their phases."""
    columns = "task", "seconds", "to by hand", "CPU seconds", "to by hand", "statements", "requests to Kubernetes"
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for task, figure in found.items():
        cells = [task, f"{figure['seconds']:.2f}", f"{figure['seconds to by hand']:.2f}"]
        cells += [f"{figure['cpu']:.2f}", f"{figure['cpu to by hand']:.2f}"]
        cells += [f"{figure['statements']:.0f}", f"{figure['requests']:.0f}"]
        lines.append(f"| {' | '.join(cells)} |")
    for wanted in (False, True):
        tasks = [task for task in found if ("pod" in task) == wanted]
        names = list(dict.fromkeys(name for task in tasks for name in found[task]["phases"]))
        if tasks:
            lines += ["", "| phase | " + " | ".join(tasks) + " |", "|---" * (len(tasks) + 1) + "|"]
            for name in names:
                each = [found[task]["phases"].get(name) for task in tasks]
                lines.append(f"| {name} | " + " | ".join("" if one is None else f"{one:.2f}" for one in each) + " |")
    return "\n".join(lines)
