"""A client of the server: its connection, what it was answered, and how long it waited."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import snowflake.connector

T = TypeVar("T")
TIMEOUT = 20  # of a log-in and of a call, in seconds


class Client:
    """Runs statements, and keeps on disk what became of each operation.

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

    def begin(self) -> str:
        """Begin another operation.

        Returns:
            Its id.
        """
        self.done += 1
        self._ids, self._longest = [], 0.0
        return f"{self.number}-{self.done}"

    def note(self, entry: dict[str, Any]) -> None:
        """Write down what became of the operation.

        Args:
            entry: What is known of it.
        """
        print(json.dumps(entry | {"queries": self._ids, "longest": self._longest}), file=self._log, flush=True)

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

    def leave(self) -> None:
        """Close the connection, if one is open."""
        if self._opened is not None:
            with contextlib.suppress(Exception):
                self._opened.close(retry=False)
        self._opened = None
