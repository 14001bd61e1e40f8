"""Values as an operator or class takes them, by the types that its source names.

Lengths of time, dates and times of day.

YAML has none of these: they are written as text, `30s` or `2024-01-31`, and given to dag-factory as `__type__`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.durations import duration_meant, is_duration, seconds
from include.factory.python.modules import Definition
from include.factory.python.sources import Sources

Types = Mapping[str, frozenset[str]]
"""The names in the type of each argument."""

_NUMBERS = frozenset({"int", "float"})
_MOMENTS = frozenset({"datetime", "DateTime"})
_TEXTS = frozenset({"str", "Any", "object"})
_SERIALISABLE = {"airflow.sdk.EventsTimetable": "airflow.timetables.events.EventsTimetable"}
"""Airflow 3.3.2 cannot serialise the first of each (`KeyError: '_summary'`); the other is the same timetable."""
_BY_DAG_FACTORY = "execution_delta"
"""dag-factory 1.1.0 makes this one a timedelta itself, of text such as `3600 seconds`."""


def types_of(sources: Sources, name: object) -> Types:
    """Return the types of the arguments of a class.

    Args:
        sources: Where it is looked for.
        name: Its import path.

    Returns:
        What its source says; nothing if that is not to be found.
    """
    definition = sources.find(name) if isinstance(name, str) and "." in name else None
    return sources.types(definition) if isinstance(definition, Definition) else {}


def as_taken(value: Any, sources: Sources, types: Types | None = None) -> Any:
    """Write a value's lengths of time, dates and times of day as what they are.

    Args:
        value: An operator's arguments, or any value with `__type__` in it; not changed.
        sources: Where the classes are looked for.
        types: The types of the arguments if `value` is an operator's.

    Returns:
        The value for dag-factory.
    """
    if isinstance(value, list):
        return [as_taken(one, sources) for one in value]
    if not isinstance(value, dict):
        return value
    if types is None:
        types = types_of(sources, value["__type__"]) if "__type__" in value else {}
        value = (
            {**value, "__type__": _SERIALISABLE.get(value["__type__"], value["__type__"])}
            if "__type__" in value
            else value
        )
    return {key: _taken(key, as_taken(one, sources), types.get(key, frozenset())) for key, one in value.items()}


def wrong_argument(value: Any, types: frozenset[str], path: KeyPath) -> Diagnostic | None:
    """Return what keeps a value from being the length of time or the date that an argument wants.

    Args:
        value: As written.
        types: The names in the argument's type.
        path: Where the value is.

    Returns:
        What is wrong; None if nothing is, or if the argument wants something else.
    """
    if isinstance(value, str) and "{{" in value and "}}" in value:
        return None
    shown = f"`{path[-1]}`" if isinstance(value, dict | list) else f"`{value}`"
    if _wants_duration(value, types):
        if is_duration(value):
            return None
        message = f"{shown} is not a length of time."
        meant = duration_meant(value)
        hint = f"Write `{meant}`." if meant else "Write such as `30s`, `5m`, `1h30m`, `2d`."
    elif _wants_number(types) and isinstance(value, str) and value.strip() and is_duration(value):
        message = f"{shown} is a length of time, and this argument takes a number."
        hint = f"Write `{seconds(value):g}` if it means seconds."
    elif types & _MOMENTS and "time" not in types and not types & _TEXTS:
        wrong = [one for one in _listed(value) if isinstance(one, str) and not _is_moment(one)]
        if not wrong:
            return None
        message = (
            f"{shown} has `{wrong[0]}`, which is no date." if isinstance(value, list) else f"{shown} is not a date."
        )
        hint = "Write it as `2024-01-31` or `2024-01-31T06:00:00`."
    elif _wants_time(types) and isinstance(value, str) and not _is_time(value):
        if types & _MOMENTS and _is_moment(value):
            return None
        message, hint = f"{shown} is not a time of day.", "Write it as `06:30`."
    else:
        return None
    return Diagnostic(path, message, hint, "wrong-argument")


def _wants_duration(value: Any, types: frozenset[str]) -> bool:
    """Whether a value stands where a length of time is wanted, and is no object of a class of its own."""
    is_object = isinstance(value, dict) and "__type__" in value
    return "timedelta" in types and not types & _TEXTS and isinstance(value, str | dict) and not is_object


def _wants_number(types: frozenset[str]) -> bool:
    return bool(types & _NUMBERS) and not types - _NUMBERS - {"None", "Optional"}


def _wants_time(types: frozenset[str]) -> bool:
    return "time" in types and not types & _TEXTS


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _taken(key: str, value: Any, types: frozenset[str]) -> Any:
    if isinstance(value, list) and types & _MOMENTS:
        return [_taken(key, one, types) for one in value]
    if isinstance(value, bool) or not isinstance(value, str | int | float) or types & _TEXTS:
        return value
    if "timedelta" in types and is_duration(value) and (isinstance(value, str) or not types & _NUMBERS):
        if key == _BY_DAG_FACTORY:
            return f"{round(seconds(value))} seconds"
        return {"__type__": "datetime.timedelta", "seconds": seconds(value)}
    if isinstance(value, str) and "time" in types and _is_time(value):
        moment = time.fromisoformat(value.strip())
        return {"__type__": "datetime.time", "hour": moment.hour, "minute": moment.minute, "second": moment.second}
    if isinstance(value, str) and types & _MOMENTS and _is_moment(value):
        return {"__type__": "pendulum.parse", "__args__": [value.strip()]}
    return value


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return "-" in text


def _is_time(text: str) -> bool:
    try:
        time.fromisoformat(text.strip())
    except ValueError:
        return False
    return bool(re.match(r"\s*\d\d:\d\d", text))
