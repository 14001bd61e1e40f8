"""Frames between the server and its Python processes: 4 bytes and 8 bytes of lengths, a JSON header, raw bytes.

JSON and Arrow, never pickle: what a worker answers cannot run anything in the server.
"""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

_LENGTHS = struct.Struct(">IQ")


class ClosedError(Exception):
    """The other side is gone."""


class Channel:
    """A socket that carries frames.

    Args:
        sock: A connected stream socket.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock

    def send(self, header: dict[str, Any], payload: Any = b"") -> None:
        """Send one frame.

        Args:
            header: Anything JSON can say.
            payload: Bytes, or another object with the buffer interface.

        Raises:
            ClosedError: The other side is gone.
            TimeoutError: It does not read within the socket's time-out.
        """
        text = json.dumps(header).encode()
        body = memoryview(payload).cast("B")
        try:
            self._socket.sendall(_LENGTHS.pack(len(text), len(body)) + text)
            if len(body):
                self._socket.sendall(body)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise ClosedError from error

    def receive(self) -> tuple[dict[str, Any], bytearray]:
        """Wait for one frame.

        Returns:
            Its header and payload.

        Raises:
            ClosedError: The other side is gone.
            TimeoutError: Nothing comes within the socket's time-out.
        """
        text_length, body_length = _LENGTHS.unpack(self._read(_LENGTHS.size))
        header = json.loads(self._read(text_length))
        return header, self._read(body_length)

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def _read(self, size: int) -> bytearray:
        data = bytearray(size)
        view = memoryview(data)
        while view:
            try:
                count = self._socket.recv_into(view)
            except ConnectionResetError as error:
                raise ClosedError from error
            if not count:
                raise ClosedError
            view = view[count:]
        return data
