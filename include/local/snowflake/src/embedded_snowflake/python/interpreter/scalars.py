"""Scalar functions: a call per row, or a call per batch for vectorised ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from . import values


class ScalarHandler:
    """A loaded scalar function.

    Args:
        target: The handler.
        request: Its definition: arguments, returns, strict.
    """

    def __init__(self, target: Callable[..., Any], request: dict[str, Any]) -> None:
        self._target = target
        self._arguments: list[values.SqlType] = request["arguments"]
        self._returns: values.SqlType = request["returns"]
        self._strict: bool = request["strict"]
        self._vectorized = getattr(target, "_sf_vectorized_input", None) is not None
        self._batch: int | None = getattr(target, "_sf_max_batch_size", None)

    def run(self, request: dict[str, Any], payload: bytearray) -> tuple[dict[str, Any], Any]:
        """Compute one batch.

        Args:
            request: {"rows": number of rows}.
            payload: Arrow stream of the arguments, one column each.

        Returns:
            An empty header, and an Arrow stream of one column.
        """
        rows: int = request["rows"]
        columns = values.read(payload).columns if self._arguments else []
        result = self._by_batch(columns, rows) if self._vectorized else self._by_row(columns, rows)
        return {}, values.write(pa.table([result], ["result"]))

    def _by_row(self, columns: list[Any], rows: int) -> Any:
        target = self._target
        if not columns:
            return values.from_python([target() for _ in range(rows)], self._returns)
        lists = [values.to_python(column, declared) for column, declared in zip(columns, self._arguments, strict=True)]
        if self._strict:
            found = [None if any(value is None for value in row) else target(*row) for row in zip(*lists, strict=True)]
        else:
            found = [target(*row) for row in zip(*lists, strict=True)]
        return values.from_python(found, self._returns)

    def _by_batch(self, columns: list[Any], rows: int) -> Any:
        import pandas as pd

        typed = zip(columns, self._arguments, strict=True)
        series = {place: values.to_series(column, declared) for place, (column, declared) in enumerate(typed)}
        frame = pd.DataFrame(series, index=pd.RangeIndex(rows), copy=False)
        if self._strict and (kept := frame.notna().all(axis=1)).sum() < rows:
            some = iter(self._in_batches(frame[kept].reset_index(drop=True)).to_pylist())
            return pa.array([next(some) if keep else None for keep in kept], values.arrow_type(self._returns))
        return self._in_batches(frame)

    def _in_batches(self, frame: Any) -> Any:
        size = self._batch or max(len(frame), 1)
        parts = []
        for start in range(0, len(frame), size):
            batch = frame if size >= len(frame) else frame.iloc[start : start + size].reset_index(drop=True)
            result = self._target(batch)
            if not self._arguments and len(result) == 1:
                # Without arguments there is one result for all rows.
                result = list(result) * len(batch)
            parts.append(values.from_series(result, len(batch), self._returns))
        if not parts:
            return values.from_python([], self._returns)
        return parts[0] if len(parts) == 1 else pa.concat_arrays(parts)
