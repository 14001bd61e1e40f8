"""How much memory the task's container has used, so that its limit can be chosen."""

from __future__ import annotations

from pathlib import Path

PEAKS = (Path("/sys/fs/cgroup/memory.peak"), Path("/sys/fs/cgroup/memory/memory.max_usage_in_bytes"))
"""The control group's own peak, in bytes.

Version 2 (Linux 5.19 and later), version 1 (kernel documentation, "cgroup-v2", "memory").
"""


def peak() -> int | None:
    """Return the most memory that this control group has used at once.

    Returns:
        Bytes, the cache of files included; None where the kernel does not say.
    """
    for path in PEAKS:
        try:
            return int(path.read_text())
        except (OSError, ValueError):
            continue
    return None
