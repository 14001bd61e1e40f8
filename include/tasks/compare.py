"""Compares the tables that the targets of a side-by-side run wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snowflake.snowpark import Session

SHOWN = 3
"""Rows of a difference that the message shows."""


def compare_tables(session: Session, tables: list[list[Any]]) -> dict[str, Any]:
    """Says that tables hold exactly the same rows, or fails with the first rows that differ.

    Equal means equal: the same rows, each as often, floats to the last bit.

    Args:
        session: an open session.
        tables: groups of tables that must be equal, one table a target: `[["P_SNOWPARK", "P_KUBERNETES"], …]`; of a
            mapped task the targets' lists of tables.

    Returns:
        `{"equal": True, "compared": [{"tables": […], "rows": n}, …]}`.

    Raises:
        ValueError: two tables differ in columns or in rows; the message shows how.
    """
    compared = []
    for first, *others in _groups(tables):
        columns = session.table(first).columns
        rows = session.table(first).count()
        for other in others:
            if session.table(other).columns != columns:
                raise ValueError(
                    f"{first} and {other} differ in their columns: {', '.join(columns)} against"
                    f" {', '.join(session.table(other).columns)}."
                )
            only_first, only_other = (
                _difference(session, first, other, columns),
                _difference(session, other, first, columns),
            )
            if only_first or only_other:
                raise ValueError(
                    f"{first} and {other} differ ({rows} and {session.table(other).count()} rows). "
                    f"Only in {first}: {_shown(only_first)}. Only in {other}: {_shown(only_other)}."
                )
        compared.append({"tables": [first, *others], "rows": rows})
    return {"equal": True, "compared": compared}


def _groups(tables: list[list[Any]]) -> Iterator[list[str]]:
    for group in tables:
        if not isinstance(group[0], list):
            yield group
        elif len({len(of_target) for of_target in group}) > 1:
            raise ValueError(f"The targets wrote different numbers of tables: {group}.")
        else:
            yield from map(list, zip(*group, strict=True))


def _difference(session: Session, first: str, other: str, columns: list[str]) -> list[Any]:
    def counted(table: str) -> str:
        # EXCEPT forgets how often a row is there: count the rows first.
        return f"SELECT {', '.join(columns)}, COUNT(*) AS TIMES FROM {table} GROUP BY {', '.join(columns)}"

    return session.sql(f"{counted(first)} EXCEPT {counted(other)} ORDER BY 1 LIMIT {SHOWN}").collect()


def _shown(rows: list[Any]) -> str:
    return "; ".join(str(row.as_dict()) for row in rows) or "nothing"
