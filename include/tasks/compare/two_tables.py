"""Two tables beside each other: which columns, which rows, how far apart."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from include.tasks.compare.examples import examples, histogram
from include.tasks.compare.keys import find_key
from include.tasks.compare.pairings import Asked
from include.tasks.compare.pairs import DIFFERING, EQUAL, WITHIN, Pairs
from include.tasks.compare.tables import Table, comparable, described
from include.tasks.compare.tolerances import Tolerance
from include.tasks.compare.values import finite

if TYPE_CHECKING:
    from snowflake.snowpark import Session

log = logging.getLogger(__name__)


def compare_two(session: Session, names: Mapping[str, str], asked: Asked) -> dict[str, Any]:
    """Compare two tables.

    Args:
        session: An open session.
        names: Their names by target, as SQL writes them.
        asked: What the task says.

    Returns:
        All of a comparison's entry but the task's name (docs/comparison.md).
    """
    (one, first), (two, other) = ((target, described(session, name)) for target, name in names.items())
    entry = unknown(names)
    entry["missing"] = [target for target, table in ((one, first), (two, other)) if table is None]
    if first is None or other is None:
        entry["rows"] = {
            target: None if table is None else _rows(session, table) for target, table in ((one, first), (two, other))
        }
        return entry
    entry |= _columns(one, first, two, other)
    tolerances = dict(asked.tolerances)
    entry["problem"] = _unusable(tolerances, first, other)
    usable = {name: tolerance for name, tolerance in tolerances.items() if _has_numbers(name, first, other)}
    if not any(
        column.name in other.by_name and comparable(column, other.by_name[column.name]) for column in first.columns
    ):
        entry["rows"] = {one: _rows(session, first), two: _rows(session, other)}
        return entry
    key = find_key(session, (first, other), asked.key, asked.keep, asked.made)
    if key.problem:
        entry["problem"] = f"`key: [{', '.join(asked.key)}]` is no key: {key.problem}"
    _compare_rows(session, Pairs(first, other, key, usable), (one, two), entry)
    entry["equal"] = not (
        entry["problem"]
        or entry["types"]
        or any(entry["columns_only"].values())
        or any(entry["only"].values())
        or entry["differing"]
    )
    return entry


def unknown(names: Mapping[str, str], problem: str | None = None) -> dict[str, Any]:
    """Return the entry of two tables of which nothing is known yet.

    Args:
        names: Their names by target.
        problem: Why nothing will be known.

    Returns:
        The entry, not equal.
    """
    return {
        "tables": dict(names),
        "equal": False,
        "exact": True,
        "missing": [],
        "rows": dict.fromkeys(names),
        "columns_only": {target: [] for target in names},
        "types": [],
        "key": None,
        "key_source": None,
        "only": dict.fromkeys(names, 0),
        "differing": None,
        "columns": [],
        "examples": [],
        "differences": None,
        "problem": problem,
    }


def _compare_rows(session: Session, pairs: Pairs, targets: tuple[str, str], entry: dict[str, Any]) -> None:
    """Count what is equal and what is not, and put it into an entry."""
    places = range(len(pairs.measured))
    counts = ["SUM(H)", "SUM(T)", "SUM(GREATEST(H - T, 0))", "SUM(GREATEST(T - H, 0))"]
    counts += [f"COUNT_IF(H > 0 AND T > 0 AND A{place} IS DISTINCT FROM B{place})" for place in places]
    (row,) = session.sql(f"{pairs.matched()}SELECT {', '.join(counts)} FROM PAIRS").collect()
    rows_one, rows_two, only_one, only_two, *unequal = (int(count or 0) for count in row)
    differing, of_columns = _measure(session, pairs, [place for place in places if unequal[place]])
    entry["rows"] = dict(zip(targets, (rows_one, rows_two), strict=True))
    entry["key"] = list(pairs.key.columns) or None
    entry["key_source"] = pairs.key.source
    entry["only"] = dict(zip(targets, (only_one, only_two), strict=True))
    entry["differing"] = differing if pairs.measured or pairs.key.columns else None
    entry["columns"] = [
        {
            "name": one.column.name,
            "differing": int(beyond or 0),
            "within_tolerance": int(within or 0),
            "tolerance": one.tolerance.written if one.tolerance else None,
            "largest": finite(largest),
            "mean": finite(mean),
        }
        for place, one in enumerate(pairs.measured)
        for beyond, within, largest, mean in [of_columns.get(place, (0, 0, None, None))]
    ]
    entry["exact"] = not any(column["within_tolerance"] for column in entry["columns"])
    beyond = [column["differing"] for column in entry["columns"]]
    if only_one or only_two or differing:
        entry["examples"] = examples(session, pairs, targets, beyond, (only_one, only_two))
    apart = [column["differing"] + column["within_tolerance"] for column in entry["columns"]]
    by_count = sorted((place for place in places if apart[place]), key=lambda place: (-beyond[place], -apart[place]))
    entry["differences"] = histogram(session, pairs, by_count)


def _measure(
    session: Session, pairs: Pairs, places: Sequence[int]
) -> tuple[int, dict[int, tuple[int, int, float | None, float | None]]]:
    """Return how many rows differ, and of columns how many do, how many within the tolerance, and how far.

    Args:
        session: An open session.
        pairs: Two tables.
        places: The columns that have values which are not equal.

    Returns:
        The rows, and for each place what differs, what differs within the tolerance, the largest distance, the mean.
    """
    if not places:
        return 0, {}
    counts = [f"COUNT_IF({_any([f'S{place} = {DIFFERING}' for place in places])})"]
    for place in places:
        differs = f"IFF(S{place} = {EQUAL}, NULL, D{place})"
        counts += [
            f"COUNT_IF(S{place} = {DIFFERING})",
            f"COUNT_IF(S{place} = {WITHIN})",
            f"MAX({differs})",
            f"AVG({differs})",
        ]
    (row,) = session.sql(f"{pairs.sql(places)}SELECT {', '.join(counts)} FROM MEASURED").collect()
    return int(row[0] or 0), {
        place: (row[start], row[start + 1], row[start + 2], row[start + 3])
        for place, start in zip(places, range(1, len(row), 4), strict=True)
    }


def _any(conditions: Sequence[str]) -> str:
    """Return the SQL that says whether one of conditions holds, in halves: a chain of hundreds nests as deep."""
    if len(conditions) == 1:
        return conditions[0]
    half = len(conditions) // 2
    return f"({_any(conditions[:half])} OR {_any(conditions[half:])})"


def _columns(one: str, first: Table, two: str, other: Table) -> dict[str, Any]:
    """Return what differs in the columns themselves."""
    return {
        "columns_only": {
            one: [column.name for column in first.columns if column.name not in other.by_name],
            two: [column.name for column in other.columns if column.name not in first.by_name],
        },
        "types": [
            {"name": column.name, one: column.type, two: other.by_name[column.name].type}
            for column in first.columns
            if column.name in other.by_name and column.kind != other.by_name[column.name].kind
        ],
    }


def _unusable(tolerances: Mapping[str, Tolerance], first: Table, other: Table) -> str | None:
    """Return what is wrong with the columns of the tolerances; None if nothing is."""
    for name in tolerances:
        if name not in first.by_name and name not in other.by_name:
            return f"`tolerance` names {name}, which neither table has; they have {', '.join(first.by_name)}"
        if not _has_numbers(name, first, other):
            types = sorted({table.by_name[name].type for table in (first, other) if name in table.by_name})
            if name in first.by_name and name in other.by_name:
                return f"`tolerance` names {name}, which is {' and '.join(types)}: a tolerance is for numbers"
    return None


def _has_numbers(name: str, first: Table, other: Table) -> bool:
    columns = [table.by_name.get(name) for table in (first, other)]
    return all(column is not None and column.is_number for column in columns)


def _rows(session: Session, table: Table) -> int:
    (row,) = session.sql(f"SELECT COUNT(*) FROM {table.name}").collect()
    return int(row[0])
