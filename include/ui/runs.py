"""The latest runs of a DAG as the pages list them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, column, select, table

from include.report.tables import RUN

_NOTE = table("dag_run_note", column("dag_run_id"), column("content"))


@dataclass(frozen=True)
class ListedRun:
    """A run in one line.

    Attributes:
        run_id: the run.
        state: Airflow's word for how it is.
        started: when it started, or None if it did not.
        seconds: how long it took, or None if it did not end.
        note: its note: the verdict, or what a user wrote; empty if there is none.
        targets: the seconds in which each target's tasks ran, where there are several; by target.
        equal: whether what the targets wrote was equal; None if it was not compared.
    """

    run_id: str
    state: str
    started: datetime | None
    seconds: float | None
    note: str
    targets: Mapping[str, float] = field(default_factory=dict)
    equal: bool | None = None


def runs_of(connection: Connection, dag_id: str, limit: int) -> list[ListedRun]:
    """Read the latest runs of a DAG, without what only their tasks know.

    Args:
        connection: an open connection to Airflow's metadata database.
        dag_id: the DAG.
        limit: how many runs at most.

    Returns:
        The runs, the latest first.
    """
    # By id: the index of the DAGs' ids has the rows in this order, so that no run is read that is not shown.
    query = (
        select(RUN.c.run_id, RUN.c.state, RUN.c.start_date, RUN.c.end_date, _NOTE.c.content)
        .select_from(RUN.outerjoin(_NOTE, _NOTE.c.dag_run_id == RUN.c.id))
        .where(RUN.c.dag_id == dag_id)
        .order_by(RUN.c.id.desc())
        .limit(limit)
    )
    return [
        ListedRun(
            run_id,
            str(state),
            started,
            (ended - started).total_seconds() if started and ended else None,
            note or "",
        )
        for run_id, state, started, ended, note in connection.execute(query)
    ]
