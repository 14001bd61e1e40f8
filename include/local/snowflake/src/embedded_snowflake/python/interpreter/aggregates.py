"""Aggregate functions: https://docs.snowflake.com/en/developer-guide/udf/python/udf-python-aggregate-functions."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from . import values
from .groups import Group, groups_of


class AggregateHandler:
    """A loaded aggregate function (UDAF).

    Args:
        target: The handler class.
        request: Its definition: arguments, returns.
    """

    def __init__(self, target: Callable[[], Any], request: dict[str, Any]) -> None:
        self._target = target
        self._arguments: list[values.SqlType] = request["arguments"]
        self._returns: values.SqlType = request["returns"]

    def run(self, request: dict[str, Any], payload: bytearray) -> tuple[dict[str, Any], Any]:
        """Compute groups.

        Args:
            request: Nothing of interest.
            payload: Arrow stream of one column, a group in each row: a list of structs of the arguments.

        Returns:
            An empty header, and an Arrow stream of one column, a value for each group.
        """
        found = [self._aggregate(group) for group in groups_of(values.read(payload).column(0), self._arguments)]
        return {}, values.write(pa.table([values.from_python(found, self._returns)], ["result"]))

    def _aggregate(self, group: Group) -> Any:
        first, second = self._target(), self._target()
        # Snowflake computes parts of a group apart and merges their states: so does this, or a wrong merge would not
        # show.
        half = (len(group) + 1) // 2
        for number, arguments in enumerate(group.rows()):
            (first if number < half else second).accumulate(*arguments)
        if half < len(group):
            first.merge(pickle.loads(pickle.dumps(second.aggregate_state)))
        return first.finish()
