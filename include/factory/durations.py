"""Lengths of time as the format writes them: a number of seconds, or `30s`, `5m`, `1h30m`, `2d`."""

from __future__ import annotations

import re

_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")

TASK_DURATIONS = ("retry_delay", "max_retry_delay", "execution_timeout")
"""Airflow task arguments that are lengths of time."""
DAG_DURATIONS = ("dagrun_timeout",)
"""DAG arguments that are lengths of time."""
POD_DURATIONS = ("schedule_timeout", "startup_timeout")
"""Keys of `kubernetes:` that are lengths of time."""


def seconds(duration: float | str) -> float:
    """Read a length of time.

    Args:
        duration: Seconds, or text that the schema's `duration` accepts.

    Returns:
        The same in seconds.
    """
    if isinstance(duration, int | float):
        return float(duration)
    return sum(float(count) * _UNITS[unit] for count, unit in _PART.findall(duration))
