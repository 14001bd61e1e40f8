"""What was wrong with rows that COPY INTO did not load, for VALIDATE: kept as long as the server runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from embedded_snowflake.names import TableName

Flaws = list[tuple[object, ...]]
_KEPT_LOADS = 1000


class LoadFlaws:
    """The flaws of the last loads."""

    def __init__(self) -> None:
        self._loads: OrderedDict[str, tuple[int, TableName, Flaws]] = OrderedDict()
        self._lock = threading.Lock()

    def began(self, query_id: str, session: int, table: TableName) -> None:
        """Note a load.

        Args:
            query_id: Id of the statement.
            session: Number of its session.
            table: The table that it loads into.
        """
        with self._lock:
            self._loads[query_id] = (session, table, [])
            while len(self._loads) > _KEPT_LOADS:
                self._loads.popitem(last=False)

    def add(self, query_id: str, flaws: Sequence[tuple[object, ...]]) -> None:
        """Note what is wrong with a file.

        Args:
            query_id: Id of the load.
            flaws: Rows of VALIDATE.
        """
        with self._lock:
            if query_id in self._loads:
                self._loads[query_id][2].extend(flaws)

    def of(self, query_id: str) -> tuple[TableName, Flaws] | None:
        """Find a load.

        Returns:
            The table that it loaded into and what was wrong; None for no load, or one that is forgotten.
        """
        with self._lock:
            found = self._loads.get(query_id)
            return (found[1], list(found[2])) if found is not None else None

    def last(self, session: int) -> str | None:
        """Find a session's last load.

        Args:
            session: Its number.

        Returns:
            The load's id, or None.
        """
        with self._lock:
            return next((query_id for query_id, load in reversed(self._loads.items()) if load[0] == session), None)
