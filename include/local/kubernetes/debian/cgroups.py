"""The control groups of the cluster's pods, under version 1 (a tree for each controller) and version 2 (one tree)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

GONE_SECONDS = 10.0


def make(name: str) -> None:
    """Makes the group that the kubelet wants to find, in every tree.

    Args:
        name: of the group.
    """
    for tree in _trees():
        (tree / name).mkdir(exist_ok=True)


def remove(name: str) -> None:
    """Removes the group and all below it; waits for the last processes in it to be gone.

    Args:
        name: of the group.
    """
    end = time.monotonic() + GONE_SECONDS
    while left := [tree / name for tree in _trees() if (tree / name).is_dir()]:
        for group in left:
            _remove(group)
        if time.monotonic() > end:
            break
        time.sleep(0.05)


def _remove(group: Path) -> None:
    with contextlib.suppress(OSError):  # still busy, or its controller went away with it: the next round sees
        for child in group.iterdir():
            if child.is_dir():
                _remove(child)
        group.rmdir()


def _trees() -> Iterator[Path]:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, folder, kind, *_ = line.split()
        if kind in {"cgroup", "cgroup2"}:
            yield Path(folder)
