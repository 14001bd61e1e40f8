"""Takes values as they come, from results and measures that anybody may have written, and leaves what JSON can hold."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 300
"""Characters of a text that a report shows."""
_NO_LETTERS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML, and so a plot, may not have in it."""


@dataclass(frozen=True)
class Total:
    """A sum whose parts are not all known.

    Attributes:
        value: the sum of what is known; None if nothing is.
        complete: whether all parts are known.
    """

    value: float | None
    complete: bool


def number(value: Any) -> float | None:
    """Return a number that is one.

    Args:
        value: anything.

    Returns:
        The number, or None for what is none, or is not finite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None


def amount(value: Any) -> float | None:
    """Return a number of seconds, bytes or rows.

    Args:
        value: anything.

    Returns:
        The number, or None for what is none, or is below zero.
    """
    found = number(value)
    return None if found is None or found < 0 else found


def text(value: Any) -> str | None:
    """Return a text, cut where it is too long to be shown.

    Args:
        value: anything.

    Returns:
        The text, or None for what is none, or is empty.
    """
    if not isinstance(value, str) or not value:
        return None
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def clean(value: Any) -> Any:
    """Return a report without letters that no page can hold, whoever named something so.

    Args:
        value: of JSON's types.

    Returns:
        The same, with another letter in their place.
    """
    if isinstance(value, str):
        return _NO_LETTERS.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, Mapping):
        return {clean(key): clean(below) for key, below in value.items()}
    return [clean(below) for below in value] if isinstance(value, list | tuple) else value


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping.

    Args:
        value: anything.

    Returns:
        The mapping, or an empty one for what is none.
    """
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> list[Any]:
    """Return a list.

    Args:
        value: anything.

    Returns:
        The list, or an empty one for what is none.
    """
    return list(value) if isinstance(value, list | tuple) else []


def total(values: Iterable[float | None]) -> Total:
    """Sum what is known.

    Args:
        values: numbers, None for what is not known.

    Returns:
        The sum, and whether it is all.
    """
    every = list(values)
    known = [value for value in every if value is not None]
    return Total(sum(known) if known else None, len(known) == len(every))


def shown(value: Any, depth: int = 3) -> Any:
    """Return a value as a report keeps it: of JSON's types, without NaN, texts and lists cut.

    Args:
        value: anything.
        depth: how many mappings and lists deep.

    Returns:
        The value, or what is left of it.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if number(value) is not None else str(value)
    if isinstance(value, Mapping | list | tuple) and depth > 0:
        if isinstance(value, Mapping):
            return {text(str(key)) or "": shown(below, depth - 1) for key, below in list(value.items())[:50]}
        return [shown(below, depth - 1) for below in value[:50]]
    return text(str(value)) or ""
