"""Lengths of time as the format writes them: a number of seconds, or `30s`, `5m`, `1h30m`, `2d`."""

from __future__ import annotations

import re
from typing import Any

_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")
_DURATION = re.compile(r"\s*(?=\S)(\d+(\.\d+)?d)?(\d+(\.\d+)?h)?(\d+(\.\d+)?m)?(\d+(\.\d+)?s)?\s*")
"""As the schema's `duration` has it."""
_WORDS = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?")

TASK_DURATIONS = ("retry_delay", "max_retry_delay", "execution_timeout")
"""Airflow task arguments that are lengths of time."""
DAG_DURATIONS = ("dagrun_timeout",)
"""DAG arguments that are lengths of time."""


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


def is_duration(value: Any) -> bool:
    """Whether a value is a length of time as the format writes it."""
    if isinstance(value, str):
        return bool(_DURATION.fullmatch(value))
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def duration_meant(value: Any) -> str | None:
    """How the format writes a length of time that was written otherwise.

    Args:
        value: Such as `2 days`, `{hours: 6}`, `PT30M`, `00:30:00`, `2 hours and 5 min`.

    Returns:
        Such as `2d`; None if it is no length of time.
    """
    if isinstance(value, dict):
        parts = [(str(count), str(unit)) for unit, count in value.items() if unit != "__type__"]
        known = all(re.fullmatch(r"\d+(\.\d+)?", count) for count, _ in parts)
    elif isinstance(value, str) and (clock := _CLOCK.fullmatch(value.strip())):
        parts, known = [(count, unit) for count, unit in zip(clock.groups(), "hms", strict=True) if count], True
    else:
        parts = _WORDS.findall(str(value))
        known = not _WORDS.sub("", str(value)).upper().replace("AND", "").strip(" ,+PT")
    if not known or not parts or any(not _is_unit(unit) for _, unit in parts):
        return None
    units = {unit.lower()[:1]: float(count) for count, unit in parts}
    if len(units) < len(parts):
        return None
    units["d"] = units.get("d", 0) + 7 * units.pop("w", 0)
    return "".join(f"{units[unit]:g}{unit}" for unit in _UNITS if units.get(unit)) or None


def _is_unit(word: str) -> bool:
    """Whether a word is a unit: weeks, days, hours, minutes or seconds, short or long.

    Months and milliseconds are none.
    """
    return bool(re.fullmatch(r"w(ee)?ks?|w|d(ays?)?|h(ours?|rs?)?|m(in(ute)?s?)?|s(ec(ond)?s?)?", word.lower()))
