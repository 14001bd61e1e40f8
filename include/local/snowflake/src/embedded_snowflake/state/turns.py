"""The order in which the statements of one session run.

Some run side by side, the others alone, in the order in which they came.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from threading import Condition

_LOOK_SECONDS = 0.1


class Turns:
    """The statements of a session that run and that wait."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[object] = deque()
        self._running = 0
        self._alone = False

    @contextlib.contextmanager
    def take(self, beside: Callable[[], bool], check: Callable[[], None]) -> Iterator[bool]:
        """Wait for the turn of a statement, and have it.

        Args:
            beside: Whether it may run beside others; asked when those before it have begun, or ended where they run
                alone.
            check: Called while it waits; what it raises ends the wait.

        Yields:
            Whether it runs beside others.
        """
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            try:
                while (allowed := self._allowed(ticket, beside)) is None:
                    check()
                    self._changed.wait(_LOOK_SECONDS)
                check()
                self._running += 1
                self._alone = not allowed
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield allowed
        finally:
            with self._changed:
                self._running -= 1
                self._alone = False
                self._changed.notify_all()

    def ended(self, seconds: float) -> bool:
        """Wait for those that run to end.

        Args:
            seconds: How long.

        Returns:
            True once none runs.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._running, seconds)

    def _allowed(self, ticket: object, beside: Callable[[], bool]) -> bool | None:
        """Whether it may run beside others; None while it has to wait."""
        if self._waiting[0] is not ticket or self._alone:
            return None
        if beside():
            return True
        return False if not self._running else None
