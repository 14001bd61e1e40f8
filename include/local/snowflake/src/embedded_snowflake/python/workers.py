"""The pool of workers: forked, kept warm for the next call of the same definition, limited, killed when stuck."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Event, Lock, Thread
from typing import Any

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.python.fork_server import ForkServer
from embedded_snowflake.python.interpreter.protocol import Channel, ClosedError

# Snowflake's number and SQLSTATE for whatever goes wrong in Python code.
PYTHON_ERROR = (100_357, "P0000")


@dataclass(frozen=True)
class Limits:
    """What workers may use.

    Attributes:
        memory: Bytes of private memory of one worker.
        batch_seconds: Time for one batch of a function; Snowflake's own limit is 180 s.
        procedure_seconds: Time for one procedure call.
        functions: Workers that compute functions at once; more wait for their turn.
        procedures: Procedures that run at once, nested ones included; more are refused, since waiting could be for
            ever.
        idle: Workers kept warm.
        idle_seconds: How long they are kept.
    """

    memory: int = 4 << 30
    batch_seconds: float = 180.0
    procedure_seconds: float = 3600.0
    functions: int = max(2, os.cpu_count() or 1)
    procedures: int = 64
    idle: int = 8
    idle_seconds: float = 120.0


@dataclass(frozen=True)
class Code:
    """What a worker loads.

    Attributes:
        key: Tells apart what must not share a worker: the definition and the state of its imported files.
        runtime: RUNTIME_VERSION.
        label: For errors: "ADD1 with handler compute".
        request: The `load` request.
    """

    key: tuple[Any, ...]
    runtime: str
    label: str
    request: dict[str, Any]


class Worker:
    """One process with one loaded handler.

    Args:
        fork_server: Process that forks it.
        code: What it loads.
        folder: Its own folder, removed with it.
        limits: What it may use.
    """

    def __init__(self, fork_server: ForkServer, code: Code, folder: Path, limits: Limits) -> None:
        self.code = code
        self.idle_since = 0.0
        self._folder = folder
        self._fork_server = fork_server
        self._limits = limits
        self._cancelled = False
        self._pid, self._socket = fork_server.fork(folder, limits.memory)
        self._channel = Channel(self._socket)
        self.usable = True

    def load(self) -> None:
        """Load the handler.

        Raises:
            SnowflakeError: Its code fails.
        """
        self.call({"op": "load", **self.code.request}, b"", self._limits.batch_seconds)

    def call(self, request: dict[str, Any], payload: Any, seconds: float) -> tuple[dict[str, Any], bytearray]:
        """Send a request and wait for the answer.

        Args:
            request: Header.
            payload: Bytes.
            seconds: How long to wait before the worker is killed.

        Returns:
            Header and payload of the answer.

        Raises:
            SnowflakeError: The handler raised, the worker died, or it took too long.
        """
        self._socket.settimeout(seconds)
        try:
            self._channel.send(request, payload)
            answer, body = self._channel.receive()
        except ClosedError:
            self.usable = False
            if self._cancelled:
                raise SnowflakeError("SQL execution canceled", 604, "57014") from None
            why = f"the Python process ended unexpectedly: {self._fork_server.ending(self._pid)}"
            raise SnowflakeError(
                f"Python Interpreter Error:\n{why} in function {self.code.label}", *PYTHON_ERROR
            ) from None
        except TimeoutError:
            self.kill()
            raise SnowflakeError(
                f"Python Interpreter Error:\nexecution took longer than {seconds:g} seconds and was ended in function"
                f" {self.code.label}",
                *PYTHON_ERROR,
            ) from None
        except BaseException:
            self.kill()
            raise
        if "error" in answer:
            if answer["error"] == "memory":
                self.kill()
                text = "Function available memory exhausted."
            else:
                text = str(answer["traceback"]).rstrip("\n")
            raise SnowflakeError(f"Python Interpreter Error:\n{text} in function {self.code.label}", *PYTHON_ERROR)
        return answer, body

    def cancel(self) -> None:
        """End it at once, for whoever waits for it to hear that the statement was cancelled."""
        self._cancelled = True
        self.kill()

    def kill(self) -> None:
        """End it at once."""
        self.usable = False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def close(self) -> None:
        """End it and remove its folder."""
        if self.usable:
            self.kill()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Pool:
    """All workers of a server.

    Args:
        interpreters: Path of the interpreter for each RUNTIME_VERSION.
        folder: Folder for the workers' own folders; emptied now.
        limits: What workers may use.
    """

    def __init__(self, interpreters: dict[str, Path], folder: Path, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._fork_servers = {version: ForkServer(path) for version, path in interpreters.items()}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._folder = folder
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._running: dict[Worker, object] = {}
        self._function_slots = BoundedSemaphore(self.limits.functions)
        self._procedure_slots = BoundedSemaphore(self.limits.procedures)
        self._closed = Event()
        Thread(target=self._end_idle, name="idle Python workers", daemon=True).start()

    def warm(self, version: str) -> None:
        """Start an interpreter in the background.

        Args:
            version: Its RUNTIME_VERSION.
        """
        Thread(target=self._fork_servers[version].warm, name=f"warm Python {version}", daemon=True).start()

    @contextlib.contextmanager
    def function(self, code: Code, owner: object = None) -> Iterator[Worker]:
        """Borrow a worker to compute a batch.

        Args:
            code: What it must have loaded.
            owner: Whoever `cancel` names to end it.

        Yields:
            The worker.

        Raises:
            SnowflakeError: No worker was free in time, or the code cannot be loaded.
        """
        if not self._function_slots.acquire(timeout=self.limits.batch_seconds):
            raise SnowflakeError("No Python worker was free in time: other functions use them all.", *PYTHON_ERROR)
        try:
            with self._borrow(code, owner) as worker:
                yield worker
        finally:
            self._function_slots.release()

    @contextlib.contextmanager
    def procedure(self, code: Code, owner: object = None) -> Iterator[Worker]:
        """Borrow a fresh worker to run a procedure; it ends with the call, as in Snowflake.

        Args:
            code: What it must load.
            owner: Whoever `cancel` names to end it.

        Yields:
            The worker.

        Raises:
            SnowflakeError: Too many procedures run, or the code cannot be loaded.
        """
        if not self._procedure_slots.acquire(blocking=False):
            raise SnowflakeError(
                f"{self.limits.procedures} Python procedures run already; is one calling itself?", *PYTHON_ERROR
            )
        try:
            with self._borrow(code, owner, keep=False) as worker:
                yield worker
        finally:
            self._procedure_slots.release()

    def cancel(self, owner: object) -> None:
        """Kill the workers that run for an owner.

        Args:
            owner: As given when they were borrowed.
        """
        with self._lock:
            workers = [worker for worker, borrower in self._running.items() if borrower == owner]
        for worker in workers:
            worker.cancel()

    def close(self) -> None:
        """End all workers and the processes that fork them."""
        self._closed.set()
        with self._lock:
            workers, self._idle = [*self._idle, *self._running], []
        for worker in workers:
            worker.close()
        for fork_server in self._fork_servers.values():
            fork_server.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    @contextlib.contextmanager
    def _borrow(self, code: Code, owner: object, keep: bool = True) -> Iterator[Worker]:
        worker = self._take_idle(code) if keep else None
        if worker is None:
            worker = Worker(
                self._fork_servers[code.runtime], code, Path(tempfile.mkdtemp(dir=self._folder)), self.limits
            )
            fresh = True
        else:
            fresh = False
        with self._lock:
            self._running[worker] = owner
        try:
            if fresh:
                worker.load()
            yield worker
        except BaseException:
            # What a failed call left behind in the process is unknown.
            keep = False
            raise
        finally:
            with self._lock:
                del self._running[worker]
            if keep and worker.usable:
                self._put_idle(worker)
            else:
                worker.close()

    def _take_idle(self, code: Code) -> Worker | None:
        with self._lock:
            for worker in reversed(self._idle):
                if worker.code.key == code.key:
                    self._idle.remove(worker)
                    return worker
        return None

    def _put_idle(self, worker: Worker) -> None:
        worker.idle_since = time.monotonic()
        with self._lock:
            self._idle.append(worker)
            too_many = len(self._idle) - self.limits.idle
            ended, self._idle = self._idle[: max(0, too_many)], self._idle[max(0, too_many) :]
        for old in ended:
            old.close()

    def _end_idle(self) -> None:
        """End those that nobody has asked for any more, until the pool is closed."""
        while not self._closed.wait(self.limits.idle_seconds / 4):
            oldest = time.monotonic() - self.limits.idle_seconds
            with self._lock:
                ended = [worker for worker in self._idle if worker.idle_since < oldest]
                self._idle = [worker for worker in self._idle if worker not in ended]
            for worker in ended:
                worker.close()
