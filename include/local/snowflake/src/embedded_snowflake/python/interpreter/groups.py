"""Groups of rows as they come from the server: a list of structs each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import values


class Group:
    """The rows of one group or partition.

    Args:
        columns: One Arrow array per argument.
        declared: Their SQL types.
        length: Number of rows.
    """

    def __init__(self, columns: list[Any], declared: list[values.SqlType], length: int) -> None:
        self._columns = columns
        self._declared = declared
        self._length = length

    def __len__(self) -> int:
        return self._length

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows as Python values.

        Yields:
            One tuple per row, an empty one for a handler without arguments.
        """
        if not self._columns:
            yield from (() for _ in range(self._length))
            return
        lists = [
            values.to_python(column, declared) for column, declared in zip(self._columns, self._declared, strict=True)
        ]
        yield from zip(*lists, strict=True)

    def frame(self, names: list[str]) -> Any:
        """Give the rows as a pandas DataFrame.

        Args:
            names: Names of the columns.

        Returns:
            The DataFrame.
        """
        import pandas as pd

        typed = zip(names, self._columns, self._declared, strict=True)
        return pd.DataFrame(
            {name: values.to_series(column, declared) for name, column, declared in typed},
            index=pd.RangeIndex(self._length),
        )


def groups_of(column: Any, declared: list[values.SqlType]) -> Iterator[Group]:
    """Take groups out of a column.

    Args:
        column: Arrow column of lists of structs with fields a0, a1, …; a NULL list is an empty group.
        declared: The SQL types of the fields; without any, the structs only count rows.

    Yields:
        The groups in order.
    """
    lists = column.combine_chunks()
    if hasattr(lists, "chunks"):  # an empty table's column
        return
    structs = lists.values
    fields = [structs.field(place) for place in range(len(declared))]
    offsets = lists.offsets.to_pylist()
    for place in range(len(lists)):
        start, end = (offsets[place], offsets[place + 1]) if lists[place].is_valid else (0, 0)
        yield Group([field.slice(start, end - start) for field in fields], declared, end - start)
