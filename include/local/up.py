"""`make up` and `make stop`: `airflow standalone` with all of the project, in the background, on loopback.

python -m include.local.up start|stop
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from include.constants import ROOT
from include.factory.project import Project
from include.local import airflow, alone, places, pods, ports, snowflake_server
from include.local.api import healthy_parts

START_SECONDS = 180
STOP_SECONDS = 30
PORT = 8080
SIDE_PORTS = (8793, 8794)
"""Where workers and the triggerer serve their logs, unless those ports are taken."""
URL = places.HOME / "url"
ENVIRONMENT = places.HOME / "environment"
"""What the running Airflow's SNOWPOD_ENVIRONMENT is."""
PID_FILE = places.HOME / "standalone.pid"
LOG = places.HOME / "standalone.log"


def main(arguments: list[str]) -> int:
    """Start or stop Airflow and the embedded Snowflake.

    Args:
        arguments: `start` or `stop`.

    Returns:
        The exit code: 0, or 1 with a message on standard error.
    """
    if arguments == ["stop"]:
        return _stop()
    if arguments != ["start"]:
        print("usage: python -m include.local.up start|stop", file=sys.stderr)
        return 1
    server = snowflake_server.provide()
    if server is None:
        return 1
    try:
        if not pods.provide(server.ca_bundle, server.port):
            print("cluster: none, so tasks with the target kubernetes will fail", flush=True)
    except subprocess.CalledProcessError:
        print("The cluster does not work; the reason is above. CLUSTER=none does without it.", file=sys.stderr)
        return 1
    return _start()


class UpError(Exception):
    """The Airflow that runs cannot serve this command; the message says what to do."""


def url() -> str | None:
    """Where the Airflow that `make up` started answers; one that still starts is waited for.

    Returns:
        Its URL, or None if none runs.

    Raises:
        UpError: it does not answer, or works in another environment than this command.
    """
    deadline = time.monotonic() + START_SECONDS
    while _running():
        found = URL.read_text() if URL.exists() else ""
        if found and _healthy(found):
            theirs, ours = ENVIRONMENT.read_text(), Project(ROOT).environment
            if theirs != ours:
                raise UpError(
                    f"The Airflow that runs has the environment {theirs}, this command {ours}: `make stop` ends that"
                    " Airflow."
                )
            return found
        if time.monotonic() > deadline:
            raise UpError("The Airflow that `make up` started does not answer: `make stop`, then `make up`.")
        time.sleep(0.5)
    return None


def _start() -> int:
    running = _running()
    if running:
        print(f"airflow: already up (process {running}), {URL.read_text()}")
        return 0
    if alone.under_way(places.HOME):
        print(
            "airflow: a `make run` is under way, and this Airflow would run its tasks too. Start it when that has"
            " ended.",
            file=sys.stderr,
        )
        return 1
    settings = airflow.environment()
    airflow.prepare_database(settings)
    asked_for = int(os.environ.get("PORT", 0))
    taken = [ports.take(wanted) for wanted in (asked_for or PORT, *SIDE_PORTS)]
    port, logs, trigger_logs = (one.number for one in taken)
    if asked_for not in (0, port):
        print(f"airflow: port {asked_for} is taken; choose another PORT, or none.", file=sys.stderr)
        return 1
    address = f"http://127.0.0.1:{port}"
    settings |= {
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(logs),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger_logs),
        # Press play, and it runs: nothing to switch on first.
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
    }
    print(f"airflow: starting, log in {os.path.relpath(LOG)}", flush=True)
    with LOG.open("w") as log:
        process = subprocess.Popen(
            [airflow.airflow(), "standalone"],
            cwd=ROOT,
            env=settings,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=[one.lock for one in taken],
        )
    for one in taken:
        os.close(one.lock)
    URL.write_text(address)
    ENVIRONMENT.write_text(Project(ROOT, settings).environment)
    PID_FILE.write_text(str(process.pid))
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _healthy(address):
            print(f"airflow: {address}")
            return 0
        time.sleep(1)
    print("\n".join(LOG.read_text(errors="replace").splitlines()[-20:]), file=sys.stderr)
    print(f"airflow: did not come up within {START_SECONDS} s; its last lines are above", file=sys.stderr)
    _stop_airflow()
    return 1


def _stop() -> int:
    _stop_airflow()
    try:
        snowflake_server.stop()
    except snowflake_server.ServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _stop_airflow() -> None:
    pid = _running()
    if pid:
        os.killpg(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _running() and time.monotonic() < deadline:
            time.sleep(0.2)
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    PID_FILE.unlink(missing_ok=True)


def _running() -> int | None:
    """Return the process that `start` left, if it is still ours: pids are used again."""
    try:
        pid = int(PID_FILE.read_text())
        command = subprocess.run(
            ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    except (OSError, ValueError):
        return None
    return pid if "standalone" in command else None


def _healthy(url: str) -> bool:
    return len(healthy_parts(url)) >= 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
