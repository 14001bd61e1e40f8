"""The TCP connections that each client has open: one that died has closed them all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

Address = tuple[str, int]


def watching(lost: Callable[[Address], None]) -> type[asyncio.Protocol]:
    """Make uvicorn's protocol tell when a client closes a connection.

    Args:
        lost: Called with the client's address, but not where this server has closed the connection since it was idle.

    Returns:
        The protocol, for `uvicorn.Config(http=…)`.
    """

    class Watching(AutoHTTPProtocol):  # type: ignore[misc, valid-type]  # one of two classes, by what is installed
        client: Address | None = None
        closed_by_us = False

        def timeout_keep_alive_handler(self) -> None:
            self.closed_by_us = True
            super().timeout_keep_alive_handler()

        def connection_lost(self, exc: Exception | None) -> None:
            client = self.client
            super().connection_lost(exc)
            if client is not None and not self.closed_by_us:
                lost(client)

    found: Any = Watching
    return found  # type: ignore[no-any-return]
