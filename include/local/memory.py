"""How much memory the embedded Snowflake takes, its Python workers included: watched while a run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PROCESSES = Path("/proc")


class Watch:
    """The most memory that a process and all that it started have had at once, as far as it was looked at.

    Args:
        pid: the process.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.peak: int | None = None
        """Bytes; None where the kernel does not say, as outside of Linux."""

    def look(self) -> None:
        """Look at it now. What two processes share counts once (`Pss`, proc_pid_smaps(5))."""
        sizes = [size for pid in _tree(self._pid) if (size := _size(pid)) is not None]
        if sizes:
            self.peak = max(self.peak or 0, sum(sizes))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for path in (PROCESSES / str(pid) / "task").glob("*/children"):
        try:
            children = path.read_text().split()
        except OSError:
            continue  # it has ended
        for child in children:
            yield from _tree(int(child))


def _size(pid: int) -> int | None:
    try:
        lines = (PROCESSES / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), None)
