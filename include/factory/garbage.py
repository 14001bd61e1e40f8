"""DAGs that the garbage collector leaves alone while they are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_frozen = False


@contextmanager
def uncollected() -> Iterator[None]:
    """Load DAGs without looking for garbage, and leave out of later searches what was made.

    Imports and DAGs are some million objects that stay until the process, which parses one file or runs one task, ends.
    The collector would go through them again and again while they are made, for a third of the time that it takes, and
    while Airflow serialises them (Python, `gc.freeze`).

    What is frozen is never collected: only the first load of a process is, as one that loads again would grow with each
    (apache/airflow #60505).

    Yields:
        While DAGs are loaded.
    """
    global _frozen
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not _frozen:
            gc.freeze()
            _frozen = True
        if collecting:
            gc.enable()
