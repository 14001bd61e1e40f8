"""A front of the embedded Snowflake, which knows passwords only, that takes key pairs as Snowflake does.

Snowflake, "Key-pair authentication": the client sends a JSON Web Token, signed with the private key; its issuer ends in
the public key's SHA-256 fingerprint. This front checks it and logs in with the password; all else it hands on as it is.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import http.client
import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat


class Front:
    """The front, listening on loopback with the embedded server's own certificate.

    Attributes:
        private_key: PEM, PKCS #8, not encrypted.
        port: where it listens.
        logins: what each login sent, as far as it was a valid token of this key: the token's claims.
    """

    def __init__(self, state: Path, parameters: dict[str, Any]) -> None:
        self._parameters = parameters
        self._trust = ssl.create_default_context(cafile=str(state / "ca.pem"))
        self._key = rsa.generate_private_key(65537, 2048)
        self.private_key = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self.logins: list[dict[str, Any]] = []
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                front.hand_on(self)

            do_GET = do_POST = do_PUT = do_HEAD = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(state / "server.pem", state / "server.key")
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_port

    def hand_on(self, request: http.server.BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in ("content-length", "accept-encoding")
        }
        if request.path.startswith("/session/v1/login-request"):
            body = self._with_password(gzip.decompress(body) if headers.pop("Content-Encoding", "") == "gzip" else body)
        connection = http.client.HTTPSConnection("localhost", self._parameters["port"], context=self._trust, timeout=60)
        connection.request(request.command, request.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        request.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                request.send_header(name, value)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)
        connection.close()

    def _with_password(self, body: bytes) -> bytes:
        login = json.loads(body)
        data = login["data"]
        public = self._key.public_key()
        claims = jwt.decode(
            data.get("TOKEN", ""), public, algorithms=["RS256"]
        )  # raises, and so refuses, anything else
        fingerprint = hashlib.sha256(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
        assert data["AUTHENTICATOR"] == "SNOWFLAKE_JWT"
        assert claims["iss"] == f"{claims['sub']}.SHA256:{base64.b64encode(fingerprint).decode()}"
        assert not data.get("PASSWORD")
        self.logins.append(claims)
        del data["TOKEN"], data["AUTHENTICATOR"]
        return json.dumps({**login, "data": data | {"PASSWORD": self._parameters["password"]}}).encode()


@contextmanager
def key_pair_front(state: Path, parameters: dict[str, Any]) -> Iterator[Front]:
    """A front as long as the context."""
    front = Front(state, parameters)
    threading.Thread(target=front.server.serve_forever, daemon=True).start()
    yield front
    front.server.shutdown()
    front.server.server_close()
