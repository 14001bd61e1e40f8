"""Reads a local run back from Airflow's metadata database (SQLite), while it runs and after it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine

from include.report.runs import TaskTry, read_run, run_at, state_of

_BEGUN = "'running', 'queued', 'restarting', 'up_for_retry', 'up_for_reschedule', 'deferred', 'awaiting_input'"
_ENDED = "'success', 'failed', 'skipped', 'upstream_failed', 'removed'"


def run_id_of(home: Path, dag_id: str, moment: datetime) -> str | None:
    """Return the run of a DAG with a logical date.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        moment: the logical date, in UTC.

    Returns:
        The run's id, or None if there is no such run yet.
    """
    with reading(home) as connection:
        return run_at(connection, dag_id, moment)


def run_state(home: Path, dag_id: str, run_id: str) -> str:
    """Airflow's own verdict on a run.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        run_id: the run.

    Returns:
        `queued`, `running`, `success` or `failed`.
    """
    with reading(home) as connection:
        return state_of(connection, dag_id, run_id)


def task_runs(home: Path, dag_id: str, run_id: str) -> tuple[TaskTry, ...]:
    """Return the tasks of a run, in the order in which they started.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        run_id: the run.

    Returns:
        One entry a task; tasks that did not start come last.
    """
    with reading(home) as connection:
        return read_run(connection, dag_id, run_id).tasks


@contextmanager
def reading(home: Path) -> Iterator[Connection]:
    """Open Airflow's metadata database to read it.

    Args:
        home: Airflow's home folder.

    Yields:
        The connection, for `include.report.runs`.
    """
    path = f"file:{quote(str(home / 'airflow.db'))}?mode=ro"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path, uri=True, timeout=10), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


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
