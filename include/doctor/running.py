"""Runs checks one after the other, each for so many seconds at most."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from include.doctor.findings import Finding, State, line


@dataclass(frozen=True)
class Check:
    """A check, before it has run.

    Attributes:
        subject: what it looks at.
        look: gives what it finds, one by one.
        mend: what to do if no answer comes.
    """

    subject: str
    look: Callable[[], Iterator[Finding]]
    mend: str = ""


def run(checks: Iterable[Check], limit: float) -> Iterator[Finding]:
    """Run checks.

    Args:
        checks: the checks.
        limit: seconds for each; one that takes longer is left behind, as a host may never answer.

    Yields:
        What they find: what came in time, and that no more came.
    """
    for check in checks:
        found: list[Finding] = []
        thread = threading.Thread(target=_collect, args=(check, found), daemon=True)
        thread.start()
        thread.join(limit)
        late = thread.is_alive()
        yield from list(found)
        if late:
            yield Finding(check.subject, "an answer", State.MISSING, f"none within {limit:g} s", check.mend)


def _collect(check: Check, found: list[Finding]) -> None:
    try:
        for one in check.look():
            found.append(one)
    except Exception as error:
        words = f"{type(error).__name__}: {line(str(error))}"
        found.append(Finding(check.subject, "the rest", State.UNKNOWN, words))
