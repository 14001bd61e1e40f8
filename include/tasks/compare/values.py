"""Values of tables as plain JSON."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

LONGEST = 300
"""Characters of a text that an example shows."""


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it, none of its digits lost.

    Args:
        value: What the connector gave for a column of `Column.shown`.

    Returns:
        A number as a number if JSON's readers give the same one back, else as text; NaN and infinities as text; a long
        text cut.
    """
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        return float(value) if Decimal(repr(float(value))) == value else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if value is None or isinstance(value, bool | int):
        return value
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text):,} characters)"


def finite(value: Any) -> float | None:
    """Return a measured number; None for what is none."""
    return None if value is None or not math.isfinite(float(value)) else float(value)


def plain_pair(one: Any, other: Any) -> tuple[Any, Any]:
    """Return two values that differ as JSON can hold them; of long texts the part where they begin to differ."""
    if isinstance(one, str) and isinstance(other, str) and max(len(one), len(other)) > LONGEST:
        same = next(
            (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
        )
        begin = max(0, same - LONGEST // 3)
        if begin:
            return plain(f"…{one[begin:]}"), plain(f"…{other[begin:]}")
    return plain(one), plain(other)
