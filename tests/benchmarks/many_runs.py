"""The page of all pipelines, over a metadata database with many of them: how long until the answer is there.

    .venv/bin/python -m tests.benchmarks.many_runs [pipelines] [runs]

Makes a database of its own (SQLite), with ten tasks, measures and notes for each run.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import Engine, MetaData

from include.constants import PIPELINE_TAG, ROOT

TASKS = (
    "load",
    *(f"{target}.{task}" for target in ("snowpark", "kubernetes") for task in ("train", "predict", "evaluate", "save")),
    "compare",
)
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def environment(home: Path, users: str = "ann:admin") -> dict[str, str]:
    """The settings of an Airflow with a home of its own, the project's plugin, and a login."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "include" / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users,
        "AIRFLOW__API_AUTH__JWT_SECRET": "a secret of this database alone, and as long as the signature needs it to be",
        "AIRFLOW__API__SECRET_KEY": "another",
        "AIRFLOW__API__BASE_URL": "http://testserver",
    }


def fill(engine: Engine, pipelines: int, runs: int) -> None:
    """Write pipelines with two variants each, and runs of them, into an Airflow's empty database."""
    tables = MetaData()
    tables.reflect(engine, only=["dag_bundle", "dag", "dag_tag", "dag_run", "dag_run_note", "task_instance", "xcom"])
    names = [f"pipeline_{number:04}" for number in range(pipelines)]
    dags = [f"{name}_{variant}" for name in names for variant in ("side_by_side", "snowpark")]
    with engine.begin() as connection:
        add = _adder(connection, tables)
        add("dag_bundle", [{"name": "dags-folder"}])
        add("dag", [_dag(dag_id) for dag_id in dags])
        add("dag_tag", [{"dag_id": dag_id, "name": PIPELINE_TAG + dag_id[: len(names[0])]} for dag_id in dags])
        add("dag_tag", [{"dag_id": dag_id, "name": "ml"} for dag_id in dags])
        add("dag_run", [_run(number, dags[number % len(dags)]) for number in range(1, runs + 1)])
        add("dag_run_note", [_note(number) for number in range(1, runs + 1)])
        for first in range(1, runs + 1, 1000):
            numbers = range(first, min(first + 1000, runs + 1))
            add("task_instance", [row for number in numbers for row in _tasks(number, dags[number % len(dags)])])
            add("xcom", [row for number in numbers for row in _xcoms(number, dags[number % len(dags)])])
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _adder(connection: Any, tables: MetaData) -> Any:
    def add(name: str, rows: list[dict[str, Any]]) -> None:
        connection.execute(tables.tables[name].insert(), rows)

    return add


def _dag(dag_id: str) -> dict[str, Any]:
    return {
        "dag_id": dag_id,
        "bundle_name": "dags-folder",
        "description": "How long will it take?",
        "is_stale": False,
        "is_paused": False,
        "max_active_tasks": 16,
        "max_consecutive_failed_dag_runs": 0,
        "has_task_concurrency_limits": False,
        "partition_mapper_info": [],
        "timetable_type": "",
    }


def _moment(number: int) -> datetime:
    return (STARTED + timedelta(minutes=number)).replace(tzinfo=None)


def _run(number: int, dag_id: str) -> dict[str, Any]:
    return {
        "id": number,
        "dag_id": dag_id,
        "run_id": f"manual__{_moment(number).isoformat()}+00:00",
        "state": "failed" if number % 7 == 0 else "success",
        "run_type": "manual",
        "run_after": _moment(number),
        "start_date": _moment(number),
        "end_date": _moment(number) + timedelta(seconds=30 + number % 13),
        "updated_at": _moment(number),
        "span_status": "ended",
        "clear_number": 0,
    }


def _note(number: int) -> dict[str, Any]:
    words = "MAE 214 s; equal; Snowpark 2.1 x faster for predict; pods cheaper for train"
    moments = {"created_at": _moment(number), "updated_at": _moment(number)}
    return {"dag_run_id": number, "user_id": "snowpod", "content": words, **moments}


def _tasks(number: int, dag_id: str) -> Iterator[dict[str, Any]]:
    for index, task_id in enumerate(TASKS):
        started = _moment(number) + timedelta(seconds=index * 3)
        yield {
            "id": uuid.uuid4().hex,
            "dag_id": dag_id,
            "run_id": _run(number, dag_id)["run_id"],
            "task_id": task_id,
            "map_index": -1,
            "state": "success",
            "try_number": 1,
            "max_tries": 1,
            "pool": "default_pool",
            "pool_slots": 1,
            "start_date": started,
            "end_date": started + timedelta(seconds=3),
            "duration": 3.0,
            "operator": "SnowparkOperator",
            "priority_weight": 1,
            "updated_at": started,
        }


def _xcoms(number: int, dag_id: str) -> Iterator[dict[str, Any]]:
    measures = {"target": "snowpark", "work_seconds": 2.5, "cpu_seconds": 1.0, "memory_bytes": 10**8}
    tables = [{"task": task, "equal": number % 5 != 0} for task in ("predict", "evaluate")]
    result = {"equal": number % 5 != 0, "words": "2 tables are equal, row by row.", "tables": tables, "models": []}
    values = [(task_id, "snowpod_measures", measures) for task_id in TASKS] + [("compare", "return_value", result)]
    for task_id, key, value in values:
        yield {
            "dag_run_id": number,
            "dag_id": dag_id,
            "run_id": _run(number, dag_id)["run_id"],
            "task_id": task_id,
            "map_index": -1,
            "key": key,
            "value": value,
            "timestamp": _moment(number),
        }


def main(pipelines: int, runs: int) -> int:
    """Make the database, ask for pages, and print how long each took.

    Args:
        pipelines: how many.
        runs: of all of them together.

    Returns:
        The exit code: 0; 1 if a page took a second or more.
    """
    with tempfile.TemporaryDirectory(prefix="many-runs-") as home:
        os.environ.update(environment(Path(home)))
        from airflow.api_fastapi.app import create_app, get_auth_manager
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
        from airflow.utils.db import initdb
        from fastapi.testclient import TestClient

        initdb()
        engine = sqlalchemy.create_engine(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
        fill(engine, pipelines, runs)
        client = TestClient(create_app())
        token = get_auth_manager().generate_jwt(SimpleAuthManagerUser(username="ann", role="admin"))
        client.cookies.set("_token", token)
        slowest = 0.0
        last_run = _run(runs, f"pipeline_{(runs % (2 * pipelines)) // 2:04}_{('side_by_side', 'snowpark')[runs % 2]}")
        for path in (
            "/snowpod/",
            "/snowpod/?page=50",
            "/snowpod/?q=0042",
            f"/snowpod/dags/{last_run['dag_id']}",
            f"/snowpod/runs/{last_run['dag_id']}/{last_run['run_id'].replace('+', '%2B')}",
        ):
            seconds, processor = [], []
            for _ in range(6):
                started, worked = time.perf_counter(), time.process_time()
                answer = client.get(path)
                seconds.append(time.perf_counter() - started)
                processor.append(time.process_time() - worked)
                assert answer.status_code == 200, (path, answer.text[:500])
            slowest = max(slowest, *seconds[1:])
            figures = {"first": seconds[0], "median": statistics.median(seconds[1:]), "most": max(seconds[1:])}
            figures |= {"first CPU": processor[0], "median CPU": statistics.median(processor[1:])}
            print(path, json.dumps({name: round(one, 3) for name, one in figures.items()}), len(answer.text), "bytes")
        print("the note of a run", _note_seconds(last_run["run_id"]))
    return 0 if slowest < 1 else 1


def _note_seconds(run_id: str) -> str:
    """How long the end of a run waits for its note, and of that time on a processor."""
    from airflow import settings
    from airflow.models.dagrun import DagRun

    from include.ui.notes import write_note

    figures = []
    for _ in range(20):
        session = settings.Session()
        run = session.query(DagRun).filter(DagRun.run_id == run_id).one()
        started, worked = time.perf_counter(), time.process_time()
        write_note(run)
        figures.append((time.perf_counter() - started, time.process_time() - worked))
        session.rollback()
        session.close()
    elapsed, worked = zip(*figures, strict=True)
    return f"median {statistics.median(elapsed) * 1000:.1f} ms, CPU {statistics.median(worked) * 1000:.1f} ms"


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*given, *[1000, 10_000][len(given) :]))
