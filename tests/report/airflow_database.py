"""A metadata database with Airflow's own tables, and runs in it as Airflow writes them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.models import import_all_models
from airflow.models.base import Base
from sqlalchemy import Connection, create_engine, insert

from include.report.runs import Run

START = datetime(2026, 11, 29, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """A moment of the runs here, which start at noon."""
    return START + timedelta(seconds=seconds)


def make(path: Path) -> None:
    import_all_models()
    Base.metadata.create_all(create_engine(f"sqlite:///{path}"))


@dataclass
class Writer:
    """Writes what Airflow would have written of a run."""

    connection: Connection
    dag_id: str = "taxi_side_by_side"
    run_id: str = "manual__1"
    runs: int = 0

    def dag(self, description: str | None = None) -> None:
        row = {"dag_id": self.dag_id, "description": description, "bundle_name": "b"}
        limits = {"max_active_tasks": 1, "max_consecutive_failed_dag_runs": 0, "has_task_concurrency_limits": False}
        self.connection.execute(insert(Base.metadata.tables["dag"]).values(**row, **limits))

    def run(
        self, run_id: str = "manual__1", *, state: str = "success", start: float | None = 0, seconds: float | None = 60
    ) -> None:
        self.runs += 1
        self.run_id = run_id
        row = {
            "id": self.runs,
            "dag_id": self.dag_id,
            "run_id": run_id,
            "state": state,
            "run_type": "manual",
            "logical_date": None if start is None else at(start),
            "run_after": START,
            "start_date": None if start is None else at(start),
            "end_date": None if start is None or seconds is None else at(start + seconds),
            "span_status": "not_started",
        }
        self.connection.execute(insert(Base.metadata.tables["dag_run"]).values(**row))

    def task(
        self,
        task_id: str,
        start: float | None = 0,
        seconds: float | None = 1,
        *,
        index: int = -1,
        state: str | None = "success",
        tries: int = 1,
        queued: float | None = None,
        label: str | None = None,
        operator: str = "SnowparkOperator",
        result: Any = None,
        measures: Mapping[str, Any] | None = None,
    ) -> None:
        self.connection.execute(
            insert(Base.metadata.tables["task_instance"]).values(
                id=uuid.uuid4(),
                **self._try(task_id, start, seconds, index, state, tries),
                queued_dttm=None if queued is None else at(queued),
                rendered_map_index=label,
                operator=operator,
                span_status="not_started",
            )
        )
        for key, value in {"return_value": result, "snowpod_measures": measures}.items():
            if value is not None:
                self.xcom(task_id, index, key, value)

    def earlier(self, task_id: str, start: float, seconds: float, *, index: int = -1, tries: int = 1) -> None:
        row = self._try(task_id, start, seconds, index, "failed", tries)
        history = Base.metadata.tables["task_instance_history"]
        self.connection.execute(insert(history).values(task_instance_id=uuid.uuid4(), **row, span_status="not_started"))

    def xcom(self, task_id: str, index: int, key: str, value: Any) -> None:
        row = {"dag_id": self.dag_id, "run_id": self.run_id, "task_id": task_id, "map_index": index, "key": key}
        self.connection.execute(insert(Base.metadata.tables["xcom"]).values(dag_run_id=self.runs, **row, value=value))

    def _try(
        self, task_id: str, start: float | None, seconds: float | None, index: int, state: str | None, tries: int
    ) -> dict[str, Any]:
        return {
            "dag_id": self.dag_id,
            "run_id": self.run_id,
            "task_id": task_id,
            "map_index": index,
            "state": state,
            "try_number": tries,
            "start_date": None if start is None else at(start),
            "end_date": None if start is None or seconds is None else at(start + seconds),
            "duration": seconds,
            "pool": "default_pool",
            "pool_slots": 1,
        }


def write(writer: Writer, run: Run) -> None:
    """Write a whole run as Airflow would have."""
    writer.dag_id = run.dag_id
    writer.dag(run.description)
    writer.run(run.run_id, state=run.state, seconds=run.seconds)
    for task in run.tasks:
        writer.task(
            task.task_id,
            None if task.started is None else (task.started - START).total_seconds(),
            task.seconds,
            index=task.map_index,
            state=task.state,
            tries=task.try_number,
            queued=None if task.queued is None else (task.queued - START).total_seconds(),
            label=task.label,
            operator=task.operator or "BashOperator",
            result=task.result,
            measures=task.measures,
        )
