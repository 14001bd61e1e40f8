"""Table functions and aggregate functions."""

from __future__ import annotations

from typing import Any


class TableHandler:
    """A loaded table function (UDTF)."""

    def __init__(self, target: Any, request: dict[str, Any]) -> None:
        self._target = target

    def run(self, request: dict[str, Any], payload: bytearray) -> tuple[dict[str, Any], Any]:
        """Compute partitions."""
        raise NotImplementedError


class AggregateHandler:
    """A loaded aggregate function (UDAF)."""

    def __init__(self, target: Any, request: dict[str, Any]) -> None:
        self._target = target

    def run(self, request: dict[str, Any], payload: bytearray) -> tuple[dict[str, Any], Any]:
        """Compute groups."""
        raise NotImplementedError
