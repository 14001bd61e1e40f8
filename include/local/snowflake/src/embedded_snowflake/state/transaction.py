"""A session's transaction on DuckDB, with Snowflake's rules.

A failed statement ends a transaction in DuckDB and not in Snowflake, and Snowflake's isolation is READ COMMITTED where
DuckDB's is a snapshot: in both cases a new DuckDB transaction is begun, and the changes made so far are made again in
it. https://docs.snowflake.com/en/sql-reference/transactions
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.names import TableName
from embedded_snowflake.state.locks import Holder, TableLocks


@dataclass(frozen=True)
class Change:
    """A statement that changed rows in the open transaction.

    Attributes:
        sql: The statement.
        again: Makes it again, as it was made, and gives how many rows it changed now.
        affected: How many rows it changed.
        stays: Whether a rollback leaves it: it defines a temporary object that Snowpark made for itself.
    """

    sql: str
    again: Callable[[], int | None]
    affected: int
    stays: bool = False


class Transaction:
    """The transaction of a session; one at a time is open, or none.

    Args:
        duck: The session's DuckDB connection.
        locks: Locks of the tables, which all sessions share.
        holder: The session, for whom tables are locked.
        temporary: What is known of the session's temporary objects, which goes back where the transaction does.

    Attributes:
        id: What CURRENT_TRANSACTION() gives; None while none is open.
        scope: Who opened it: a session, or one of its procedures. Only there it can be ended.
        restoring: True while the changes are made again.
    """

    def __init__(
        self,
        duck: duckdb.DuckDBPyConnection,
        locks: TableLocks,
        holder: Holder,
        temporary: tuple[dict[TableName, Any], ...] = (),
    ) -> None:
        self.id: str | None = None
        self.scope: object = None
        self.restoring = False
        self.holder = holder
        self._duck, self._locks = duck, locks
        self._temporary = temporary
        self._temporary_then: tuple[dict[TableName, Any], ...] = ()
        self._changes: list[Change] = []
        self._since = 0  # what the locks' clock was when the transaction began to see what it sees

    @property
    def is_open(self) -> bool:
        """Whether one is open."""
        return self.id is not None

    def begin(self, scope: object) -> None:
        """Open a transaction; one that is open stays.

        Args:
            scope: Who opens it.
        """
        if not self.is_open:
            self._begin()
            self._changes.clear()
            self._temporary_then = tuple(dict(known) for known in self._temporary)
            self.id, self.scope = str(time.time_ns()), scope

    def commit(self) -> None:
        """Commit the open transaction, if any."""
        if self.is_open:
            self.restore()  # DuckDB would commit nothing of a broken one, and say so to nobody
            self.id = None
            try:
                self._duck.commit()
            finally:
                self._locks.release(self.holder)

    def rollback(self) -> None:
        """Roll the open transaction back, if any."""
        if self.is_open:
            self.id = None
            stay = [change for change in self._changes if change.stays]
            try:
                self._duck.rollback()
                if stay:
                    self._forget_temporary()
                    for change in stay:
                        with contextlib.suppress(duckdb.Error, SnowflakeError):
                            change.again()
            finally:
                self._locks.release(self.holder)

    def mark(self) -> tuple[str | None, int]:
        """Note how far it has come.

        Returns:
            For `undo`.
        """
        return self.id, len(self._changes)

    def undo(self, mark: tuple[str | None, int]) -> None:
        """Undo what a failed CALL has changed; the transaction stays open.

        Args:
            mark: What `mark` gave before it. Nothing happens where none was open, or that one has ended.

        Raises:
            SnowflakeError: The changes before it cannot be made again; the transaction is rolled back.
        """
        if self.is_open and mark[0] == self.id and len(self._changes) > mark[1]:
            del self._changes[mark[1] :]
            self._change_again()

    def remember(self, change: Change) -> None:
        """Note a change that was made, where one is open.

        Args:
            change: What was done.
        """
        if self.is_open:
            self._changes.append(change)

    def refresh(self) -> None:
        """See what others have committed, as each statement of Snowflake's does.

        After the first change it is seen by `lock`.
        """
        if self.is_open and not self._changes:
            self._duck.rollback()
            self._begin()

    def renew(self) -> None:
        """See what others have committed, even after its first change.

        Raises:
            SnowflakeError: The changes cannot be made again; the transaction is rolled back.
        """
        if self.is_open:
            self._change_again()

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
        ended = self._locks.acquire(self.holder, table, seconds)
        if self.is_open and ended > self._since:
            self._change_again()

    def unlock(self) -> None:
        """Give the locks back at the end of a statement that belongs to no transaction."""
        if not self.is_open:
            self._locks.release(self.holder)

    def _begin(self) -> None:
        self._since = self._locks.clock
        self._duck.begin()

    def _forget_temporary(self) -> None:
        """Know of temporary objects what was known when the transaction began."""
        for known, then in zip(self._temporary, self._temporary_then, strict=True):
            known.clear()
            known.update(then)

    def _change_again(self) -> None:
        self.restoring = True
        try:
            with contextlib.suppress(duckdb.Error):
                self._duck.rollback()
            self._begin()
            self._forget_temporary()
            for change in self._changes:
                if (change.again() or 0) != change.affected:
                    raise SnowflakeError(f"others have changed what it changed: {change.sql[:200]}")
        except (duckdb.Error, SnowflakeError) as error:
            self.rollback()
            text = (
                "The transaction was rolled back: it could not be continued after an error, for others have changed"
                " what it changed."
            )
            raise SnowflakeError(text, 625, "40001") from error
        finally:
            self.restoring = False
