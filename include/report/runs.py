"""Reads runs from Airflow's metadata database: SQLite, PostgreSQL, or another that SQLAlchemy and Airflow speak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, TableClause, and_, select

from include.constants import COMPARE, MEASURES_KEY
from include.report.tables import DAG, EARLIER, RUN, TASK, XCOM

RESULT_KEY = "return_value"
"""Airflow's key of the XCom that holds a task's result."""
TOLD = ("success", "failed", "up_for_retry")
"""States of a task whose XComs are those of its latest try.

Airflow leaves what an earlier try returned until the task starts anew: after "clear" it is still there while the task
waits, or is not even looked at (upstream_failed, skipped), and for a moment when it runs. A try that is to be followed
by another has ended, and has measured.
"""
LOOKED_AT = 20
"""How many of a DAG's latest runs are looked through for one with a logical date."""


@dataclass(frozen=True)
class TaskTry:
    """A try of a task: of a task that was tried again, the last one.

    Attributes:
        task_id: with its groups, such as `snowpark.train`.
        map_index: which of the instances of a mapped task; -1 of one that is not mapped.
        state: Airflow's word for it; `none` before it was looked at.
        try_number: 1 is the first try.
        seconds: how long it ran, or None if it did not end.
        result: its return value (XCom), or None; of an earlier try it is none of this one.
        label: what an instance of a mapped task is called (`map_index_template`), or None.
        started: when it started, or None if it did not.
        ended: when it ended, or None.
        queued: when it was queued, or None where nothing queues tasks (`airflow dags test`).
        operator: the name of its operator's class, or None.
        measures: what the task measured of itself (XCom), or None if it did not.
    """

    task_id: str
    map_index: int
    state: str
    try_number: int
    seconds: float | None
    result: Any
    label: str | None = None
    started: datetime | None = None
    ended: datetime | None = None
    queued: datetime | None = None
    operator: str | None = None
    measures: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """Its own name: `load`, or `load[2]` of a mapped task."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"

    @property
    def shown(self) -> str:
        """What people call it: `load[month 3]` where a mapped task says so, else its name."""
        return f"{self.task_id}[{self.label}]" if self.label else self.name


@dataclass(frozen=True)
class Run:
    """A run of a DAG.

    Attributes:
        dag_id: the DAG.
        run_id: the run.
        state: Airflow's verdict on it: it may succeed although a task failed, if its last tasks run all the same.
        kind: Airflow's word for what started it: `manual`, `scheduled`, …
        logical_date: its moment in the schedule, or None.
        started: when it started, or None if it did not.
        ended: when it ended, or None.
        description: the DAG's, or None.
        tasks: its tasks in the order in which they started, those that did not start last.
        earlier: the tries before the last ones, in the same order; without results and measures.
    """

    dag_id: str
    run_id: str
    state: str
    kind: str | None = None
    logical_date: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    description: str | None = None
    tasks: tuple[TaskTry, ...] = ()
    earlier: tuple[TaskTry, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it took, or None if it did not end."""
        return (self.ended - self.started).total_seconds() if self.started and self.ended else None


@dataclass(frozen=True)
class RunTotals:
    """A run in few figures, for trends.

    Attributes:
        run_id: the run.
        state: Airflow's verdict on it.
        started: when it started, or None if it did not.
        seconds: how long it took, or None if it did not end.
        groups: by group of tasks (a target's tasks are in one that is named after it), the seconds in which at least
            one of its tasks ran.
        equal: whether what the targets wrote was equal; None if it was not compared.
    """

    run_id: str
    state: str
    started: datetime | None
    seconds: float | None
    groups: Mapping[str, float]
    equal: bool | None


class NoRunError(LookupError):
    """Airflow's metadata database has no such run."""


def read_run(connection: Connection, dag_id: str, run_id: str) -> Run:
    """Read a run.

    Args:
        connection: an open connection to Airflow's metadata database.
        dag_id: the DAG.
        run_id: the run.

    Returns:
        The run with its tasks, as they are now.

    Raises:
        NoRunError: there is no such run.
    """
    described = select(RUN, DAG.c.description).select_from(RUN.outerjoin(DAG, DAG.c.dag_id == RUN.c.dag_id))
    row = connection.execute(described.where(RUN.c.dag_id == dag_id, RUN.c.run_id == run_id)).one_or_none()
    if row is None:
        raise NoRunError(f"Airflow's metadata database has no run {run_id} of the DAG {dag_id}.")
    tasks = tuple(_tries(connection.execute(_tasks(dag_id, run_id))))
    last = {(task.task_id, task.map_index): task.try_number for task in tasks}
    earlier = tuple(
        earlier
        for earlier in _tries(connection.execute(_earlier(dag_id, run_id)))
        if earlier.try_number < last.get((earlier.task_id, earlier.map_index), 0)
    )
    return Run(
        dag_id=row.dag_id,
        run_id=row.run_id,
        state=str(row.state),
        kind=row.run_type,
        logical_date=row.logical_date,
        started=row.start_date,
        ended=row.end_date,
        description=row.description,
        tasks=tasks,
        earlier=earlier,
    )


def latest_runs(connection: Connection, dag_id: str, limit: int = 20) -> list[RunTotals]:
    """Read the latest runs of a DAG in few figures.

    Args:
        connection: an open connection to Airflow's metadata database.
        dag_id: the DAG.
        limit: how many runs at most.

    Returns:
        The runs, the earliest first; without those that have not started.
    """
    started = select(RUN).where(RUN.c.dag_id == dag_id, RUN.c.start_date.is_not(None))
    runs = connection.execute(started.order_by(RUN.c.start_date.desc()).limit(limit)).all()[::-1]
    ids = [run.run_id for run in runs]
    spans: dict[str, dict[str, list[tuple[datetime, float]]]] = defaultdict(lambda: defaultdict(list))
    for task in connection.execute(_spans(dag_id, ids)):
        group, dot, _ = task.task_id.partition(".")
        if dot:
            spans[task.run_id][group].append((task.start_date, task.duration))
    equal = {run_id: equality_of(result) for run_id, result in connection.execute(_compared(dag_id, ids))}
    return [
        RunTotals(
            run.run_id,
            str(run.state),
            run.start_date,
            (run.end_date - run.start_date).total_seconds() if run.end_date else None,
            {group: covered(found) for group, found in spans[run.run_id].items()},
            equal.get(run.run_id),
        )
        for run in runs
    ]


def run_at(connection: Connection, dag_id: str, moment: datetime) -> str | None:
    """Find the run of a DAG with a logical date.

    Args:
        connection: an open connection to Airflow's metadata database.
        dag_id: the DAG.
        moment: the logical date, in UTC.

    Returns:
        The run's id, or None if there is no such run yet.
    """
    runs = select(RUN.c.run_id, RUN.c.logical_date).where(RUN.c.dag_id == dag_id)
    for run_id, logical_date in connection.execute(runs.order_by(RUN.c.id.desc()).limit(LOOKED_AT)):
        if logical_date == moment.astimezone(UTC):
            return str(run_id)
    return None


def state_of(connection: Connection, dag_id: str, run_id: str) -> str:
    """Read Airflow's own verdict on a run.

    Args:
        connection: an open connection to Airflow's metadata database.
        dag_id: the DAG.
        run_id: the run.

    Returns:
        `queued`, `running`, `success` or `failed`.
    """
    state = select(RUN.c.state).where(RUN.c.dag_id == dag_id, RUN.c.run_id == run_id)
    return str(connection.execute(state).scalar_one())


def covered(spans: Iterable[tuple[datetime, float]]) -> float:
    """Sum the time in which at least one of several tasks ran: others may have run in between.

    Args:
        spans: when each task started, and for how many seconds it ran.

    Returns:
        Seconds.
    """
    total, until = timedelta(), None
    for started, seconds in sorted(spans):
        end = started + timedelta(seconds=seconds)
        begin = started if until is None else max(started, until)
        total += max(end - begin, timedelta())
        until = end if until is None else max(until, end)
    return total.total_seconds()


def equality_of(result: Any) -> bool | None:
    """Return whether a comparison found what the targets wrote equal.

    Args:
        result: of the task `COMPARE`, or of another that is called so.

    Returns:
        None where it does not say, and where there was no table to compare: nothing is then known to be equal.
    """
    found = result.get("equal") if isinstance(result, dict) else None
    if not isinstance(found, bool) or (found and not result.get("tables")):
        return None
    return found


def _tasks(dag_id: str, run_id: str) -> Select[Any]:
    result, measures = XCOM.alias("result"), XCOM.alias("measures")
    joined = TASK.outerjoin(result, _xcom_of(result, RESULT_KEY)).outerjoin(measures, _xcom_of(measures, MEASURES_KEY))
    columns = (TASK, result.c.value.label("result"), measures.c.value.label("measures"))
    return _in_order(select(*columns).select_from(joined), TASK, dag_id, run_id)


def _earlier(dag_id: str, run_id: str) -> Select[Any]:
    return _in_order(select(EARLIER), EARLIER, dag_id, run_id)


def _in_order(query: Select[Any], tries: TableClause, dag_id: str, run_id: str) -> Select[Any]:
    of_run = query.where(tries.c.dag_id == dag_id, tries.c.run_id == run_id)
    return of_run.order_by(
        tries.c.start_date.is_(None), tries.c.start_date, tries.c.task_id, tries.c.map_index, tries.c.try_number
    )


def _xcom_of(xcom: Any, key: str) -> Any:
    return and_(
        xcom.c.dag_id == TASK.c.dag_id,
        xcom.c.run_id == TASK.c.run_id,
        xcom.c.task_id == TASK.c.task_id,
        xcom.c.map_index == TASK.c.map_index,
        xcom.c.key == key,
    )


def _spans(dag_id: str, run_ids: list[str]) -> Select[Any]:
    columns = (TASK.c.run_id, TASK.c.task_id, TASK.c.start_date, TASK.c.duration)
    known = TASK.c.start_date.is_not(None), TASK.c.duration.is_not(None)
    ended = select(*columns).where(TASK.c.state.in_(TOLD), *known)
    return ended.where(TASK.c.dag_id == dag_id, TASK.c.run_id.in_(run_ids))


def _compared(dag_id: str, run_ids: list[str]) -> Select[Any]:
    joined = TASK.join(XCOM, _xcom_of(XCOM, RESULT_KEY))
    results = select(XCOM.c.run_id, XCOM.c.value).select_from(joined).where(TASK.c.state.in_(TOLD))
    return results.where(TASK.c.dag_id == dag_id, TASK.c.run_id.in_(run_ids), TASK.c.task_id == COMPARE)


def _tries(rows: Iterable[Row[Any]]) -> Iterable[TaskTry]:
    for row in rows:
        found = row._mapping
        told = row.state in TOLD
        measures = found.get("measures") if told else None
        yield TaskTry(
            task_id=row.task_id,
            map_index=row.map_index,
            state=row.state or "none",
            try_number=row.try_number,
            seconds=row.duration,
            result=found.get("result") if told else None,
            label=row.rendered_map_index,
            started=row.start_date,
            ended=row.end_date,
            queued=row.queued_dttm,
            operator=row.operator,
            measures=measures if isinstance(measures, dict) else None,
        )
