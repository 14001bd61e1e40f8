"""The SQL by which the rows of two tables are put beside each other; the rows stay in Snowflake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from include.tasks.compare.keys import Key
from include.tasks.compare.tables import Column, Table, comparable
from include.tasks.compare.tolerances import Tolerance, distance

EQUAL, WITHIN, DIFFERING = 0, 1, 2
"""What two values are: equal, different within the tolerance, different."""


@dataclass(frozen=True)
class Measured:
    """A column whose values are compared in matched rows.

    Attributes:
        column: The first table's column.
        other: The other's.
        tolerance: How far its numbers may be apart; None for not at all.
    """

    column: Column
    other: Column
    tolerance: Tolerance | None

    @property
    def is_number(self) -> bool:
        """Whether its differences can be measured."""
        return self.column.is_number and self.other.is_number


@dataclass(frozen=True)
class Pairs:
    """The rows of two tables, matched.

    By a key, or without one as multisets: a row of all columns, and how often each table has it. Columns with a
    tolerance are no part of such a row: of the rows that are equal in the others the smallest stands beside the
    smallest, and so on.

    Attributes:
        first: A table.
        other: Another one.
        key: What its rows are known by.
        tolerances: How far the numbers of columns may be apart.
    """

    first: Table
    other: Table
    key: Key
    tolerances: Mapping[str, Tolerance]

    @cached_property
    def measured(self) -> list[Measured]:
        """The columns whose values are compared in matched rows."""
        known = self.key.columns or [name for name in self._common if name not in self.tolerances]
        return [
            Measured(self.first.by_name[name], self.other.by_name[name], self.tolerances.get(name))
            for name in self._common
            if name not in known
        ]

    @cached_property
    def known_by(self) -> list[str]:
        """The columns that make a row the same in both tables."""
        return list(self.key.columns) or [name for name in self._common if name not in self.tolerances]

    @cached_property
    def _common(self) -> list[str]:
        return [
            column.name
            for column in self.first.columns
            if column.name in self.other.by_name and comparable(column, self.other.by_name[column.name])
        ]

    def matched(self, places: Sequence[int] | None = None) -> str:
        """Return a WITH clause with `PAIRS`, a row for each row of either table.

        Args:
            places: Which of the compared columns; None for all.

        Returns:
            SQL. Of each row `K0`, … is what it is known by, `A0`, … and `B0`, … the two values of the columns
            compared, `H` and `T` how often each table has it.
        """
        return f"WITH {self._pairs(range(len(self.measured)) if places is None else places)}\n"

    def sql(self, places: Sequence[int]) -> str:
        """Return a WITH clause with `MEASURED`: `PAIRS`, and how far values are apart.

        Args:
            places: Which of the compared columns: to measure one costs much more than to tell whether it is equal.

        Returns:
            SQL. Of each row `D0`, … is how far two values are apart, `S0`, … what they are; the rest is in `matched`.
        """
        states = []
        for place in places:
            one = self.measured[place]
            here, there = f"A{place}", f"B{place}"
            apart = distance(here, there, (one.column, one.other)) if one.is_number else "NULL::FLOAT"
            within = f"WHEN {one.tolerance.allows(apart, here)} THEN {WITHIN} " if one.tolerance else ""
            states += [
                f"{apart} AS D{place}",
                f"CASE WHEN H = 0 OR T = 0 OR {here} IS NOT DISTINCT FROM {there} THEN {EQUAL}"
                f" {within}ELSE {DIFFERING} END AS S{place}",
            ]
        measured = ", ".join(["*", *states])
        return f"WITH {self._pairs(places)},\nMEASURED AS (SELECT {measured} FROM PAIRS)\n"

    def _pairs(self, places: Sequence[int]) -> str:
        if self.key.columns:
            return self._by_key(places)
        return self._by_order(places) if self.measured else self._by_count

    def _by_key(self, places: Sequence[int]) -> str:
        keys = range(len(self.known_by))
        chosen = [
            *(f"COALESCE(F.K{place}, G.K{place}) AS K{place}" for place in keys),
            *(f"F.V{place} AS A{place}, G.V{place} AS B{place}" for place in places),
            "COALESCE(F.ONE, 0) AS H, COALESCE(G.ONE, 0) AS T",
        ]
        on = " AND ".join(f"F.K{place} = G.K{place}" for place in keys)
        return (
            f"PAIRS AS (SELECT {', '.join(chosen)} FROM\n"
            f"  (SELECT {self._projected(self.first, self.other, places)}, 1 AS ONE FROM {self.first.name}) F\n"
            f"  FULL OUTER JOIN ("
            f"SELECT {self._projected(self.other, self.first, places)}, 1 AS ONE FROM {self.other.name}) G\n"
            f"  ON {on})"
        )

    @property
    def _by_count(self) -> str:
        keys = ", ".join(f"K{place}" for place in range(len(self.known_by)))
        return (
            f"PAIRS AS (SELECT {keys}, SUM(HERE) AS H, SUM(THERE) AS T FROM (\n"
            f"  SELECT {self._projected(self.first, self.other, ())}, 1 AS HERE, 0 AS THERE FROM {self.first.name}\n"
            f"  UNION ALL\n"
            f"  SELECT {self._projected(self.other, self.first, ())}, 0 AS HERE, 1 AS THERE FROM {self.other.name}\n"
            f") GROUP BY {keys})"
        )

    def _by_order(self, places: Sequence[int]) -> str:
        keys = [f"K{place}" for place in range(len(self.known_by))]
        values = range(len(self.measured))
        order = ", ".join(f"V{place}" for place in values)
        partition = f"PARTITION BY {', '.join(keys)} " if keys else ""
        number = f"ROW_NUMBER() OVER ({partition}ORDER BY {order}) AS N"
        sides = [
            f"  SELECT *, {number} FROM (SELECT {self._projected(table, beside, values)}, {side} FROM {table.name})"
            for table, beside, side in (
                (self.first, self.other, "1 AS HERE, 0 AS THERE"),
                (self.other, self.first, "0 AS HERE, 1 AS THERE"),
            )
        ]
        chosen = [
            *keys,
            *(
                f"MAX(IFF(HERE = 1, V{place}, NULL)) AS A{place}, MAX(IFF(THERE = 1, V{place}, NULL)) AS B{place}"
                for place in places
            ),
            "SUM(HERE) AS H, SUM(THERE) AS T",
        ]
        both = "\n  UNION ALL\n".join(sides)
        return f"PAIRS AS (SELECT {', '.join(chosen)} FROM (\n{both}\n) GROUP BY {', '.join([*keys, 'N'])})"

    def _projected(self, table: Table, beside: Table, places: Sequence[int]) -> str:
        """Return the SQL of a table's columns as they are compared, by place."""

        def compared(name: str) -> str:
            return table.by_name[name].compared(beside.by_name[name])

        return ", ".join(
            [
                *(f"{compared(name)} AS K{place}" for place, name in enumerate(self.known_by)),
                *(f"{compared(self.measured[place].column.name)} AS V{place}" for place in places),
            ]
        )


def shown_row(pairs: Pairs, side: str) -> Sequence[tuple[str, str]]:
    """Return the columns of a row of one side, and the SQL that shows each.

    Args:
        pairs: Two tables.
        side: `A` for the first, `B` for the other.

    Returns:
        Names, with SQL over `PAIRS`.
    """
    table = pairs.first if side == "A" else pairs.other
    return [
        *((name, table.by_name[name].shown(f"K{place}")) for place, name in enumerate(pairs.known_by)),
        *(
            (one.column.name, table.by_name[one.column.name].shown(f"{side}{place}"))
            for place, one in enumerate(pairs.measured)
        ),
    ]
