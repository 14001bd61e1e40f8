"""States of APPROX_PERCENTILE as JSON texts: made by APPROX_PERCENTILE_ACCUMULATE, combined, asked for percentiles.

As in Snowflake a state is a list of means and weights. Up to `_MOST` values are all kept, so that answers are exact.

https://docs.snowflake.com/en/sql-reference/functions/approx_percentile_accumulate
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable

from embedded_snowflake.errors import SnowflakeError

_MOST = 5000
_Centroid = tuple[float, float]


def accumulated(values: list[float]) -> str:
    """Make a state of values.

    Args:
        values: Numbers, in any order.

    Returns:
        The state.
    """
    return _state((value, 1.0) for value in values)


def combined(states: list[str]) -> str:
    """Make one state of several.

    Args:
        states: The states.

    Returns:
        The state of all values that they were made of.
    """
    return _state(centroid for state in states for centroid in _centroids(state))


def estimated(state: str | None, share: float | None) -> float | None:
    """Ask a state for a percentile.

    Args:
        state: The state.
        share: 0 for the least value, 1 for the greatest.

    Returns:
        The value, interpolated where it lies between two; None for NULL, and for a state of no values.

    Raises:
        SnowflakeError: The share is not between 0 and 1.
    """
    if state is None or share is None:
        return None
    if not 0 <= share <= 1:
        raise SnowflakeError(f"Invalid value [{share}] for function 'APPROX_PERCENTILE_ESTIMATE'", 1044, "22023")
    centroids = _centroids(state)
    wanted = share * (sum(weight for _, weight in centroids) - 1)
    before: tuple[float, float] | None = None  # the middle of the last centroid, and its mean
    counted = 0.0
    for mean, weight in centroids:
        middle = counted + (weight - 1) / 2
        if wanted <= middle:
            if before is None or wanted == middle:
                return mean
            return before[1] + (mean - before[1]) * (wanted - before[0]) / (middle - before[0])
        before = middle, mean
        counted += weight
    return before[1] if before is not None else None


def _centroids(state: str) -> list[_Centroid]:
    try:
        numbers = json.loads(state)["state"]
        return list(zip(map(float, numbers[::2]), map(float, numbers[1::2]), strict=True))
    except (ValueError, TypeError, KeyError) as error:
        raise SnowflakeError("Invalid state for function 'APPROX_PERCENTILE_ESTIMATE'", 1044, "22023") from error


def _state(centroids: Iterable[_Centroid]) -> str:
    kept = sorted(centroids)
    if len(kept) > _MOST:
        borders = [len(kept) * place // _MOST for place in range(_MOST + 1)]
        kept = [_mean(kept[start:end]) for start, end in itertools.pairwise(borders)]
    numbers = ",".join(f"{number:.15e}" for centroid in kept for number in centroid)
    return f'{{"state":[{numbers}],"type":"tdigest","version":1}}'


def _mean(centroids: list[_Centroid]) -> _Centroid:
    weight = sum(weight for _, weight in centroids)
    return sum(mean * weight for mean, weight in centroids) / weight, weight
