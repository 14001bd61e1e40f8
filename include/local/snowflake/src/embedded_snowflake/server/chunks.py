"""The later parts of large results, kept until their client has fetched them."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import pyarrow as pa

from embedded_snowflake import wire
from embedded_snowflake.state.result_cache import ResultCache

KEPT_TABLES = 50
IDLE_SECONDS = 600.0


@dataclass
class _Kept:
    """A result of which parts are still to be fetched."""

    table: pa.Table
    left: set[int]
    used: float = field(default_factory=time.monotonic)


class Chunks:
    """Large results in Snowflake's layout.

    Args:
        results: where a result is found again whose parts were all fetched before, or not for long.
        rows: of one part.
    """

    def __init__(self, results: ResultCache, rows: int) -> None:
        self._results = results
        self._rows = rows
        self._tables: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, query_id: str, table: pa.Table) -> None:
        """Keep a result for its client.

        Args:
            query_id: Its statement's id.
            table: The whole result in Snowflake's layout.
        """
        now = time.monotonic()
        with self._lock:
            self._tables[query_id] = _Kept(table, set(range(1, -(-table.num_rows // self._rows))))
            forgotten = [name for name, kept in self._tables.items() if now - kept.used > IDLE_SECONDS]
            for name in forgotten + list(self._tables)[: max(0, len(self._tables) - len(forgotten) - KEPT_TABLES)]:
                self._tables.pop(name, None)

    def part(self, query_id: str, number: int) -> bytes | None:
        """Serialise one part.

        Args:
            query_id: The statement's id.
            number: Of the part, from 1; the first part, 0, went with the answer.

        Returns:
            An Arrow stream, empty of rows past the end; None when the result is gone.
        """
        with self._lock:
            kept = self._tables.get(query_id)
        if kept is None:
            result = self._results.get(query_id)
            if result is None:
                return None
            self.keep(query_id, wire.arrow_table(result))
            return self.part(query_id, number)
        content = wire.ipc_stream(kept.table.slice(number * self._rows, self._rows))
        with self._lock:
            kept.used = time.monotonic()
            kept.left.discard(number)
            if not kept.left:
                self._tables.pop(query_id, None)
        return content
