"""The control groups of the cluster's pods, under version 1 (a tree for each controller) and version 2 (one tree)."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

GONE_SECONDS = 10.0
UNIFIED = Path("/sys/fs/cgroup")
KUBELETS = {"cpu", "cpuset", "hugetlb", "memory", "pids"}
"""Controllers that the kubelet insists on, as far as the machine has them."""


def make(name: str) -> list[str]:
    """Make the group that the kubelet wants to find, in every tree.

    Args:
        name: of the group.

    Returns:
        The controllers that had to be switched on for groups in the version 2 tree; for `switch_off` in the end.
    """
    added = []
    for tree, kind in _trees():
        if (
            kind == "cgroup2" and tree == UNIFIED
        ):  # elsewhere it stands beside version 1, and the kubelet does not use it
            switch = tree / "cgroup.subtree_control"
            available = set((tree / "cgroup.controllers").read_text().split())
            added = sorted(available & KUBELETS - set(switch.read_text().split()))
            switch.write_text(" ".join(f"+{controller}" for controller in added))
        (tree / name).mkdir(exist_ok=True)
    return added


def switch_off(controllers: list[str]) -> None:
    """Undoes what `make` switched on, where nobody else has come to use it.

    Args:
        controllers: as `make` returned them.
    """
    for controller in controllers:
        with contextlib.suppress(OSError):
            (UNIFIED / "cgroup.subtree_control").write_text(f"-{controller}")


def remove(name: str) -> None:
    """Remove the group and all below it; wait for the last processes in it to be gone.

    Args:
        name: of the group.
    """
    end = time.monotonic() + GONE_SECONDS
    while left := [tree / name for tree, _ in _trees() if (tree / name).is_dir()]:
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


def _trees() -> Iterator[tuple[Path, str]]:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, folder, kind, *_ = line.split()
        if kind in {"cgroup", "cgroup2"}:
            yield Path(folder), kind
