"""How much CPU time a function has used."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

from include.runtime.guarded import known

PROCESSES = Path("/proc")
"""The kernel's pages of all processes, on Linux (proc(5))."""


def seconds() -> float:
    """Return the CPU time of this process and of all that it started.

    Returns:
        Seconds since the process began, of ended children and, on Linux, of those that still run (a pool of workers
        mostly outlives the function that used it).
    """
    ended = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(used.ru_utime + used.ru_stime for used in ended) + sum(map(_of, _running(os.getpid())))


def since(before: float | None) -> float | None:
    """Return the CPU time since a moment.

    Args:
        before: what `seconds` was then; None if that is not known.

    Returns:
        Seconds; None if they are not known.
    """
    now = known(seconds)
    return None if now is None or before is None else max(0.0, now - before)


def _running(process: int) -> Iterator[int]:
    """Find the processes that a process has started and that run, and those that they have started."""
    try:
        with os.scandir(PROCESSES / str(process) / "task") as threads:
            listed = [Path(thread) for thread in threads]
    except OSError:
        return  # the process has ended meanwhile, or this is no Linux
    for thread in listed:
        try:
            numbers = (thread / "children").read_text().split()
        except OSError:
            continue  # the thread has ended meanwhile
        for number in map(int, numbers):
            yield number
            yield from _running(number)


def _of(process: int) -> float:
    """Return the CPU time of a process and of its own ended children, in seconds; 0 of one that has ended meanwhile."""
    try:
        # The name of a program, in parentheses, may hold anything; what follows it is numbers.
        fields = (PROCESSES / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / float(os.sysconf("SC_CLK_TCK"))
