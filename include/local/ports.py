"""Ports of loopback for servers that take a while to start: taken from the choice on, not from the first request on."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import suppress
from typing import NamedTuple

from include.local import places

LOCKS = places.CACHE / "ports"
"""A file for each port: all checkouts share the machine's ports."""
TRIES = 20


class Port(NamedTuple):
    """A port that no other of our servers gets.

    Attributes:
        number: the port.
        lock: the descriptor of an open file; the port is taken as long as a process has it open.
    """

    number: int
    lock: int


def take(wanted: int) -> Port:
    """Take a port, the one that is wanted if it is free.

    To ask whether a port is free is not enough: Airflow listens half a minute after that, and two that start at once
    would both choose the same.

    Args:
        wanted: the port to begin with.

    Returns:
        The port, or any free one in its place. The server inherits its lock (`pass_fds`); the caller closes it then.

    Raises:
        OSError: no port is free.
    """
    LOCKS.mkdir(parents=True, exist_ok=True)
    for candidate in (wanted, *[0] * TRIES):
        number = _free(candidate)
        if number is None:
            continue
        lock = os.open(LOCKS / str(number), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return Port(number, lock)
    raise OSError("no port of 127.0.0.1 is free")


def _free(port: int) -> int | None:
    """Return a port if nothing listens on it; any free one for 0."""
    with socket.socket() as probe, suppress(OSError):
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return int(probe.getsockname()[1])
    return None
