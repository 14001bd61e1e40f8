"""A session's transaction on DuckDB, with Snowflake's rules.

A failed statement ends a transaction in DuckDB and not in Snowflake, and Snowflake's isolation is READ COMMITTED where DuckDB's
is a snapshot: in both cases a new DuckDB transaction is begun, and the changes made so far are made again in it.
https://docs.snowflake.com/en/sql-reference/transactions
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from include.local.snowflake.bindings import Binding
from include.local.snowflake.errors import SnowflakeError
from include.local.snowflake.names import TableName
from include.local.snowflake.state.locks import Holder, TableLocks


@dataclass(frozen=True)
class Change:
    """A statement that changed rows in the open transaction.

    Attributes:
        sql: The statement.
        rows: Values of its placeholders.
        wide: Whether it ran with wide numbers: see sql/wide.py.
        affected: How many rows it changed.
    """

    sql: str
    rows: list[list[Binding]]
    wide: bool
    affected: int


class Transaction:
    """The transaction of a session; one at a time is open, or none.

    Args:
        duck: The session's DuckDB connection.
        locks: Locks of the tables, which all sessions share.
        holder: The session, for whom tables are locked.
        repeat: Makes a change again, and gives how many rows it changed now.

    Attributes:
        id: What CURRENT_TRANSACTION() gives; None while none is open.
        restoring: True while the changes are made again.
    """

    def __init__(self, duck: duckdb.DuckDBPyConnection, locks: TableLocks, holder: Holder, repeat: Callable[[Change], int | None]) -> None:
        self.id: str | None = None
        self.restoring = False
        self._duck, self._locks, self._holder, self._repeat = duck, locks, holder, repeat
        self._changes: list[Change] = []
        self._since = 0  # what the locks' clock was when the transaction began to see what it sees

    @property
    def is_open(self) -> bool:
        """Whether one is open."""
        return self.id is not None

    def begin(self) -> None:
        """Open a transaction; one that is open stays."""
        if not self.is_open:
            self._begin()
            self._changes.clear()
            self.id = str(time.time_ns())

    def commit(self) -> None:
        """Commit the open transaction, if any."""
        if self.is_open:
            self.restore()  # DuckDB would commit nothing of a broken one, and say so to nobody
            self.id = None
            try:
                self._duck.commit()
            finally:
                self._locks.release(self._holder)

    def rollback(self) -> None:
        """Roll the open transaction back, if any."""
        if self.is_open:
            self.id = None
            try:
                self._duck.rollback()
            finally:
                self._locks.release(self._holder)

    def remember(self, change: Change) -> None:
        """Note a change that was made, where one is open.

        Args:
            change: What was done.
        """
        if self.is_open:
            self._changes.append(change)

    def refresh(self) -> None:
        """See what others have committed, as each statement of Snowflake's does; after the first change it is seen by `lock`."""
        if self.is_open and not self._changes:
            self._duck.rollback()
            self._begin()

    def restore(self) -> None:
        """Bring the open transaction back after a failed statement. Nothing happens where none is open or it is well.

        Raises:
            SnowflakeError: The changes cannot be made again; the transaction is rolled back.
        """
        if not self.is_open or self.restoring:
            return
        with contextlib.suppress(duckdb.Error):
            self._duck.execute("select 1").fetchall()
            return
        self._change_again()

    def lock(self, table: TableName, seconds: float) -> None:
        """Take a table's lock for a change of its rows, and see what was committed before.

        Args:
            table: Its full name.
            seconds: How long to wait for it.

        Raises:
            SnowflakeError: It was not free in time, or the transaction cannot be continued on what others committed.
        """
        if self.restoring:
            return
        ended = self._locks.acquire(self._holder, table, seconds)
        if self.is_open and ended > self._since:
            self._change_again()

    def unlock(self) -> None:
        """Give the locks back at the end of a statement that belongs to no transaction."""
        if not self.is_open:
            self._locks.release(self._holder)

    def _begin(self) -> None:
        self._since = self._locks.clock
        self._duck.begin()

    def _change_again(self) -> None:
        self.restoring = True
        try:
            with contextlib.suppress(duckdb.Error):
                self._duck.rollback()
            self._begin()
            for change in self._changes:
                if self._repeat(change) != change.affected:
                    raise SnowflakeError(f"others have changed what it changed: {change.sql[:200]}")
        except (duckdb.Error, SnowflakeError) as error:
            self.rollback()
            text = "The transaction was rolled back: it could not be continued after an error, for others have changed what it changed."
            raise SnowflakeError(text, 625, "40001") from error
        finally:
            self.restoring = False
