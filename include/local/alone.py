"""Runs a DAG where no Airflow runs: by `airflow dags test`, which schedules and runs its tasks itself.

    python -m include.local.alone <DAG id> <logical date> <CONF>

is the leash of such a run.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from include.constants import ROOT
from include.local import airflow, metadata, places
from include.local.leash import Leash, adopt, end_descendants, let_go

KILL_SECONDS = 5.0
"""How long a task under way may take to end what it has elsewhere (Airflow's `on_kill`: it deletes its pod)."""
POLL_SECONDS = 0.1


def start(dag_id: str, moment: datetime, conf: dict[str, Any], settings: dict[str, str], log: IO[str]) -> Leash:
    """Start a run.

    Args:
        dag_id: the DAG.
        moment: the logical date, in UTC.
        conf: its params.
        settings: the environment of `include.local.airflow`.
        log: where the whole log goes.

    Returns:
        What holds the run: with it, the run ends.
    """
    return Leash("include.local.alone", dag_id, moment.isoformat(), json.dumps(conf), environment=settings, log=log)


def under_way(home: Path) -> bool:
    """Whether a run is under way here; if none is, those that were cut off with the machine are marked as failed.

    Args:
        home: Airflow's home folder.

    Returns:
        True if one is.
    """
    home.mkdir(parents=True, exist_ok=True)
    with _lock_file(home).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        metadata.fail_tests(home)
        return False


def main(arguments: list[str]) -> int:
    """Run the DAG until it ends, or until the command that wants it is gone.

    Args:
        arguments: DAG id, logical date, params as JSON.

    Returns:
        The exit code of `airflow dags test`, or 1 when the run was cut off.
    """
    dag_id, moment, conf = arguments
    gone = let_go()
    adopt()
    with _lock_file(places.HOME).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        command = [airflow.airflow(), "dags", "test", dag_id, moment, "--conf", conf]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL)
        while process.poll() is None and not gone.wait(POLL_SECONDS):
            pass
        if process.poll() is None:
            run_id = metadata.run_id_of(places.HOME, dag_id, datetime.fromisoformat(moment).astimezone(UTC))
            if run_id is not None:
                _kill_tasks(process, dag_id, run_id)
            end_descendants()
            if run_id is not None:
                metadata.fail(places.HOME, dag_id, run_id)
            return 1
        end_descendants()
        return process.returncode


def _kill_tasks(process: subprocess.Popen[bytes], dag_id: str, run_id: str) -> None:
    """Lets tasks under way end what they have elsewhere.

    A next try may start meanwhile, and is killed with all the rest.
    """

    def running() -> set[tuple[str, int, int]]:
        tasks = metadata.task_runs(places.HOME, dag_id, run_id)
        return {(task.task_id, task.map_index, task.try_number) for task in tasks if task.state == "running"}

    before = running()
    os.kill(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + KILL_SECONDS
    while before & running() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def _lock_file(home: Path) -> Path:
    return home / "alone.lock"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
