"""Values on their way to a function.

One encoding for all that crosses to the Snowpark interpreter, a procedure or a pod.

It is JSON; what JSON has no word for is a mapping with the one key `TAG`, which holds the type's name and its text. So
a function gets the same types wherever it runs, all of Python's own: a date of Airflow's arrives as
`datetime.datetime`, with the offset it had.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from decimal import Decimal
from typing import Any

from include.runtime.errors import NotPassableError

TAG = "__snowpod__"
"""The one key of an encoded value that is no JSON."""

_Encoder = tuple[str, Callable[[Any], Any]]

# Subclasses go to their base, so the order matters: a datetime is a date too.
_ENCODERS: dict[type | tuple[type, ...], _Encoder] = {
    dt.datetime: ("datetime", dt.datetime.isoformat),
    dt.date: ("date", dt.date.isoformat),
    dt.time: ("time", dt.time.isoformat),
    dt.timedelta: ("timedelta", lambda value: round(value.total_seconds() * 10**6)),
    Decimal: ("decimal", str),
    (bytes, bytearray, memoryview): ("bytes", lambda value: base64.b64encode(value).decode()),
}
_DECODERS: dict[str, Callable[[Any], Any]] = {
    "datetime": dt.datetime.fromisoformat,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "timedelta": lambda microseconds: dt.timedelta(microseconds=microseconds),
    "decimal": Decimal,
    "float": float,
    "bytes": base64.b64decode,
    "dict": lambda items: {_key(decoded(key)): decoded(value) for key, value in items},
}


def encoded(value: Any, where: str) -> Any:
    """Encode a value.

    Args:
        value: None, a truth value, a number, text, bytes, a date, time or duration, a Decimal, or lists and mappings of
            these.
        where: what the value is called in the task, such as `op_kwargs.day`, for the message.

    Returns:
        JSON, for `decoded`. Tuples, other sequences, iterators (Jinja's filters make some) and what a mapping's
        methods give become lists; what is encoded stays as it is.

    Raises:
        NotPassableError: it is something else, such as an object of Airflow's; the message says where and what to pass.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # what a StrEnum holds, not its name
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {TAG: ["float", repr(float(value))]}
    for kind, (name, encode) in _ENCODERS.items():
        if isinstance(value, kind):
            return {TAG: [name, encode(value)]}
    if isinstance(value, Mapping):
        return value if _is_encoded(value) else _mapping(value, where)
    if isinstance(value, (Sequence, Iterator, KeysView, ValuesView, ItemsView)):
        return [encoded(item, f"{where}[{index}]") for index, item in enumerate(value)]
    raise NotPassableError(
        f"{where} is a {value.__class__.__name__}, which cannot be passed to a function. "
        "Pass a part of it that is text, a number, a date, a list or a mapping, or its text: `{{ … | string }}`."
    )


def decoded(value: Any) -> Any:
    """Return the value that `encoded` was given.

    Args:
        value: its JSON.

    Returns:
        The value, of Python's own types.
    """
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if isinstance(value, tuple):  # a row that Airflow kept
        return tuple(decoded(item) for item in value)
    if not isinstance(value, dict):
        return value
    if _is_encoded(value):
        name, content = value[TAG]
        return _DECODERS[name](content)
    return {key: decoded(item) for key, item in value.items()}


def _key(value: Any) -> Any:
    """Return what a key was: of the sequences only a tuple can be one."""
    return tuple(map(_key, value)) if isinstance(value, list) else value


def _is_encoded(value: Mapping[Any, Any]) -> bool:
    content = value.get(TAG) if len(value) == 1 else None
    return isinstance(content, list) and len(content) == 2 and content[0] in _DECODERS


def _mapping(value: Mapping[Any, Any], where: str) -> dict[str, Any]:
    if all(isinstance(key, str) for key in value):
        return {str.__str__(key): encoded(item, f"{where}.{key}") for key, item in value.items()}
    # JSON would make text of a number that is a key.
    return {
        TAG: [
            "dict",
            [[encoded(key, f"a key of {where}"), encoded(item, f"{where}[{key!r}]")] for key, item in value.items()],
        ]
    }
