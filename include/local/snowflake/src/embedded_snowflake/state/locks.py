"""Locks of tables, as Snowflake takes them: changes of a table's rows wait for each other, and nothing else waits.

https://docs.snowflake.com/en/sql-reference/transactions#resource-locking: UPDATE, DELETE and MERGE lock their table to
the end of their transaction; queries and INSERT need no lock. A statement waits LOCK_TIMEOUT seconds; of statements
that wait for each other the last is refused; an idle transaction that is in somebody's way is rolled back after five
minutes.
"""

from __future__ import annotations

import time
from collections import deque
from threading import Condition
from typing import Protocol

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.names import TableName

LOCK_TIMEOUT = 43_200.0  # Snowflake's default, in seconds
IDLE_SECONDS = 300.0
_LOOK_SECONDS = 1.0


class Holder(Protocol):
    """A session, or a part of it that has a transaction of its own, as far as its locks are concerned."""

    @property
    def called(self) -> Holder | None:
        """The procedure that its CALL waits for, or None."""
        ...

    def idle_seconds(self) -> float:
        """How long it has run no statement; 0 while one runs."""
        ...

    def give_up(self) -> None:
        """Roll the idle session's transaction back; its client is told at the next statement."""
        ...


class TableLocks:
    """Who may change which table."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._holders: dict[TableName, Holder] = {}
        self._queues: dict[TableName, deque[Holder]] = {}
        self._stopped: set[Holder] = set()
        self._clock = 0
        self._ends: dict[TableName, int] = {}

    @property
    def clock(self) -> int:
        """Grows whenever a lock is given back; a transaction remembers it from its start."""
        return self._clock

    def acquire(self, holder: Holder, table: TableName, seconds: float) -> int:
        """Take a table's lock, in turn; a holder may take it again.

        Args:
            holder: Who wants it.
            table: Its full name.
            seconds: How long to wait.

        Returns:
            What the clock was when the lock was last given back; 0 if it never was.

        Raises:
            SnowflakeError: It was not free in time, the holders wait for each other (both 000625), or the wait was
                stopped.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            if self._holders.get(table) is holder:
                return self._ends.get(table, 0)
            queue = self._queues.setdefault(table, deque())
            queue.append(holder)
            try:
                while table in self._holders or queue[0] is not holder:
                    self._check(holder, table, deadline)
                    self._changed.wait(_LOOK_SECONDS)
                self._holders[table] = holder
            finally:
                queue.remove(holder)
                self._stopped.discard(holder)
                self._changed.notify_all()
            return self._ends.get(table, 0)

    def release(self, holder: Holder) -> None:
        """Give back all locks, after the transaction's end.

        Args:
            holder: Who had them.
        """
        with self._changed:
            held = [table for table, owner in self._holders.items() if owner is holder]
            for table in held:
                del self._holders[table]
                self._clock += 1
                self._ends[table] = self._clock
            if held:
                self._changed.notify_all()

    def stop(self, holder: Holder) -> None:
        """End a holder's wait, if it waits.

        Args:
            holder: Who is not to wait any longer.
        """
        with self._changed:
            if any(holder in queue for queue in self._queues.values()):
                self._stopped.add(holder)
                self._changed.notify_all()

    def _check(self, holder: Holder, table: TableName, deadline: float) -> None:
        if holder in self._stopped:
            raise SnowflakeError("SQL execution canceled", 604, "57014")
        if time.monotonic() >= deadline:
            raise _refusal(
                f"another transaction has locked table '{table.name}' and this lock has not yet been released"
            )
        if self._waits_for(self._holders.get(table), holder):
            raise _refusal(
                f"it waits for table '{table.name}' and the transaction that has locked it waits for this one"
                " (deadlock)"
            )
        blocking = self._holders.get(table)
        if blocking is not None and blocking.idle_seconds() > IDLE_SECONDS:
            # It gives its locks back; the condition's own lock may be taken again by who has it.
            blocking.give_up()

    def _waits_for(self, waiting: Holder | None, holder: Holder) -> bool:
        """Whether a holder waits, through whatever others, for another one."""
        seen: set[Holder] = set()
        while waiting is not None and waiting not in seen:
            if waiting is holder:
                return True
            seen.add(waiting)
            wanted = next((table for table, queue in self._queues.items() if waiting in queue), None)
            waiting = self._holders.get(wanted) if wanted is not None else waiting.called
        return False


def _refusal(why: str) -> SnowflakeError:
    return SnowflakeError(f"Statement was aborted: {why}.", 625, "57014")
