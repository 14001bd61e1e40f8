"""The file that keeps roles, users, warehouses and grants."""

from __future__ import annotations

import datetime
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

_SCHEMA = """
create table if not exists objects (
    kind text, name text, created integer, comment text, properties text, primary key (kind, name)
);
create table if not exists grants (
    number integer primary key autoincrement, future integer, privilege text,
    kind text, database_name text, schema_name text, name text,
    granted_to text, grantee text, grant_option integer, granted_by text, created integer,
    unique (name, schema_name, database_name, kind, future, privilege, granted_to, grantee)
);
"""


class AccountFile:
    """An SQLite file for all sessions: a change that was made is there after a kill, whole.

    Args:
        path: The file; made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("pragma journal_mode=wal")
        self._base.execute("pragma synchronous=normal")
        self._base.executescript(_SCHEMA)

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Change several rows, all or none; within another change, as a part of it.

        Yields:
            The connection.
        """
        with self._lock:
            if self._base.in_transaction:
                yield self._base
                return
            self._base.execute("begin immediate")
            try:
                yield self._base
                self._base.execute("commit")
            except BaseException:
                self._base.execute("rollback")
                raise

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query.

        Args:
            sql: In SQLite's SQL.
            values: Of its placeholders.

        Returns:
            Its rows.
        """
        with self._lock:
            return self._base.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()


BEGINNING = datetime.datetime.fromtimestamp(0, datetime.UTC)  # stands for a time that is not known


def now() -> int:
    """Give the time as the file keeps it: microseconds since 1970, UTC."""
    return int(datetime.datetime.now(datetime.UTC).timestamp() * 1_000_000)


def instant(microseconds: int) -> datetime.datetime:
    """Read a time of the file.

    Args:
        microseconds: Since 1970, UTC.

    Returns:
        The time, in UTC.
    """
    return datetime.datetime.fromtimestamp(microseconds / 1_000_000, datetime.UTC)
