"""Rows that show how two tables differ, and how their differences are spread."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from include.tasks.compare.pairs import DIFFERING, EQUAL, Pairs, shown_row
from include.tasks.compare.values import plain, plain_pair

if TYPE_CHECKING:
    from snowflake.snowpark import Session

SHOWN = 5
"""Examples of a pair of tables."""
BINS = 20
"""Bars of a histogram."""


def examples(
    session: Session, pairs: Pairs, targets: tuple[str, str], differing: Sequence[int], only: tuple[int, int]
) -> list[dict[str, Any]]:
    """Return examples: of rows that differ, the largest differences first, then of rows that one table alone has.

    Args:
        session: An open session.
        pairs: Two tables.
        targets: Who wrote them.
        differing: How many rows differ in each compared column.
        only: How many rows each table alone has.

    Returns:
        At most `SHOWN`.
    """
    alone = [
        _alone(session, pairs, side, target) if count else []
        for side, target, count in zip("AB", targets, only, strict=True)
    ]
    columns = sorted((place for place, count in enumerate(differing) if count), key=lambda place: -differing[place])
    found = [_of_column(session, pairs, place, targets) for place in columns[:SHOWN]]
    # Each column has its turn, and each side a row, before there is a second of anything.
    ranked = [one for rank in zip_longest(found) for one in rank]
    reserved = sum(bool(rows) for rows in alone)
    chosen = ranked[: SHOWN - reserved]
    chosen.sort(key=lambda one: (one[0] is not None, -(one[0] or 0.0)))
    rest = [one for rank in zip_longest(alone) for one in rank]
    return [*(example for _, example in chosen), *rest][:SHOWN]


def histogram(session: Session, pairs: Pairs, places: Sequence[int]) -> dict[str, Any] | None:
    """Return how the differences of the column with the most of them are spread: the other's number less the first's.

    Args:
        session: An open session.
        pairs: Two tables.
        places: The columns with differences, the one with the most first.

    Returns:
        `{"column", "edges": […], "counts": […]}`, the edges rising and one more than the counts, of all that differs,
        within the tolerance or not; None if no difference can be measured.
    """
    place = next((place for place in places if pairs.measured[place].is_number), None)
    if place is None:
        return None
    apart = (
        f"SELECT B{place}::FLOAT - A{place}::FLOAT AS X FROM MEASURED WHERE S{place} > {EQUAL} AND D{place} IS NOT NULL"
    )
    (row,) = session.sql(f"{pairs.sql([place])}SELECT MIN(X), MAX(X), COUNT(*) FROM ({apart})").collect()
    low, high, count = row
    if not count:
        return None
    name = pairs.measured[place].column.name
    edges = [low + (high - low) * number / BINS for number in range(BINS)]
    if not math.isfinite(high - low) or any(two <= one for one, two in itertools.pairwise([*edges, high])):
        around = abs(low) / 2 or 0.5  # all the same, or so near that no bars can be told apart
        edges = [low - around, high + around]
        return {"column": name, "edges": edges, "counts": [count]} if all(map(math.isfinite, edges)) else None
    bins = f"LEAST({BINS - 1}, FLOOR((X - {low!r}::FLOAT) / {(high - low)!r}::FLOAT * {BINS}))"
    rows = session.sql(f"{pairs.sql([place])}SELECT {bins} AS BIN, COUNT(*) FROM ({apart}) GROUP BY 1").collect()
    counts = {int(bin_): int(found) for bin_, found in rows}
    return {"column": name, "edges": [*edges, high], "counts": [counts.get(number, 0) for number in range(BINS)]}


def zip_longest(lists: Sequence[list[Any]]) -> list[list[Any]]:
    """Return the first of each list, then the second of each, and so on."""
    longest = max(map(len, lists), default=0)
    return [[one[place] for one in lists if place < len(one)] for place in range(longest)]


def _of_column(
    session: Session, pairs: Pairs, place: int, targets: tuple[str, str]
) -> list[tuple[float | None, dict[str, Any]]]:
    """Return examples of one column with how far they are apart: what cannot be measured first."""
    one = pairs.measured[place]
    keys = [pairs.first.by_name[name].shown(f"K{number}") for number, name in enumerate(pairs.known_by)]
    chosen = ", ".join([f"D{place}", one.column.shown(f"A{place}"), one.other.shown(f"B{place}"), *keys])
    order = ", ".join([f"D{place} DESC NULLS FIRST", *(f"K{number}" for number in range(len(keys)))])
    rows = session.sql(
        f"{pairs.sql([place])}SELECT {chosen} FROM MEASURED WHERE S{place} = {DIFFERING} ORDER BY {order} LIMIT {SHOWN}"
    ).collect()
    found = []
    for distance, here, there, *known in rows:
        key = dict(zip(pairs.known_by, map(plain, known), strict=True))
        here, there = plain_pair(here, there)
        found.append((distance, {"key": key, "column": one.column.name, targets[0]: here, targets[1]: there}))
    return found


def _alone(session: Session, pairs: Pairs, side: str, target: str) -> list[dict[str, Any]]:
    columns = shown_row(pairs, side)
    more, less = ("H", "T") if side == "A" else ("T", "H")
    order = ", ".join(f"K{number}" for number in range(len(pairs.known_by))) or f"{side}0"
    rows = session.sql(
        f"{pairs.matched()}SELECT {', '.join(sql for _, sql in columns)} FROM PAIRS WHERE {more} > {less}"
        f" ORDER BY {order} LIMIT {SHOWN}"
    ).collect()
    return [
        {"only": target, "row": {name: plain(value) for (name, _), value in zip(columns, row, strict=True)}}
        for row in rows
    ]
