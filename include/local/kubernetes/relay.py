"""Passes TCP connections on: `python relay.py ADDRESS PORT TARGET`, from ADDRESS:PORT to TARGET:PORT.

Its source is run inside containers (`containers.ContainerCluster.reach`), so it imports nothing of the project.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys

CHUNK = 1 << 16


async def serve(address: str, port: int, target: str) -> None:
    """Listen until it is cancelled.

    Args:
        address: to listen at.
        port: to listen at, and to connect to.
        target: host to connect to.

    Raises:
        OSError: the port is taken.
    """

    async def on_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):  # an end that goes away in the middle is no news
            far_reader, far_writer = await asyncio.open_connection(target, port)
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        writer.close()

    async with await asyncio.start_server(on_connection, address, port) as server:
        await server.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
