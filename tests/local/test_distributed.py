"""The distributed Airflow: what ends is started again, what is ended leaves nothing, and workers know no secrets."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from include.constants import ROOT
from include.local import airflow
from include.local.distributed import servers
from include.local.distributed import supervisor as supervising
from include.local.distributed.__main__ import end_left
from include.local.distributed.parts import Part
from include.local.distributed.settings import Ports, environment, shared_secrets, worker_environment
from include.local.distributed.supervisor import Supervisor
from tests.waiting import until

PORTS = Ports(8080, 5432, 6379, (1, 2, 3))
CANARY = "canary-7f3a"


@pytest.fixture
def common(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    connection = json.dumps({"conn_type": "snowflake", "password": CANARY})
    local = {"AIRFLOW_CONN_SNOWFLAKE_DEFAULT": connection, "AIRFLOW_HOME": str(tmp_path / "airflow")}
    monkeypatch.setattr(airflow, "environment", lambda **_: local)
    return environment(tmp_path, PORTS)


def test_connections_are_in_a_file_of_their_owner_alone_and_in_no_environment(
    tmp_path: Path, common: dict[str, str]
) -> None:
    path = tmp_path / "connections.json"

    assert CANARY not in json.dumps(common)
    assert json.loads(path.read_text())["snowflake_default"]["password"] == CANARY
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_worker_cannot_reach_the_metadata_database(tmp_path: Path, common: dict[str, str]) -> None:
    password = shared_secrets(tmp_path).postgres

    assert password in json.dumps(common)
    assert password not in json.dumps(worker_environment(common, 1, PORTS))


def test_each_worker_serves_its_logs_at_a_port_of_its_own(common: dict[str, str]) -> None:
    name = "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT"

    assert [worker_environment(common, number, PORTS)[name] for number in (1, 2)] == ["2", "3"]


def test_the_secrets_stay_the_same(tmp_path: Path) -> None:
    assert shared_secrets(tmp_path) == shared_secrets(tmp_path)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    (tmp_path / "logs").mkdir()
    made = Supervisor(tmp_path)
    watching = threading.Thread(target=made.watch)
    watching.start()
    yield made
    made.stopping.set()
    watching.join()
    made.end()


def _part(name: str, code: str = "import time; time.sleep(600)", lean_on: bool = False) -> Part:
    return Part(name, (sys.executable, "-c", code), dict(os.environ), lean_on)


def _told(folder: Path) -> dict[str, dict[str, int]]:
    told: dict[str, dict[str, int]] = json.loads((folder / "processes.json").read_text())
    return told


def test_a_part_that_is_killed_is_started_again_and_the_others_go_on(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add([_part("worker"), _part("scheduler")])
    before = _told(tmp_path)
    os.kill(before["worker"]["pid"], signal.SIGKILL)

    until(lambda: _told(tmp_path)["worker"]["starts"] == 2)
    after = _told(tmp_path)
    assert psutil.pid_exists(after["worker"]["pid"])
    assert after["scheduler"] == before["scheduler"]


def test_what_others_lean_on_ends_after_them(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "ends"
    log.touch()
    told = "import signal, sys, time; p = open({path!r}, 'a')\n"
    told += "def end(*_): print({name!r}, file=p, flush=True); sys.exit()\n"
    told += "signal.signal({word}, end); print('ready', file=p, flush=True); time.sleep(600)"
    database = _part("database", told.format(path=str(log), name="database", word="signal.SIGINT"), lean_on=True)
    supervisor.add([database, _part("api", told.format(path=str(log), name="api", word="signal.SIGTERM"))])
    until(lambda: log.read_text().count("ready") == 2)
    supervisor.stopping.set()
    supervisor.end()

    assert log.read_text().split()[-2:] == ["api", "database"]


def test_what_cannot_run_is_started_less_and_less_often(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(supervising, "PAUSE_SECONDS", 0.1)
    supervisor.add([_part("broken", "raise SystemExit(3)")])
    began = time.monotonic()
    until(lambda: _told(tmp_path)["broken"]["starts"] == 4)
    assert time.monotonic() - began >= 0.1 + 0.2 + 0.4


def test_what_a_killed_supervisor_left_is_ended_and_nothing_else(tmp_path: Path) -> None:
    left, other = (subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) for _ in range(2))
    told = {"worker": left.pid, "scheduler": other.pid}
    began = {"worker": int(psutil.Process(left.pid).create_time()), "scheduler": 5}  # the number was used again
    parts = {name: {"pid": pid, "starts": 1, "began": began[name]} for name, pid in told.items()}
    (tmp_path / "processes.json").write_text(json.dumps(parts))
    end_left(tmp_path)
    try:
        until(lambda: left.poll() is not None)
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_the_brokers_data_are_its_owners_alone_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "my redis"
    with suppress(FileNotFoundError):  # the server is not on this machine; its configuration is written all the same
        servers.redis_command(folder, 6379, shared_secrets(tmp_path))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert f'dir "{folder}"' in (folder / "redis.conf").read_text()


def test_a_database_that_was_made_by_half_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "postgres"
    ran: list[str] = []

    def play(command: list[str], given: str = "") -> None:
        ran.append(command[0])
        if command[0] == "initdb":
            Path(command[command.index("--pgdata") + 1], "PG_VERSION").write_text("15")
        elif len(ran) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(servers, "_run", play)
    monkeypatch.setattr(servers, "_required", lambda name: name)
    monkeypatch.setattr(servers, "_owner", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        servers.make_database(data, shared_secrets(tmp_path))
    servers.make_database(data, shared_secrets(tmp_path))

    assert ran == ["initdb", "postgres", "initdb", "postgres"]
    assert (data / "PG_VERSION").exists()


@pytest.mark.parametrize(
    ("python", "code", "asked"),
    [
        (None, 0, ""),
        ("exit 1", 0, ""),  # an environment that was made by half: nothing can be imported
        ('echo "$@" >> asked; [ "$2" != include.local.distributed ]', 2, "include.local.up stop"),
        ('echo "$@" >> asked', 0, "include.local.up stop"),
    ],
)
def test_make_stop_needs_no_environment_and_ends_both(
    tmp_path: Path, python: str | None, code: int, asked: str
) -> None:
    if python:
        (tmp_path / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / ".venv" / "bin" / "python").write_text(f"#!/bin/sh\n{python}\n")
        (tmp_path / ".venv" / "bin" / "python").chmod(0o755)
    done = subprocess.run(["make", "-f", ROOT / "Makefile", "stop"], cwd=tmp_path, check=False)
    assert done.returncode == code
    told = tmp_path / "asked"
    assert asked in (told.read_text() if told.exists() else "")


def test_several_runs_of_a_dag_may_go_at_once_whatever_its_file_says(tmp_path: Path, common: dict[str, str]) -> None:
    policy = runpy.run_path(str(tmp_path / "airflow" / "config" / "airflow_local_settings.py"))
    dag = SimpleNamespace(max_active_runs=1)
    policy["dag_policy"](dag)

    assert dag.max_active_runs > 1
