"""Runs a DAG in the Airflow that `make up` started.

Through its REST API, so that its scheduler alone runs the tasks and its UI shows them.

    python -m include.local.beside <URL> <DAG id> <run id>

is the leash of such a run.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from include.local import metadata, places
from include.local.api import Api, ApiError
from include.local.leash import Leash, let_go
from include.report.runs import TaskTry

PARSE_SECONDS = 120.0
"""How long Airflow may take to read the configs anew."""
END_SECONDS = 60.0
"""How long tasks under way may take to end once their run is marked as failed.

Airflow tells them by their heartbeat.
"""
POLL_SECONDS = 0.5


def trigger(url: str, dag_id: str, moment: datetime, conf: dict[str, Any]) -> str:
    """Start a run, of the DAG as its files are now.

    Args:
        url: where Airflow answers.
        dag_id: the DAG.
        moment: the logical date, in UTC.
        conf: its params.

    Returns:
        The run's id.

    Raises:
        ApiError: the DAG is not there or is paused, or Airflow refuses the run.
    """
    api = Api(url)
    dag = _as_it_is_now(api, dag_id)
    if dag["is_paused"]:
        raise ApiError(f"{dag_id} is paused in the running Airflow. Switch it on there: {url}/dags/{quote(dag_id)}")
    run = api.call("POST", f"dags/{quote(dag_id)}/dagRuns", {"logical_date": moment.isoformat(), "conf": conf})
    return str(run["dag_run_id"])


def hold(url: str, dag_id: str, run_id: str, settings: dict[str, str], log: IO[str]) -> Leash:
    """Ties a run to this command.

    Args:
        url: where Airflow answers.
        dag_id: the DAG.
        run_id: the run.
        settings: the environment of `include.local.airflow`.
        log: where what goes wrong with it goes.

    Returns:
        What holds the run: with it, the run ends, unless it is `done`.
    """
    return Leash("include.local.beside", url, dag_id, run_id, environment=settings, log=log)


def log_of(home: Path, dag_id: str, run_id: str, task: TaskTry) -> str:
    """Return what the last try of a task logged, as text.

    Args:
        home: Airflow's home folder.
        dag_id: the DAG.
        run_id: the run.
        task: the task.

    Returns:
        A line an event, each error with its type and message; empty if it logged nothing.
    """
    folder = home / "logs" / f"dag_id={dag_id}" / f"run_id={run_id}" / f"task_id={task.task_id}"
    if task.map_index >= 0:
        folder /= f"map_index={task.map_index}"
    path = folder / f"attempt={task.try_number}.log"
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return "\n".join(line for recorded in lines for line in _event(recorded))


def main(arguments: list[str]) -> int:
    """Wait until the command that wants the run is gone, then end the run.

    Args:
        arguments: URL, DAG id, run id.

    Returns:
        The exit code: 1.
    """
    url, dag_id, run_id = arguments
    let_go().wait()
    try:
        if metadata.run_state(places.HOME, dag_id, run_id) in ("queued", "running"):
            Api(url).call("PATCH", f"dags/{quote(dag_id)}/dagRuns/{quote(run_id)}", {"state": "failed"})
    except ApiError as error:
        print(error)
    return 1


def _as_it_is_now(api: Api, dag_id: str) -> dict[str, Any]:
    """Return the DAG, once Airflow has read the configs anew."""
    known = api.call("GET", "dags?limit=1&exclude_stale=false")["dags"]
    before = max((dag["last_parsed_time"] or "" for dag in known), default="")
    if known:
        api.call("PUT", f"parseDagFile/{known[0]['file_token']}")
    deadline = time.monotonic() + PARSE_SECONDS
    while time.monotonic() < deadline:
        try:
            dag: dict[str, Any] = api.call("GET", f"dags/{quote(dag_id)}")
            if (dag["last_parsed_time"] or "") > before and not dag["is_stale"]:
                return dag
        except ApiError:
            pass  # not there yet
        time.sleep(POLL_SECONDS)
    raise ApiError(
        f"The running Airflow does not have {dag_id} as it is now: see its import errors at {api.url}/import-errors"
    )


def _event(line: str) -> list[str]:
    try:
        event = json.loads(line)
    except ValueError:
        return [line]
    text = f"{event.get('timestamp', '')} {event.get('level', '')}: {event.get('event', '')}".strip()
    errors = event.get("error_detail") or []
    return [text, *(f"{error.get('exc_type')}: {error.get('exc_value')}" for error in errors)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
