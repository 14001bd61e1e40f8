"""`make distributed`: starts, shows or ends the distributed Airflow.

python -m include.local.distributed up|down|status
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from include.constants import ROOT
from include.local import pods, ports, snowflake_server
from include.local.api import healthy_parts
from include.local.distributed import servers
from include.local.distributed.settings import FOLDER, WORKERS, Ports
from include.local.kubernetes.shell import Problem
from include.local.up import PORT

PID_FILE = FOLDER / "supervisor.pid"
URL = FOLDER / "url"
LOG = FOLDER / "supervisor.log"
START_SECONDS = 240
STOP_SECONDS = 60
LEFT_SECONDS = 20
CLOCK_SECONDS = 2
"""By how much a clock that was set moves the beginning of a process."""
MANY_STARTS = 3
_PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


def main(arguments: list[str]) -> int:
    """Start, show or end it.

    Args:
        arguments: `up`, `down` or `status`.

    Returns:
        The exit code: 0, or 1 with a message on standard error.
    """
    commands = {"up": _up, "down": _down, "status": _status}
    if len(arguments) != 1 or arguments[0] not in commands:
        print("usage: python -m include.local.distributed up|down|status", file=sys.stderr)
        return 1
    try:
        return commands[arguments[0]]()
    except (Problem, snowflake_server.ServerError) as problem:
        print(problem, file=sys.stderr)
    except subprocess.CalledProcessError as problem:
        print(f"{problem}\n{problem.stderr or ''}", file=sys.stderr)
    return 1


def _up() -> int:
    if running():
        print(f"airflow: already up, {URL.read_text()}")
        return 0
    end_left()
    server = snowflake_server.start()
    print(f"snowflake: embedded, on {server.host}:{server.port}", flush=True)
    if not pods.provide(server.ca_bundle, server.port):
        print("cluster: none, so tasks with the target kubernetes will fail", flush=True)
    servers.provide()
    FOLDER.mkdir(parents=True, exist_ok=True)
    FOLDER.chmod(0o711)  # PostgreSQL's own user goes through it
    taken = [ports.take(wanted) for wanted in (PORT, 5432, 6379, *[0] * (WORKERS + 1))]
    api, postgres, redis, *logs = (one.number for one in taken)
    given = json.dumps(vars(Ports(api, postgres, redis, tuple(logs))))
    with LOG.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "include.local.distributed.supervisor", str(FOLDER), given],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[one.lock for one in taken],
        )
    for one in taken:
        os.close(one.lock)
    PID_FILE.write_text(str(process.pid))
    URL.write_text(f"http://127.0.0.1:{api}")
    print(f"airflow: starting; its logs are in {os.path.relpath(FOLDER / 'logs')}", flush=True)
    return _wait(process)


def _wait(process: subprocess.Popen[bytes]) -> int:
    began = time.monotonic()
    said: set[str] = set()
    while time.monotonic() < began + START_SECONDS and process.poll() is None:
        healthy = healthy_parts(URL.read_text())
        for part in sorted(healthy - said):
            print(f"airflow: {part} is healthy ({time.monotonic() - began:.0f} s)", flush=True)
        said |= healthy
        if ended := [name for name, told in processes().items() if told["starts"] > MANY_STARTS]:
            print(f"airflow: {', '.join(ended)} ended again and again", file=sys.stderr)
            break
        if healthy >= {*_PARTS}:
            print(f"airflow: {URL.read_text()}, with {WORKERS} Celery workers")
            return 0
        time.sleep(1)
    print("\n".join(LOG.read_text(errors="replace").splitlines()[-20:]), file=sys.stderr)
    print(f"airflow: did not come up; the logs of its parts are in {FOLDER / 'logs'}", file=sys.stderr)
    _down()
    return 1


def _down() -> int:
    pid = running()
    if pid:
        os.kill(pid, signal.SIGTERM)
        try:
            psutil.Process(pid).wait(STOP_SECONDS)
        except psutil.NoSuchProcess:
            pass
        except psutil.TimeoutExpired:
            print(f"the supervisor (process {pid}) does not end", file=sys.stderr)
            return 1
        print("airflow: the distributed one has ended")
    end_left()
    PID_FILE.unlink(missing_ok=True)
    return 0


def _status() -> int:
    if not running():
        print("airflow: no distributed one runs")
        return 1
    for name, told in processes().items():
        print(f"{name:14} process {told['pid']:7} started {told['starts']} x")
    print(f"{URL.read_text()}: healthy: {', '.join(sorted(healthy_parts(URL.read_text())))}")
    return 0


def running(folder: Path = FOLDER) -> int | None:
    """Return the supervisor's process, if it is there and still ours: pids are used again.

    Args:
        folder: the state folder.
    """
    try:
        process = psutil.Process(int((folder / PID_FILE.name).read_text()))
        ours = "include.local.distributed.supervisor" in process.cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    return process.pid if ours and process.status() != psutil.STATUS_ZOMBIE else None


def processes(folder: Path = FOLDER) -> dict[str, dict[str, int]]:
    """Return what runs: for each part its process and how often it was started.

    Args:
        folder: the state folder.
    """
    try:
        found: dict[str, dict[str, int]] = json.loads((folder / "processes.json").read_text())
    except OSError:
        return {}
    return found


def end_left(folder: Path = FOLDER) -> None:
    """End what a supervisor that was killed has left: it runs on, and a new one could not have its data.

    Args:
        folder: the state folder.
    """
    left: list[psutil.Process] = []
    for told in processes(folder).values():
        with suppress(psutil.Error):
            process = psutil.Process(told["pid"])
            if abs(process.create_time() - told.get("began", 0)) <= CLOCK_SECONDS:
                left += [process, *process.children(recursive=True)]
    for ask in (psutil.Process.terminate, psutil.Process.kill):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                ask(process)
        _, left = psutil.wait_procs(left, timeout=LEFT_SECONDS)
    (folder / "processes.json").unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
