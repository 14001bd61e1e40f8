"""How much memory a function has used, so that a limit can be chosen."""

from __future__ import annotations

import logging
import time
from pathlib import Path

log = logging.getLogger(__name__)

STATUS = Path("/proc/self/status")
"""The kernel's page of this process, on Linux (proc_pid_status(5))."""


def report(started: float) -> None:
    """Log what this process took: the one line that the summary of a run reads.

    Args:
        started: `time.monotonic()` at the beginning.
    """
    used = f"used at most {most / 10**6:,.0f} MB of memory, " if (most := peak()) else ""
    log.info("%sin %.1f s", used, time.monotonic() - started)


def peak() -> int | None:
    """Return the most memory that this process has had at once.

    Not `ru_maxrss`, in which Linux counts what ran in this process before its last `exec`.

    Returns:
        Bytes; None where the kernel does not say, as outside of Linux.
    """
    try:
        lines = STATUS.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)
