"""Finds in the log of `airflow dags test` why a task failed."""

from __future__ import annotations

import re

LAST_LINES = 15
"""Lines of an error that are shown: its end says what was wrong and what to do."""

_MEMORY = re.compile(r"used at most ([\d,]+) MB of memory")
"""What the runtime says of a function (`include.runtime.memory`): in the interpreter, in a pod and in a procedure."""

_STAMPED = re.compile(r"^\d{4}-\d\d-\d\dT\S+ \[")


def task_error(log: str, task_id: str, map_index: int = -1) -> str:
    """Return the end of the error that a task's last try raised, without Airflow's own frames.

    Args:
        log: the whole log of the run.
        task_id: the task.
        map_index: which instance of a mapped task; -1 of one that is not mapped.

    Returns:
        Up to `LAST_LINES` lines; empty if the log has no error of that task.
    """
    lines = of_task(log, task_id, map_index).splitlines()
    raised = next((i for i, line in enumerate(lines) if "Task failed with exception" in line), None)
    return "" if raised is None else "\n".join(_message(lines[raised + 1 :])[-LAST_LINES:])


def of_task(log: str, task_id: str, map_index: int = -1) -> str:
    """Return what the last try of a task logged.

    Args:
        log: the whole log of the run.
        task_id: the task.
        map_index: which instance of a mapped task; -1 of one that is not mapped.

    Returns:
        The part of the log; empty if it has none of that task.
    """
    instance = rf"task_id={re.escape(task_id)} map_index={map_index}(?!\d)"
    *before, last_try = re.split(rf"\[DAG TEST\] starting {instance}", log)
    return re.split(rf"\[DAG TEST\] end task {instance}", last_try)[0] if before else ""


def most_memory(log: str) -> int | None:
    """Return the most memory that a function of a task used.

    Args:
        log: what the task logged.

    Returns:
        Megabytes, of the interpreter or the procedure that used more; None if the log does not say.
    """
    return max((int(found.replace(",", "")) for found in _MEMORY.findall(log)), default=None)


def _message(lines: list[str]) -> list[str]:
    """Return the lines of the exception itself.

    After the frames of the traceback that Airflow prints, up to its next log line.
    """
    end = next((i for i, line in enumerate(lines) if _STAMPED.match(line)), len(lines))
    raised = next((i for i, line in enumerate(lines[:end]) if line and not line.startswith((" ", "Traceback "))), 0)
    return [line for line in lines[raised:end] if line]
