"""The relay by which pods of a cluster in Docker reach this machine's loopback."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.local.kubernetes import relay

PAYLOAD = bytes(range(256)) * 40_000
"""10 MB: more than all the buffers on the way hold."""


@pytest.fixture
def echo() -> Iterator[int]:
    """Port of a server that reads to the end, and then sends all of it back."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                received = b"".join(iter(lambda: connection.recv(65536), b""))
                connection.sendall(received)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_it_passes_all_on_in_both_directions_and_then_the_end(echo: int) -> None:
    # As in a container: its source as text, and another address with the same port.
    words = [sys.executable, "-c", Path(relay.__file__).read_text(), "127.0.0.2", str(echo), "127.0.0.1"]
    with subprocess.Popen(words) as process:
        try:
            connection = _connect(("127.0.0.2", echo))
            with connection:
                threading.Thread(target=_send, args=(connection,)).start()
                received = b"".join(iter(lambda: connection.recv(65536), b""))
        finally:
            process.terminate()

    assert received == PAYLOAD


def _send(connection: socket.socket) -> None:
    connection.sendall(PAYLOAD)
    connection.shutdown(socket.SHUT_WR)


def _connect(address: tuple[str, int]) -> socket.socket:
    end = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(address)
        except ConnectionRefusedError:
            assert time.monotonic() < end, "the relay does not listen"
            time.sleep(0.1)
