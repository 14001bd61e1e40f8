"""The runs of a load: each with tables of its own, so that the numbers of each can be looked at."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from include.local.api import Api, ApiError

SNOWPARK, SIDE_BY_SIDE = "taxi_trip_duration_snowpark", "taxi_trip_duration_side_by_side"
PARSE_SECONDS = 120
POLL_SECONDS = 3
_NAMES = ("stage", "trips", "features", "predictions", "metrics", "models")
_PAGE = 100


@dataclass(frozen=True)
class Run:
    """One run that was asked for.

    Attributes:
        dag_id: its DAG.
        run_id: its id.
        prefix: what the names of its tables and its stage begin with.
    """

    dag_id: str
    run_id: str
    prefix: str

    @property
    def path(self) -> str:
        """Its place in Airflow's REST API."""
        return f"dags/{quote(self.dag_id)}/dagRuns/{quote(self.run_id)}"


@dataclass(frozen=True)
class Try:
    """One try of a task.

    Attributes:
        task: the task's id.
        number: which try, from 1.
        state: how it ended.
        queued: when it was given to a worker; None if it was not.
        started: when its worker began with it.
        ended: when it ended.
    """

    task: str
    number: int
    state: str
    queued: datetime | None = field(default=None, compare=False)
    started: datetime | None = field(default=None, compare=False)
    ended: datetime | None = field(default=None, compare=False)


def ready(api: Api, dag_ids: Iterable[str]) -> None:
    """Wait until Airflow has the DAGs.

    Args:
        api: of the running Airflow.
        dag_ids: the DAGs.

    Raises:
        ApiError: it does not have one within `PARSE_SECONDS`.
    """
    deadline = time.monotonic() + PARSE_SECONDS
    for dag_id in dag_ids:
        while True:
            try:
                api.call("GET", f"dags/{quote(dag_id)}")
                break
            except ApiError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(1)


def trigger(api: Api, dag_id: str, numbers: Iterable[int], stamp: str) -> list[Run]:
    """Ask for runs, all at once.

    Args:
        api: of the running Airflow.
        dag_id: the DAG.
        numbers: a number for each run.
        stamp: what tells this load's runs and tables from others'.

    Returns:
        The runs.
    """
    kind = "B" if dag_id == SIDE_BY_SIDE else "S"
    found = []
    for number in numbers:
        prefix = f"LOAD_{stamp}_{kind}{number:03}"
        body = {
            "dag_run_id": prefix.lower(),
            "logical_date": None,
            "conf": {name: f"{prefix}_{name.upper()}" for name in _NAMES},
        }
        run = api.call("POST", f"dags/{quote(dag_id)}/dagRuns", body)
        found.append(Run(dag_id, run["dag_run_id"], prefix))
    return found


def wait(api: Api, runs: list[Run], seconds: float, happened: Callable[[int, int], None]) -> dict[Run, str]:
    """Wait until all runs have ended.

    Args:
        api: of the running Airflow; that it does not answer for a while is no harm.
        runs: the runs.
        seconds: how long at most.
        happened: is told, again and again, how many of how many have ended.

    Returns:
        The state of each; that of a run that has not ended is `running` or `queued`.
    """
    deadline = time.monotonic() + seconds
    states = dict.fromkeys(runs, "queued")
    while time.monotonic() < deadline:
        for run in (run for run, state in states.items() if state in ("queued", "running")):
            try:
                states[run] = api.call("GET", run.path)["state"]
            except ApiError:
                break
        ended = sum(state not in ("queued", "running") for state in states.values())
        happened(ended, len(runs))
        if ended == len(runs):
            break
        time.sleep(POLL_SECONDS)
    return states


def tries(api: Api, run: Run) -> list[Try]:
    """Return all tries of all tasks of a run.

    Args:
        api: of the running Airflow.
        run: the run.
    """
    found = []
    tasks = api.call("GET", f"{run.path}/taskInstances?limit={_PAGE}")["task_instances"]
    for task in tasks:
        place = f"{run.path}/taskInstances/{quote(task['task_id'])}/tries"
        found += [_try(one) for one in api.call("GET", place)["task_instances"]]
    return found


def _try(one: dict[str, Any]) -> Try:
    moments = [datetime.fromisoformat(one[name]) if one[name] else None for name in ("queued_when", "start_date")]
    ended = datetime.fromisoformat(one["end_date"]) if one["end_date"] else None
    return Try(one["task_id"], one["try_number"], one["state"] or "none", *moments, ended)
