"""Table functions: a handler object per partition, https://docs.snowflake.com/en/developer-guide/udf/python/udf-python-tabular-functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa

from . import values
from .groups import Group, groups_of


class TableHandler:
    """A loaded table function (UDTF), by row or vectorised.

    Args:
        target: The handler class.
        request: Its definition: arguments, names, columns.
    """

    def __init__(self, target: Callable[[], Any], request: dict[str, Any]) -> None:
        self._target = target
        self._arguments: list[values.SqlType] = request["arguments"]
        self._names: list[str] = request["names"]
        self._columns: list[list[Any]] = request["columns"]
        self._strict: bool = request["strict"]

    def run(self, request: dict[str, Any], payload: bytearray) -> tuple[dict[str, Any], Any]:
        """Compute partitions.

        Args:
            request: Nothing of interest.
            payload: Arrow stream of one column, a partition in each row: a list of structs of the arguments.

        Returns:
            An empty header, and an Arrow stream of one column, a list of structs in each row: the number of the input
            row within its partition (from 1; NULL for what `end_partition` gave), then the output columns.
        """
        sources: list[int | None] = []
        columns: list[list[Any]] = [[] for _ in self._columns]
        offsets = [0]
        for group in groups_of(values.read(payload).column(0), self._arguments):
            for source, row in self._partition(group):
                if len(row) != len(columns):
                    raise ValueError(
                        f"The handler returned a row of {len(row)} values, {len(columns)} columns are declared."
                    )
                sources.append(source)
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
            offsets.append(len(sources))
        arrays = [
            values.from_python(column, declared) for column, (_, declared) in zip(columns, self._columns, strict=True)
        ]
        names = ["row", *(f"c{place}" for place in range(len(arrays)))]
        rows = pa.StructArray.from_arrays([pa.array(sources, pa.int64()), *arrays], names)
        return {}, values.write(pa.table([pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), rows)], ["result"]))

    def _partition(self, group: Group) -> Iterable[tuple[int | None, tuple[Any, ...]]]:
        handler = self._target()
        process = getattr(handler, "process", None)
        if process is not None and getattr(process, "_sf_vectorized_input", None) is not None:
            size = getattr(process, "_sf_max_batch_size", None) or max(len(group), 1)
            for start in range(0, len(group), size):
                batch = group.frame(self._names).iloc[start : start + size].reset_index(drop=True)
                for place, row in enumerate(_rows_of_batch(process(batch))):
                    yield start + place + 1, row
        elif process is not None:
            for number, arguments in enumerate(group.rows(), 1):
                if self._strict and None in arguments:
                    yield number, (None,) * len(self._columns)
                    continue
                for row in _rows(process(*arguments)):
                    yield number, row
        end = getattr(handler, "end_partition", None)
        if end is None:
            return
        if getattr(end, "_sf_vectorized_input", None) is not None:
            rows = _rows_of_batch(end(group.frame(self._names)))
        elif process is not None and getattr(process, "_sf_vectorized_input", None) is not None:
            rows = _rows_of_batch(end())
        else:
            rows = _rows(end())
        for row in rows:
            yield None, row


def _rows(result: Any) -> Iterable[tuple[Any, ...]]:
    """Rows that a method called row by row gives: an iterable of tuples, or nothing; None among them is no row."""
    for row in result if result is not None else ():
        if row is None:
            continue
        if not isinstance(row, (tuple, list)):
            raise TypeError(f"The handler gave {row!r}; a table function gives tuples, such as ({row!r},).")
        yield tuple(row)


def _rows_of_batch(result: Any) -> Iterable[tuple[Any, ...]]:
    """Rows that a vectorised method gives: a DataFrame, a tuple of columns, an iterable of those, or nothing."""
    if result is None:
        return
    if hasattr(result, "itertuples"):
        yield from _cleaned(result)
    elif isinstance(result, tuple):
        import pandas as pd

        yield from _cleaned(
            pd.DataFrame({place: pd.Series(column).reset_index(drop=True) for place, column in enumerate(result)})
        )
    else:
        for part in result:
            yield from _rows_of_batch(part)


def _cleaned(frame: Any) -> Iterable[tuple[Any, ...]]:
    """Rows of a DataFrame, with None for what pandas calls missing."""
    frame = frame.astype(object).where(frame.notna(), None)
    yield from frame.itertuples(index=False, name=None)
