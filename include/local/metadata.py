"""Reads a local run back from Airflow's metadata database (SQLite), while it runs and after it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_BEGUN = "'running', 'queued', 'restarting', 'up_for_retry', 'up_for_reschedule', 'deferred', 'awaiting_input'"
_ENDED = "'success', 'failed', 'skipped', 'upstream_failed', 'removed'"


@dataclass(frozen=True)
class TaskRun:
    """One task of one run.

    Attributes:
        task_id: with its groups, such as `snowpark.train`.
        map_index: which of the instances of a mapped task; -1 of one that is not mapped.
        state: Airflow's word for it; `none` before it was looked at.
        try_number: 1 is the first try.
        seconds: how long the last try ran, or None if it did not end.
        result: its return value (XCom), or None.
        label: what an instance of a mapped task is called (`map_index_template`), or None.
        started: when the last try started, or None if it did not.
    """

    task_id: str
    map_index: int
    state: str
    try_number: int
    seconds: float | None
    result: Any
    label: str | None = None
    started: datetime | None = None

    @property
    def name(self) -> str:
        """Its own name: `load`, or `load[2]` of a mapped task."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"

    @property
    def shown(self) -> str:
        """What people call it: `load[month 3]` where a mapped task says so, else its name."""
        return f"{self.task_id}[{self.label}]" if self.label else self.name


def run_id_of(home: Path, dag_id: str, moment: datetime) -> str | None:
    """Return the run of a DAG with a logical date.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        moment: the logical date, in UTC.

    Returns:
        The run's id, or None if there is no such run yet.
    """
    with closing(_open(home)) as database:
        rows = database.execute(
            "SELECT run_id, logical_date FROM dag_run WHERE dag_id = ? ORDER BY id DESC LIMIT 20", (dag_id,)
        ).fetchall()
    for run_id, logical_date in rows:
        if logical_date and datetime.fromisoformat(logical_date).replace(tzinfo=UTC) == moment:
            return str(run_id)
    return None


def run_state(home: Path, dag_id: str, run_id: str) -> str:
    """Airflow's own verdict on a run.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        run_id: the run.

    Returns:
        `queued`, `running`, `success` or `failed`.
    """
    with closing(_open(home)) as database:
        (state,) = database.execute(
            "SELECT state FROM dag_run WHERE dag_id = ? AND run_id = ?", (dag_id, run_id)
        ).fetchone()
    return str(state)


def task_runs(home: Path, dag_id: str, run_id: str) -> list[TaskRun]:
    """Return the tasks of a run, in the order in which they started.

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
            SELECT
                task.task_id, task.map_index, COALESCE(task.state, 'none'), task.try_number, task.duration,
                result.value, task.rendered_map_index, task.start_date
            FROM task_instance AS task
            LEFT JOIN xcom AS result
            ON result.dag_id = task.dag_id AND result.run_id = task.run_id AND result.task_id = task.task_id
            AND result.map_index = task.map_index AND result.key = 'return_value'
            WHERE task.dag_id = ? AND task.run_id = ?
            ORDER BY task.start_date IS NULL, task.start_date, task.task_id, task.map_index
            """,
            (dag_id, run_id),
        ).fetchall()
    return [
        TaskRun(task, index, state, tries, seconds, _decoded(value), label, started and datetime.fromisoformat(started))
        for task, index, state, tries, seconds, value, label, started in rows
    ]


def fail(home: Path, dag_id: str, run_id: str) -> None:
    """Mark a run that was cut off as failed: a scheduler would take it up else.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        run_id: the run.
    """
    with closing(sqlite3.connect(home / "airflow.db", timeout=10)) as database, database:
        _fail(database, dag_id, run_id)


def fail_tests(home: Path) -> None:
    """Mark all runs of `airflow dags test` as failed that did not end, when none is under way.

    Args:
        home: Airflow's home folder.
    """
    if (home / "airflow.db").exists():
        with closing(sqlite3.connect(home / "airflow.db", timeout=10)) as database, database:
            cut_off = (
                "SELECT dag_id, run_id FROM dag_run WHERE state IN ('queued', 'running') AND upper(triggered_by) ="
                " 'TEST'"
            )
            for dag_id, run_id in database.execute(cut_off).fetchall():
                _fail(database, dag_id, run_id)


def _fail(database: sqlite3.Connection, dag_id: str, run_id: str) -> None:
    # As Airflow's own "mark as failed": tasks that had begun have failed, the others are skipped.
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    run = "WHERE dag_id = ? AND run_id = ? AND"
    database.execute(
        f"UPDATE task_instance SET state = 'failed', end_date = ? {run} state IN ({_BEGUN})", (now, dag_id, run_id)
    )
    database.execute(
        f"UPDATE task_instance SET state = 'skipped' {run} (state IS NULL OR state NOT IN ({_ENDED}))", (dag_id, run_id)
    )
    database.execute(
        f"UPDATE dag_run SET state = 'failed', end_date = ? {run} state IN ('queued', 'running')", (now, dag_id, run_id)
    )


def _open(home: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{home / 'airflow.db'}?mode=ro", uri=True, timeout=10)


def _decoded(value: Any) -> Any:
    # The column holds JSON; SQLite itself makes a number of what looks like one.
    return _plain(json.loads(value)) if isinstance(value, str) else value


def _plain(value: Any) -> Any:
    """Put lists in place of the tuples that Airflow marks as such in an XCom (its rows of SQL results)."""
    if isinstance(value, dict):
        if value.get("__classname__") == "builtins.tuple":
            return _plain(value["__data__"])
        return {key: _plain(below) for key, below in value.items()}
    return [_plain(below) for below in value] if isinstance(value, list) else value
