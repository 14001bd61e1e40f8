"""Results of earlier statements, for RESULT_SCAN, asynchronous queries and the chunks of large answers."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from embedded_snowflake.results import Result

KEPT_RESULTS = 200
KEPT_BYTES = 256_000_000


class ResultCache:
    """The newest results by query id, within a number and a size."""

    def __init__(self) -> None:
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def put(self, query_id: str, result: Result) -> None:
        """Keep a result.

        Args:
            query_id: Its statement's id.
            result: The result.
        """
        with self._lock:
            self._results[query_id] = result
            self._bytes += _size(result)
            while len(self._results) > KEPT_RESULTS or (self._bytes > KEPT_BYTES and len(self._results) > 1):
                _, dropped = self._results.popitem(last=False)
                self._bytes -= _size(dropped)

    def get(self, query_id: str) -> Result | None:
        """Look a result up.

        Args:
            query_id: Its statement's id.

        Returns:
            The result, or None when it is gone or never was.
        """
        with self._lock:
            return self._results.get(query_id)


def _size(result: Result) -> int:
    return int(result.table.nbytes) if result.table is not None else 0
