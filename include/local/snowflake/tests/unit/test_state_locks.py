from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.names import TableName
from embedded_snowflake.state.locks import IDLE_SECONDS, TableLocks
from tests.waiting import until

A, B = TableName("DB", "SC", "A"), TableName("DB", "SC", "B")


@dataclass(eq=False)
class Holder:
    """A session as locks see it."""

    locks: TableLocks
    called: Holder | None = None
    idle: float = 0.0
    given_up: Event = field(default_factory=Event)

    def idle_seconds(self) -> float:
        return self.idle

    def give_up(self) -> None:
        self.given_up.set()
        self.locks.release(self)


@pytest.fixture
def locks(monkeypatch: pytest.MonkeyPatch) -> TableLocks:
    monkeypatch.setattr("embedded_snowflake.state.locks._LOOK_SECONDS", 0.02)
    return TableLocks()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def _waits(locks: TableLocks, holder: Holder, table: tuple[str, str, str]) -> bool:
    return holder in locks._queues.get(table, ())


def _wait(locks: TableLocks, threads: ThreadPoolExecutor, holder: Holder, table: tuple[str, str, str]) -> Future[int]:
    """Have a holder wait for a lock in a thread of its own."""
    waiting = threads.submit(locks.acquire, holder, table, 60)
    until(lambda: _waits(locks, holder, table) or waiting.done(), pause=0.001)
    return waiting


def test_a_holder_may_take_its_lock_again(locks: TableLocks) -> None:
    holder = Holder(locks)
    assert locks.acquire(holder, A, 0) == 0
    assert locks.acquire(holder, A, 0) == 0
    assert locks.acquire(Holder(locks), B, 0) == 0


def test_a_lock_that_is_not_free_in_time_is_refused(locks: TableLocks) -> None:
    locks.acquire(Holder(locks), A, 0)
    late = Holder(locks)
    with pytest.raises(SnowflakeError, match="another transaction has locked table 'A'") as caught:
        locks.acquire(late, A, 0)
    assert caught.value.code == 625
    assert not _waits(locks, late, A)


def test_locks_are_given_in_the_order_in_which_they_were_wanted(locks: TableLocks, threads: ThreadPoolExecutor) -> None:
    first, second, third = (Holder(locks) for _ in range(3))
    locks.acquire(first, A, 0)
    waiting = _wait(locks, threads, second, A)
    last = _wait(locks, threads, third, A)
    locks.release(first)
    waiting.result(5)
    assert not last.done()
    locks.release(second)
    last.result(5)


def test_the_clock_tells_of_locks_given_back_since(locks: TableLocks) -> None:
    holder = Holder(locks)
    began = locks.clock
    locks.acquire(holder, A, 0)
    locks.release(holder)
    assert locks.acquire(Holder(locks), A, 0) > began
    assert locks.acquire(Holder(locks), B, 0) == 0
    locks.release(holder)  # it has none any more
    assert locks.clock == began + 1


def test_of_two_that_wait_for_each_other_the_last_is_refused(locks: TableLocks, threads: ThreadPoolExecutor) -> None:
    one, other = Holder(locks), Holder(locks)
    locks.acquire(one, A, 0)
    locks.acquire(other, B, 0)
    waiting = _wait(locks, threads, one, B)
    with pytest.raises(SnowflakeError, match="deadlock"):
        locks.acquire(other, A, 60)
    locks.release(other)
    waiting.result(5)


def test_a_call_waits_for_its_procedure(locks: TableLocks) -> None:
    caller, procedure = Holder(locks), Holder(locks)
    locks.acquire(caller, A, 0)
    caller.called = procedure
    with pytest.raises(SnowflakeError, match="deadlock"):
        locks.acquire(procedure, A, 60)


def test_an_idle_holder_gives_up(locks: TableLocks) -> None:
    idle = Holder(locks, idle=IDLE_SECONDS + 1)
    locks.acquire(idle, A, 0)
    locks.acquire(Holder(locks), A, 60)
    assert idle.given_up.is_set()


def test_a_busy_holder_does_not(locks: TableLocks) -> None:
    busy = Holder(locks, idle=IDLE_SECONDS - 1)
    locks.acquire(busy, A, 0)
    with pytest.raises(SnowflakeError, match="has locked"):
        locks.acquire(Holder(locks), A, 0.01)
    assert not busy.given_up.is_set()


def test_a_wait_can_be_stopped(locks: TableLocks, threads: ThreadPoolExecutor) -> None:
    locks.acquire(Holder(locks), A, 0)
    stopped = Holder(locks)
    waiting = _wait(locks, threads, stopped, A)
    locks.stop(stopped)
    _raises(waiting, 604)
    locks.stop(Holder(locks))  # who does not wait is not stopped later
    assert not locks._stopped


def _raises(waiting: Future[Any], code: int) -> None:
    error = waiting.exception(5)
    assert isinstance(error, SnowflakeError)
    assert error.code == code
