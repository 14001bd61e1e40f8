from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from embedded_snowflake.state.turns import Turns
from tests.waiting import until


class Statement:
    """A statement that begins in a thread of its own, and ends when it is told to."""

    def __init__(self, turns: Turns, threads: ThreadPoolExecutor, *, beside: bool) -> None:
        self.began, self._end = Event(), Event()
        self.beside: bool | None = None
        self._stopped = False
        before = len(turns._waiting)
        self.ran: Future[None] = threads.submit(self._run, turns, beside)
        until(lambda: self.began.is_set() or len(turns._waiting) > before or self.ran.done(), pause=0.001)

    def _run(self, turns: Turns, beside: bool) -> None:
        with turns.take(lambda: beside, self._check) as self.beside:
            self.began.set()
            self._end.wait(10)

    def _check(self) -> None:
        if self._stopped:
            raise InterruptedError

    def end(self) -> None:
        self._end.set()
        self.ran.result(5)

    def stop(self) -> None:
        self._stopped = True


@pytest.fixture
def turns() -> Turns:
    return Turns()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def test_some_run_side_by_side(turns: Turns, threads: ThreadPoolExecutor) -> None:
    one, other = (Statement(turns, threads, beside=True) for _ in range(2))
    assert one.began.wait(5)
    assert other.began.wait(5)
    assert one.beside
    assert not turns.ended(0)
    one.end()
    other.end()
    assert turns.ended(0)


def test_one_that_runs_alone_waits_for_those_before_it(turns: Turns, threads: ThreadPoolExecutor) -> None:
    before = Statement(turns, threads, beside=True)
    alone = Statement(turns, threads, beside=False)
    assert not alone.began.wait(0.05)
    before.end()
    assert alone.began.wait(5)
    assert alone.beside is False
    alone.end()


def test_those_behind_it_wait_though_they_could_run(turns: Turns, threads: ThreadPoolExecutor) -> None:
    before = Statement(turns, threads, beside=True)
    alone = Statement(turns, threads, beside=False)
    behind = Statement(turns, threads, beside=True)
    assert not behind.began.wait(0.05)
    before.end()
    assert alone.began.wait(5)
    assert not behind.began.wait(0.05)
    alone.end()
    assert behind.began.wait(5)
    behind.end()


def test_a_wait_that_is_ended_leaves_the_turn_to_the_next(turns: Turns, threads: ThreadPoolExecutor) -> None:
    before = Statement(turns, threads, beside=False)
    waiting = Statement(turns, threads, beside=False)
    behind = Statement(turns, threads, beside=False)
    waiting.stop()
    assert isinstance(waiting.ran.exception(5), InterruptedError)
    assert not waiting.began.is_set()
    before.end()
    assert behind.began.wait(5)
    behind.end()


def test_a_failed_statement_gives_its_turn_back(turns: Turns) -> None:
    with contextlib.suppress(ZeroDivisionError), turns.take(lambda: False, lambda: None):
        raise ZeroDivisionError
    with turns.take(lambda: False, lambda: None) as beside:
        assert beside is False
