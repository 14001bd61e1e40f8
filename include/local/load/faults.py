"""What breaks while a load runs: a worker and all of its tasks, the scheduler, the database."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil

from include.local.distributed.__main__ import processes


@dataclass(frozen=True)
class Fault:
    """Something that breaks.

    Attributes:
        after: the share of the runs that have ended by then.
        name: what happens, for people.
        happen: makes it happen.
    """

    after: float
    name: str
    happen: Callable[[], None]


def _kill_with_tasks(part: str) -> None:
    """Kill a process and all below it, as when its machine is gone."""
    process = psutil.Process(processes()[part]["pid"])
    for one in [*process.children(recursive=True), process]:
        with suppress(psutil.NoSuchProcess):
            one.kill()


FAULTS = (
    Fault(0.1, "worker-1 is killed, with all that it runs", lambda: _kill_with_tasks("worker-1")),
    Fault(0.3, "the scheduler is killed", lambda: _kill_with_tasks("scheduler")),
    Fault(0.5, "the database is restarted", lambda: os.kill(processes()["postgres"]["pid"], signal.SIGINT)),
)
