"""Waits for what another process or thread will do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PAUSE = 0.2


def until(happened: Callable[[], Any], seconds: float = 60, pause: float = PAUSE) -> None:
    """Waits until `happened` holds; fails when it does not within so many seconds, which are many.

    They end a test that went wrong.
    """
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(pause)
