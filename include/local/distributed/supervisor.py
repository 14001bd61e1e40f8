"""Keeps the processes of a distributed Airflow running: what ends is started again, as a container would be.

    python -m include.local.distributed.supervisor <folder> <ports as JSON>

It ends with SIGTERM, and then all that it started.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

from include.constants import ROOT
from include.local.distributed.parts import AIRFLOW, Part, airflow_parts, stores
from include.local.distributed.settings import Ports, environment
from include.local.leash import adopt, end_descendants

POLL_SECONDS = 0.5
PAUSE_SECONDS = 1.0
"""Between the end of a process and its next start; twice as long each time that it ends soon."""
LONGEST_PAUSE_SECONDS = 60.0
STEADY_SECONDS = 60.0
"""What ran so long did not end soon."""
DATABASE_TRIES = 5
"""A database that was killed repairs itself first, and refuses clients meanwhile."""
END_SECONDS = 20
"""How long the processes may take to end by themselves; tasks under way are not waited for longer."""


class Supervisor:
    """Runs parts until it is told to stop."""

    def __init__(self, folder: Path) -> None:
        """Run nothing yet.

        Args:
            folder: the state folder; each part's log is in `logs/`, and `processes.json` says what runs.
        """
        self._folder = folder
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._parts: dict[str, Part] = {}
        self._starts: dict[str, int] = {}
        self._began: dict[str, float] = {}
        self._pauses: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self.stopping = threading.Event()

    def add(self, parts: Iterable[Part]) -> None:
        """Start parts, and keep them running."""
        for part in parts:
            self._parts[part.name] = part
            self._start(part)
        self._tell()

    def watch(self) -> None:
        """Start what ends again, until `stopping` is set."""
        while not self.stopping.wait(POLL_SECONDS):
            for name in [name for name, process in self._running.items() if process.poll() is not None]:
                if name not in self._due:
                    self._due[name] = time.monotonic() + self._pause(name)
                elif time.monotonic() >= self._due[name]:
                    del self._due[name]
                    self._start(self._parts[name])
                    self._tell()

    def _pause(self, name: str) -> float:
        """Return how long to wait for the next start of what has ended: one that cannot run must not take a core."""
        soon = time.monotonic() - self._began[name] < STEADY_SECONDS
        last = self._pauses.get(name, 0.0) if soon else 0.0
        self._pauses[name] = min(2 * last or PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        code = self._running[name].returncode
        print(f"{name} ended with {code}; it is started again in {self._pauses[name]:g} s", flush=True)
        return self._pauses[name]

    def end(self) -> None:
        """End all parts, those that others lean on last, and then all that they left."""
        for lean_on in (False, True):
            ending = [name for name, part in self._parts.items() if part.lean_on is lean_on]
            for name in ending:
                self._running[name].send_signal(signal.SIGINT if lean_on else signal.SIGTERM)
            deadline = time.monotonic() + END_SECONDS
            for name in ending:
                with suppress(subprocess.TimeoutExpired):
                    self._running[name].wait(max(0.0, deadline - time.monotonic()))
        end_descendants()

    def _start(self, part: Part) -> None:
        self._starts[part.name] = self._starts.get(part.name, 0) + 1
        self._began[part.name] = time.monotonic()
        with (self._folder / "logs" / f"{part.name}.log").open("ab") as log:
            self._running[part.name] = subprocess.Popen(
                part.command,
                cwd=ROOT,
                env=dict(part.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _tell(self) -> None:
        told = {
            name: {"pid": process.pid, "starts": self._starts[name], "began": _began(process.pid)}
            for name, process in self._running.items()
        }
        written = self._folder / f".processes.{os.getpid()}"
        written.write_text(json.dumps(told, indent=1))
        written.replace(self._folder / "processes.json")


def _began(pid: int) -> int:
    """Return when a process was started, which tells it from a later one with its number."""
    try:
        return int(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0


def main(arguments: list[str]) -> int:
    """Run all of it.

    Args:
        arguments: the state folder, and the ports as JSON.

    Returns:
        The exit code: 0, or 1 if the database could not be made.
    """
    folder, given = Path(arguments[0]), json.loads(arguments[1])
    ports = Ports(**{**given, "logs": tuple(given["logs"])})
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    adopt()
    supervisor = Supervisor(folder)
    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, lambda *_: supervisor.stopping.set())
    try:
        supervisor.add(stores(folder, ports))
        if not _migrated(folder, ports, supervisor):
            return 1
        supervisor.add(airflow_parts(folder, ports))
        supervisor.watch()
    finally:
        supervisor.end()
        (folder / "processes.json").unlink(missing_ok=True)
    return 0


def _migrated(folder: Path, ports: Ports, supervisor: Supervisor) -> bool:
    """Make the metadata database's tables, as soon as its server answers."""
    for _ in range(DATABASE_TRIES):
        done = subprocess.run(
            [str(AIRFLOW), "db", "migrate"],
            env=environment(folder, ports),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return True
        if supervisor.stopping.wait(PAUSE_SECONDS):
            return False
    print(done.stdout[-3000:], done.stderr[-3000:], flush=True)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
