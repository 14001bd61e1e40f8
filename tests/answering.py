"""An HTTP server in a thread, for real clients of services that a test plays."""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Respond = Callable[[str, str, dict[str, Any]], tuple[int, dict[str, Any]]]


@contextmanager
def answering(respond: Respond) -> Iterator[int]:
    """Answer requests with JSON: method, path and body give status and body. Gives the port.

    The body is JSON; that of a form is `{"form": its text}`.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            # A proxy gets the whole address, a server the path alone.
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                content = gzip.decompress(content)
            is_form = self.headers.get("Content-Type") == "application/x-www-form-urlencoded"
            asked = {"form": content.decode()} if is_form else json.loads(content or b"{}")
            status, body = respond(self.command, re.sub("^http://[^/]+", "", self.path), asked)
            answer = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    for method in ("DELETE", "GET", "PATCH", "POST", "PUT"):
        setattr(Handler, f"do_{method}", Handler.answer)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
