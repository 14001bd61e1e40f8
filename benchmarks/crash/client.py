"""One of the client processes: `python -m benchmarks.crash.client PARAMETERS NUMBER SECONDS`."""

from __future__ import annotations

import contextlib
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import snowflake.connector

from benchmarks.crash.objects import OBJECTS
from benchmarks.crash.operations import Operation
from benchmarks.crash.rows import ROWS

T = TypeVar("T")
TIMEOUT = 20  # of a log-in and of a call, in seconds
OPERATIONS: tuple[type[Operation], ...] = (*ROWS, *OBJECTS)


class Client:
    """Does random operations and keeps on disk what became of each.

    Args:
        parameters: Connector parameters.
        folder: Its own folder: the log, and the files that it puts.
        number: Its number.
        runtime: The server's RUNTIME_VERSION.

    Attributes:
        done: How many operations it has begun.
    """

    def __init__(self, parameters: dict[str, Any], folder: Path, number: int, runtime: str) -> None:
        self.folder, self.number, self.runtime = folder, number, runtime
        self.done = 0
        self._parameters = {**parameters, "login_timeout": TIMEOUT, "network_timeout": TIMEOUT, "paramstyle": "qmark"}
        self._log = (folder / "log").open("a")
        self._opened: snowflake.connector.SnowflakeConnection | None = None
        self._ids: list[str] = []
        self._longest = 0.0

    @property
    def connection(self) -> snowflake.connector.SnowflakeConnection:
        """The open connection; opened when there is none."""
        if self._opened is None:
            self._opened = self.timed(lambda: snowflake.connector.connect(**self._parameters))
        return self._opened

    def run(self, seconds: float) -> None:
        """Do operations for a time.

        Args:
            seconds: For how long.
        """
        deadline = time.monotonic() + seconds
        operations = [kind() for kind in OPERATIONS]
        weights = [operation.weight for operation in operations]
        first = random.sample(operations, len(operations))
        while time.monotonic() < deadline:
            operation = first.pop() if first else random.choices(operations, weights)[0]
            self.done += 1
            key = f"{self.number}-{self.done}"
            entry: dict[str, Any] = {"kind": type(operation).__name__, "id": key, "client": self.number}
            entry["detail"] = operation.plan(self, key)
            self._ids, self._longest = [], 0.0
            try:
                operation.run(self, key, entry["detail"])
                entry["acknowledged"] = True
            except Exception as error:  # some of the connector's own are KeyErrors, where a session is gone
                entry |= {
                    "acknowledged": False,
                    "error": f"{type(error).__name__}: {str(error)[:300]}",
                    "errno": getattr(error, "errno", None),
                }
                self._leave()
            print(json.dumps(entry | {"queries": self._ids, "longest": self._longest}), file=self._log, flush=True)
        self._leave()

    def execute(self, sql: str, values: list[Any] | None = None, calls: int = 1) -> None:
        """Run a statement.

        Args:
            sql: Statement.
            values: Of its placeholders.
            calls: How many requests the client makes for it.
        """
        cursor = self.connection.cursor()
        self.timed(lambda: cursor.execute(sql, values), calls)
        self._ids.append(str(cursor.sfqid))

    def execute_many(self, sql: str, rows: list[list[Any]]) -> None:
        """Run a statement for many rows.

        Args:
            sql: Statement.
            rows: Values of its placeholders.
        """
        cursor = self.connection.cursor()
        self.timed(lambda: cursor.executemany(sql, rows))
        self._ids.append(str(cursor.sfqid))

    def timed(self, action: Callable[[], T], calls: int = 1) -> T:
        """Take the time of a call of the client library.

        Args:
            action: The call.
            calls: How many requests the library makes for it; each has its own timeout.

        Returns:
            What it returns.
        """
        started = time.monotonic()
        try:
            return action()
        finally:
            self._longest = max(self._longest, (time.monotonic() - started) / calls)

    def _leave(self) -> None:
        if self._opened is not None:
            with contextlib.suppress(Exception):
                self._opened.close(retry=False)
        self._opened = None


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    place = Path(sys.argv[1]).parent / sys.argv[2]
    place.mkdir()
    Client(given["connection"], place, int(sys.argv[2]), given["runtime"]).run(float(sys.argv[3]))
