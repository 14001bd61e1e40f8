"""Ends what a command started, however the command itself ends: by Ctrl-C, by SIGTERM or by SIGKILL.

The command starts a leash: a process in a session of its own, so that no key of the terminal reaches it, which waits at
a pipe. Only the command has the pipe's other end. When that closes, which the operating system does for a killed
process too, the leash lets nothing go on. This works alike on Linux and macOS.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from types import TracebackType
from typing import IO

import psutil

from include.constants import ROOT

_PR_SET_CHILD_SUBREAPER = 36
_DONE = b"done\n"
_END_SECONDS = 1.0


class Leash:
    """The command's end of a leash.

    Args:
        module: what runs at the other end: `python -m <module> <arguments>`, which asks `let_go` when to end what it
            holds.
        arguments: its arguments.
        environment: its environment.
        log: where what it prints goes.
    """

    def __init__(self, module: str, *arguments: str, environment: dict[str, str], log: IO[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            bufsize=0,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def ended(self) -> bool:
        """Whether the other end has nothing to hold any more."""
        return self._process.poll() is not None

    def done(self) -> None:
        """Says that there is nothing to end."""
        self._close(_DONE)

    def _close(self, word: bytes = b"") -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError):  # it has ended by itself
            if word and not pipe.closed:
                pipe.write(word)
        pipe.close()

    def __enter__(self) -> Leash:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        self._process.wait()


def let_go() -> threading.Event:
    """Watches the leash, at its other end.

    Returns:
        What is set once the command is gone without having said `done`; after `done` this process ends.
    """
    gone = threading.Event()
    for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(word, lambda *_: gone.set())

    def watch() -> None:
        said = b""
        while part := os.read(sys.stdin.fileno(), 64):
            said += part
        if said == _DONE:
            os._exit(0)
        gone.set()

    threading.Thread(target=watch, name="leash", daemon=True).start()
    return gone


def adopt() -> None:
    """Make every descendant whose parent dies a child of this process, where the system can (Linux).

    So `end_descendants` finds it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_descendants() -> None:
    """Kills all that this process started, and what that started: task children, in whatever session of their own."""
    while below := psutil.Process().children(recursive=True):
        for process in below:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(below, timeout=_END_SECONDS)
