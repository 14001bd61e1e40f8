"""Which texts say true or false where a condition is asked for."""

from __future__ import annotations

from typing import Any

TRUE = ("true", "1", "yes", "on")
FALSE = ("false", "0", "no", "off", "")


def truth(value: Any) -> bool | None:
    """Return what a value says as a condition.

    Args:
        value: anything.

    Returns:
        True or False; None for a text that says neither. What is no text counts as Python has it: zero, null and what
        is empty are false.
    """
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().lower()
    return True if word in TRUE else False if word in FALSE else None
