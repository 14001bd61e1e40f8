"""Debian packages that the cluster and the image need."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

from include.local.kubernetes.shell import Problem, run, say, there

INSTALL = Path(__file__).resolve().parent / "install.sh"


def is_debian_12() -> bool:
    """Whether this is the release that everything here is made for."""
    release = platform.freedesktop_os_release() if sys.platform == "linux" else {}
    return (release.get("ID"), release.get("VERSION_ID")) == ("debian", "12")


def can_install() -> bool:
    """Whether missing packages can be installed: root on Debian 12."""
    return is_debian_12() and os.geteuid() == 0


def install(packages: Mapping[str, str]) -> None:
    """Installs what is missing, and says so first.

    Args:
        packages: the package by the program that it has.

    Raises:
        Problem: something is missing and cannot be installed here.
    """
    missing = {program: package for program, package in packages.items() if not there(program)}
    if not missing:
        return
    names = " ".join(sorted(set(missing.values())))
    if not can_install():
        raise Problem(
            f"not on this machine: {', '.join(missing)}; install them (on Debian: apt-get install {names}) and try"
            " again"
        )
    say(f"installing Debian packages (their services are not started; they stay when all is stopped): {names}")
    run([INSTALL, *sorted(set(missing.values()))])
