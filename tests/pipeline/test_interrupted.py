"""A run that is cut off: nothing of it outlives its command, wherever it worked and however the command ended."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

import psutil
import pytest
from sqlalchemy import select

from include.local import metadata
from include.report.tables import RUN
from tests.laptop import Laptop
from tests.waiting import until

START_SECONDS = 240
"""How long a run may take, on a busy machine, until its task works."""


@pytest.mark.parametrize(
    ("dag_id", "how"),
    [
        ("long_work_procedure", signal.SIGKILL),
        ("long_work_child", signal.SIGINT),
        ("long_command", signal.SIGTERM),  # its children are in a session of their own
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_nothing_of_a_run_outlives_its_command(users: Laptop, dag_id: str, how: signal.Signals) -> None:
    at_work = beats if dag_id.startswith("long_work") else sleepers
    users.sql("create or replace table BEATS (N integer)")
    process = users.start("-m", "include.local.run", dag_id)
    until(lambda: at_work(users) or process.poll() is not None, START_SECONDS)

    if dag_id == "long_command":
        up = users.command("-m", "include.local.up", "start", CLUSTER="none")
        assert up.code == 1
        assert "a `make run` is under way" in up.output
    process.send_signal(how)
    output, _ = process.communicate(timeout=60)

    assert process.returncode == {signal.SIGKILL: -signal.SIGKILL}.get(how, 130), output
    until(lambda: processes(users) == [], 30)
    # Snowflake ends what a client that is gone has left a few seconds after its connection; a procedure left alone
    # would work for minutes.
    until(lambda: stand_still(users), 30)
    home = users.local / "airflow"
    run_id = max(run for run in run_ids(users, dag_id))
    assert metadata.run_state(home, dag_id, run_id) == "failed"
    assert [(task.state, task.try_number) for task in metadata.task_runs(home, dag_id, run_id)] == [("failed", 1)]


def beats(laptop: Laptop) -> int:
    return int(laptop.value("select count(*) from BEATS"))


def stand_still(laptop: Laptop) -> bool:
    before = beats(laptop)
    time.sleep(3)
    return beats(laptop) == before


def sleepers(laptop: Laptop) -> int:
    return len([words for words in processes(laptop) if words[:1] == ["sleep"]])


def run_ids(laptop: Laptop, dag_id: str) -> list[str]:
    with metadata.reading(laptop.local / "airflow") as database:
        return list(database.execute(select(RUN.c.run_id).where(RUN.c.dag_id == dag_id)).scalars())


def processes(laptop: Laptop) -> list[list[str]]:
    """The commands of all processes that a command on this laptop started, and whoever they started."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("SNOWPOD_LOCAL") == str(laptop.local) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process.cmdline())
    return found
