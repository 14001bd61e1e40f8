"""How far two numbers may be apart and still count as equal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.tasks.compare.tables import LARGEST_PRECISION, Column


@dataclass(frozen=True)
class Tolerance:
    """A tolerance: numbers are equal if they are at most `absolute + relative * |first target's number|` apart.

    The formula of numpy.isclose; the first target stands for its second argument, the reference.

    Attributes:
        absolute: In the column's own unit.
        relative: A part of the first target's number.
    """

    absolute: float = 0.0
    relative: float = 0.0

    @classmethod
    def of(cls, written: Any) -> Tolerance:
        """Read a tolerance as a pipeline writes it.

        Args:
            written: A number, or a mapping with `absolute`, `relative` or both; numbers may be text, which a template
                makes of them.

        Returns:
            The tolerance.

        Raises:
            ValueError: It is no number, or negative, or not finite.
        """
        parts = written if isinstance(written, Mapping) else {"absolute": written}
        numbers = {name: _number(value) for name, value in parts.items()}
        return cls(**numbers)

    @property
    def written(self) -> float | dict[str, float]:
        """The tolerance as a result shows it: a number where it is absolute alone."""
        if not self.relative:
            return self.absolute
        return {"absolute": self.absolute, "relative": self.relative}

    def allows(self, distance: str, reference: str) -> str:
        """Return the SQL that says whether a distance is within it."""
        limit = f"{self.absolute!r}::FLOAT"
        if self.relative:
            limit += f" + {self.relative!r}::FLOAT * ABS({reference}::FLOAT)"
        return f"{distance} <= {limit}"


def distance(one: str, other: str, columns: tuple[Column, Column]) -> str:
    """Return the SQL of how far two numbers are apart, a FLOAT.

    Args:
        one: The SQL of the first target's number.
        other: The SQL of the other's.
        columns: Their columns.

    Returns:
        SQL; it gives NULL where there is no number to give: with NULL, NaN or an infinity on one side.
    """
    apart = f"ABS({one}::FLOAT - {other}::FLOAT)"
    if all(column.family == "NUMBER" for column in columns):
        # FLOAT has no 38 digits: whole numbers are told apart by their own kind, where the difference is sure to fit.
        exact = f"ABS({one} - {other})::FLOAT"
        if any(column.precision == LARGEST_PRECISION for column in columns):
            small = 10 ** min(18, LARGEST_PRECISION - 1 - max(column.scale for column in columns))
            return f"IFF(ABS({one}) < {small} AND ABS({other}) < {small}, {exact}, {apart})"
        return exact
    return f"IFF({apart} < 'inf'::FLOAT, {apart}, NULL)"


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is no number") from None
    if isinstance(value, bool) or not math.isfinite(number) or number < 0:
        raise ValueError(f"{value!r} is no number from 0 on")
    return number
