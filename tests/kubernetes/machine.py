"""What a cluster could leave on the machine, as seen from outside of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from include.local.kubernetes.debian.node import KERNEL_SETTINGS

OF_PACKAGES = frozenset({"/var/lib/etcd", "/var/lib/containers", "/etc/cni/net.d", "/run/mount"})
"""Folders that Debian's etcd-server, buildah and mount make when they are installed or run for the first time."""


@dataclass(frozen=True)
class Traces:
    mounts: frozenset[str]
    rules: tuple[str, ...]
    kernel: dict[str, str]
    folders: frozenset[str]

    @classmethod
    def now(cls) -> Traces:
        save = shutil.which("iptables-save", path="/usr/sbin:/sbin:/usr/bin")
        saved = subprocess.run([save], capture_output=True, text=True, check=True).stdout if save else ""
        tops = [Path("/run"), Path("/var/lib"), Path("/var/log"), Path("/opt"), Path("/etc/cni")]
        return cls(
            mounts=frozenset(Path("/proc/self/mounts").read_text().splitlines()),
            rules=tuple(
                line.split(" [")[0] for line in saved.splitlines() if not line.startswith("#")
            ),  # without the packet counts
            kernel={name: Path("/proc/sys", name).read_text() for name in KERNEL_SETTINGS},
            folders=frozenset(str(child) for top in tops if top.is_dir() for child in top.iterdir()) - OF_PACKAGES,
        )


def processes_in(namespace: str) -> list[int]:
    """The processes in a process namespace, as `/proc/<pid>/ns/pid` names it."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and namespace_of(entry) == namespace
    ]


def namespace_of(process: Path) -> str | None:
    try:
        return os.readlink(process / "ns" / "pid")
    except OSError:
        return None


def control_groups(name: str) -> list[Path]:
    return [path for path in Path("/sys/fs/cgroup").rglob(name) if path.is_dir()]
