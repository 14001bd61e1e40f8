"""Imports that the garbage collector leaves alone."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Import without looking for garbage, and leave out of later searches what was imported.

    Snowpark, pandas and pyarrow are more than a hundred thousand objects that stay until the process ends. The
    collector would go through them again and again while they are made, and once more, for a third of a second, when
    the interpreter ends (Python, `gc.freeze`). What the function itself makes later is collected as ever.

    Yields:
        While modules are imported.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
