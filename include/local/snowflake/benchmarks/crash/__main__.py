"""Kills the server under its clients, and checks everything.

`python -m benchmarks.crash [--processes 16] [--seconds 120] [--kills 5]`.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import snowflake.connector

from benchmarks.crash.client import TIMEOUT
from benchmarks.crash.operations import Record
from benchmarks.crash.worker import OPERATIONS
from embedded_snowflake import control
from tests.environments import ROOT

SCHEMA = "CRASH"
# The server starts within the time that clients wait for it; beside its timeout a call may spend its last pause.
LIMIT = 1.5 * TIMEOUT
NO_SESSION = 390111


def main() -> int:
    """Run the benchmark and print what was counted.

    Returns:
        The exit code: 0; 1 if something that was acknowledged is not there, something is there twice or in part, or a
            client
        waited too long.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--kills", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        state, clients = Path(name, "state"), Path(name, "clients")
        clients.mkdir()
        try:
            server = control.start(state)
            os.environ["REQUESTS_CA_BUNDLE"] = str(server.ca_bundle)
            connection = control.connection_parameters(state) | {"schema": SCHEMA}
            runtime = _prepare(connection, options.processes)
            (clients / "parameters").write_text(json.dumps({"connection": connection, "runtime": runtime}))
            starts = _run(state, clients, options)
            entries = [json.loads(line) for path in clients.glob("*/log") for line in path.read_text().splitlines()]
            problems = _check(connection, entries)
        finally:
            control.stop(state)
    _report(entries, starts, problems)
    return 1 if problems else 0


def _prepare(connection: dict[str, Any], processes: int) -> str:
    """Make what the operations need; gives the RUNTIME_VERSION."""
    with snowflake.connector.connect(**connection) as opened:
        cursor = opened.cursor()
        cursor.execute(f"create schema {SCHEMA}")
        ((runtime,),) = cursor.execute("select distinct runtime_version from information_schema.packages").fetchall()
        for operation in OPERATIONS:
            for statement in operation.setup:
                cursor.execute(statement.replace("{runtime}", str(runtime)))
        for number in range(processes):
            cursor.execute(f"create table OWN_{number} (K number, N number)")
    return str(runtime)


def _run(state: Path, clients: Path, options: argparse.Namespace) -> list[float]:
    """Let the clients work while the server is killed; gives the seconds that each new start took."""
    command = [sys.executable, "-m", "benchmarks.crash.worker", str(clients / "parameters")]
    running = [
        subprocess.Popen([*command, str(number), str(options.seconds)], cwd=ROOT) for number in range(options.processes)
    ]
    starts = []
    try:
        _wait_for_all(clients, options)
        for _ in range(options.kills):
            time.sleep(options.seconds / (options.kills + 1))
            server = control.status(state)
            if server is None:
                raise SystemExit("the server does not answer")
            os.kill(server.pid, signal.SIGKILL)
            begun = time.monotonic()
            control.start(state)
            starts.append(time.monotonic() - begun)
        for client in running:
            if client.wait(options.seconds + 10 * TIMEOUT):
                raise SystemExit(f"a client ended with {client.returncode}")
    finally:
        for client in running:
            client.kill()
    return starts


def _wait_for_all(clients: Path, options: argparse.Namespace) -> None:
    """Wait until each client has done each operation once: there is something to lose."""
    deadline = time.monotonic() + options.seconds
    logs = [clients / str(number) / "log" for number in range(options.processes)]
    while time.monotonic() < deadline and any(
        not log.exists() or len(log.read_text().splitlines()) < len(OPERATIONS) for log in logs
    ):
        time.sleep(0.1)


def _check(connection: dict[str, Any], entries: list[dict[str, Any]]) -> list[str]:
    fields = ("kind", "id", "client", "acknowledged", "detail")
    records = [Record(**{field: entry[field] for field in fields}) for entry in entries]
    problems = []
    with snowflake.connector.connect(**connection) as opened:
        for operation in OPERATIONS:
            mine = [record for record in records if record.kind == operation.__name__]
            problems += operation().violations(opened.cursor(), mine)
        for query_id in (query_id for entry in entries for query_id in entry["queries"]):
            status = opened.get_query_status(query_id).name
            if status != "SUCCESS":
                problems.append(f"the history says {status} of the acknowledged query {query_id}")
    # Of a kill a client hears as a lost connection or session; anything else was the server's own answer.
    answered = [entry for entry in entries if "error" in entry and entry["error"].startswith("ProgrammingError")]
    problems += [
        f"{entry['kind']} {entry['id']}: {entry['error']}" for entry in answered if entry["errno"] != NO_SESSION
    ]
    longest = max(entry["longest"] for entry in entries)
    return problems + ([f"a call took {longest:.1f} s, its timeout is {TIMEOUT} s"] if longest > LIMIT else [])


def _report(entries: list[dict[str, Any]], starts: list[float], problems: list[str]) -> None:
    print(f"{'operation':<14}{'acknowledged':>13}{'unknown':>9}{'longest call, s':>17}")
    for operation in OPERATIONS:
        mine = [entry for entry in entries if entry["kind"] == operation.__name__]
        right = sum(entry["acknowledged"] for entry in mine)
        print(
            f"{operation.__name__:<14}{right:>13,}{len(mine) - right:>9,}"
            f"{max((entry['longest'] for entry in mine), default=0):>17.1f}"
        )
    right = sum(entry["acknowledged"] for entry in entries)
    queries = sum(len(entry["queries"]) for entry in entries)
    print(f"{'all':<14}{right:>13,}{len(entries) - right:>9,}{max(entry['longest'] for entry in entries):>17.1f}")
    print(
        f"{queries:,} acknowledged query ids; starts after a kill took"
        f" {', '.join(f'{seconds:.1f}' for seconds in starts)} s"
    )
    for error, count in collections.Counter(entry["error"][:160] for entry in entries if "error" in entry).most_common(
        12
    ):
        print(f"{count:>6} x {error!r}")
    for problem in problems[:50]:
        print(f"VIOLATION: {problem}")
    print(f"{len(problems)} violations")


if __name__ == "__main__":
    sys.exit(main())
