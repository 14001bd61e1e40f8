"""Measuring that cannot fail what it measures."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

log = logging.getLogger(__name__)

_T = TypeVar("_T")


def known(measure: Callable[[], _T]) -> _T | None:
    """Return a measure.

    Args:
        measure: what finds it.

    Returns:
        It; None if it cannot be found, which is a line in the log.
    """
    try:
        return measure()
    except Exception as error:
        log.warning("Not all of what the task took could be measured: %s: %s", type(error).__name__, error)
        return None
