"""What rows of two tables are known by: the columns that tell the task, the tables or their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from include.tasks.compare.names import quoted
from include.tasks.compare.tables import Table, comparable

if TYPE_CHECKING:
    from snowflake.snowpark import Session

MOST_CANDIDATES = 30
"""Columns that are tried as a key by their values: to count the distinct values of one reads all of it."""


@dataclass(frozen=True)
class Key:
    """The columns by which rows are matched.

    Attributes:
        columns: Their names; none if no columns are a key: then the tables are compared as multisets of rows.
        source: Where they are from: `compare.key`, `primary key`, `keep` or `unique column`; None without a key.
        problem: What is wrong with the columns that the task names as key; None if nothing is.
    """

    columns: tuple[str, ...] = ()
    source: str | None = None
    problem: str | None = None


def find_key(
    session: Session, tables: tuple[Table, Table], given: Sequence[str], keep: Sequence[str], made: str
) -> Key:
    """Find out what rows are known by.

    Args:
        session: An open session.
        tables: Two tables.
        given: What the task names as key.
        keep: The columns of the input that a batch_callable keeps.
        made: The column that a batch_callable makes: its values are compared, and are no key.

    Returns:
        The first columns without NULL and with no value twice, in both tables: those that the task names, else the
        declared primary key, the kept columns, or one column.
    """
    if given:
        problem = _problem(session, tables, given)
        return Key((), None, problem) if problem else Key(tuple(given), "compare.key")
    first, other = tables
    primary = first.primary_key if first.primary_key == other.primary_key else []
    for columns, source in ((primary, "primary key"), (list(keep), "keep")):
        if columns and made not in columns and _problem(session, tables, columns) is None:
            return Key(tuple(columns), source)
    column = _unique_column(session, tables, made)
    return Key((column,), "unique column") if column else Key()


def _problem(session: Session, tables: tuple[Table, Table], columns: Sequence[str]) -> str | None:
    """Return why columns are no key; None if they are one."""
    first, other = tables
    for table in tables:
        if missing := [name for name in columns if name not in table.by_name]:
            near = [name for name in table.by_name if name.upper() in {one.upper() for one in missing}]
            has = f"it has {', '.join(near or table.by_name)}"
            return f"{table.name} has no column {', '.join(missing)}; {has}"
    for name in columns:
        if not comparable(first.by_name[name], other.by_name[name]):
            types = f"{first.by_name[name].type} in one table and {other.by_name[name].type} in the other"
            return f"{name} is {types}"
    names = ", ".join(map(quoted, columns))
    for table in tables:
        (row,) = session.sql(f"SELECT COUNT(*), COUNT(DISTINCT {names}) FROM {table.name}").collect()
        if row[0] != row[1]:
            return f"{row[0] - row[1]:,} of the {row[0]:,} rows of {table.name} have NULL or the values of another row"
    return None


def _unique_column(session: Session, tables: tuple[Table, Table], made: str) -> str | None:
    """Return the one column that is a key of both tables, and of several the one with the most values in common."""
    names = list(_candidates(tables, made))[:MOST_CANDIDATES]
    if not names:
        return None
    counts = ", ".join(f"COUNT(DISTINCT {quoted(name)})" for name in names)
    rows = []
    for table in tables:
        (row,) = session.sql(f"SELECT COUNT(*), {counts} FROM {table.name}").collect()
        rows.append(row)
        names_left = [name for name, count in zip(names, row[1:], strict=True) if count == row[0]]
        if not names_left:
            return None
    unique = [name for place, name in enumerate(names, start=1) if all(row[place] == row[0] for row in rows)]
    if len(unique) < 2:
        return unique[0] if unique else None
    both = " UNION ALL ".join(f"SELECT {', '.join(map(quoted, unique))} FROM {table.name}" for table in tables)
    counts = ", ".join(f"COUNT(DISTINCT {quoted(name)})" for name in unique)
    (together,) = session.sql(f"SELECT {counts} FROM ({both})").collect()
    return min(zip(unique, together, strict=True), key=lambda one: one[1])[0]


def _candidates(tables: tuple[Table, Table], made: str) -> Iterator[str]:
    first, other = tables
    for column in first.columns:
        there = other.by_name.get(column.name)
        if column.can_be_key and there is not None and there.family == column.family and column.name != made:
            yield column.name
