"""A process that has imported the slow libraries once and forks a worker from itself whenever the server asks.

A fork takes milliseconds and shares the libraries' memory, where a fresh interpreter takes seconds and 150 MB.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
import sys
import warnings
from typing import NoReturn

from .protocol import Channel, ClosedError
from .worker import serve

# Imported beforehand where the interpreter has them.
PRELOADED = ("pandas", "pyarrow", "snowflake.connector", "snowflake.snowpark", "snowflake.snowpark.functions")
_ENDED_KEPT = 256


def main() -> NoReturn:
    """Answer requests to fork on the socket whose number is the last argument, until it is closed."""
    control = socket.socket(fileno=int(sys.argv[-1]))
    channel = Channel(control)
    for name in PRELOADED:
        # A library that is missing or broken is the business of the function that wants it.
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    # What is there now lives for good: kept out of garbage collection, its pages stay shared.
    gc.collect()
    gc.freeze()
    ended: dict[int, int] = {}
    living: set[int] = set()
    try:
        channel.send({"version": "{}.{}".format(*sys.version_info)})
        while True:
            request, _ = channel.receive()
            _reap(living, ended, request.get("pid"))
            if request["op"] == "fork":
                sock = _receive_socket(control)
                pid = _fork(control, sock, request["folder"], request["memory"])
                living.add(pid)
                sock.close()
                channel.send({"pid": pid})
            else:
                channel.send({"status": ended.get(request["pid"])})
    except ClosedError:
        for pid in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        os._exit(0)


def _receive_socket(control: socket.socket) -> socket.socket:
    _, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    if not descriptors:
        raise ClosedError
    return socket.socket(fileno=descriptors[0])


def _fork(control: socket.socket, sock: socket.socket, folder: str, memory: int) -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside threads; the libraries' idle thread pools are made for it.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        return pid
    control.close()
    try:
        serve(Channel(sock), folder, memory)
    finally:
        os._exit(0)


def _reap(living: set[int], ended: dict[int, int], awaited: int | None) -> None:
    """Note how workers ended; wait for the one asked about, whose socket is closed already."""
    if awaited in living:
        with contextlib.suppress(ChildProcessError):
            ended[awaited] = os.waitpid(awaited, 0)[1]
        living.discard(awaited)
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if not pid:
            break
        living.discard(pid)
        ended[pid] = status
    while len(ended) > _ENDED_KEPT:
        del ended[next(iter(ended))]
