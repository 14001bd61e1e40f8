"""A way to the cluster's API that can be cut."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from include.local.pods import STATE

_SERVER = re.compile(r"https://[^\s\"']+")


def kubeconfig(path: Path, server: str) -> str:
    """Writes the cluster's kubeconfig with another address in it; gives an Airflow connection's extra for it."""
    path.write_text(_SERVER.sub(server, STATE.kubeconfig.read_text()))
    return str(path)


class Relay:
    """Hands connections on to the cluster's API until it is cut; then it refuses them.

    Attributes:
        address: what stands in for the API's own address.
    """

    def __init__(self) -> None:
        found = _SERVER.search(STATE.kubeconfig.read_text())
        assert found
        url = urlsplit(found[0])
        self._to = (url.hostname, url.port or 443)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open = [self._listener]
        self.address = f"https://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Ends all connections, and takes no more."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._to)
                self._open += [client, server]
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
