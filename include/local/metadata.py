"""Reads a local run back from Airflow's metadata database (SQLite), while it runs and after it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class TaskRun:
    """One task of one run.

    Attributes:
        task_id: with its groups, such as `snowpark.train`.
        state: Airflow's word for it; `none` before it was looked at.
        try_number: 1 is the first try.
        seconds: how long the last try ran, or None if it did not end.
        result: its return value (XCom), or None.
    """

    task_id: str
    state: str
    try_number: int
    seconds: float | None
    result: Any


def run_id_of(home: Path, dag_id: str, moment: datetime) -> str | None:
    """The run of a DAG with a logical date.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        moment: the logical date, in UTC.

    Returns:
        The run's id, or None if there is no such run yet.
    """
    with closing(_open(home)) as database:
        rows = database.execute("SELECT run_id, logical_date FROM dag_run WHERE dag_id = ? ORDER BY id DESC LIMIT 20", (dag_id,)).fetchall()
    for run_id, logical_date in rows:
        if logical_date and datetime.fromisoformat(logical_date).replace(tzinfo=UTC) == moment:
            return str(run_id)
    return None


def task_runs(home: Path, dag_id: str, run_id: str) -> list[TaskRun]:
    """The tasks of a run, in the order in which they started.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        run_id: the run.

    Returns:
        One entry a task; tasks that did not start come last.
    """
    with closing(_open(home)) as database:
        rows = database.execute(
            """
            SELECT task.task_id, COALESCE(task.state, 'none'), task.try_number, task.duration, result.value
            FROM task_instance AS task
            LEFT JOIN xcom AS result
            ON result.dag_id = task.dag_id AND result.run_id = task.run_id AND result.task_id = task.task_id
            AND result.map_index = task.map_index AND result.key = 'return_value'
            WHERE task.dag_id = ? AND task.run_id = ?
            ORDER BY task.start_date IS NULL, task.start_date, task.task_id
            """,
            (dag_id, run_id),
        ).fetchall()
    return [TaskRun(task_id, state, tries, seconds, _decoded(value)) for task_id, state, tries, seconds, value in rows]


def _open(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{home / 'airflow.db'}?mode=ro", uri=True, timeout=10)


def _decoded(value: Any) -> Any:
    if not isinstance(value, str):
        return value  # SQLite gives a number as one
    decoded = json.loads(value)
    return _plain(json.loads(decoded) if isinstance(decoded, str) and decoded[:1] in '{["' else decoded)


def _plain(value: Any) -> Any:
    """Lists in place of the tuples that Airflow marks as such in an XCom (its rows of SQL results)."""
    if isinstance(value, dict):
        if value.get("__classname__") == "builtins.tuple":
            return _plain(value["__data__"])
        return {key: _plain(below) for key, below in value.items()}
    return [_plain(below) for below in value] if isinstance(value, list) else value
