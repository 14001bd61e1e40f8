"""Who may log in: by password the user that the server was started with, by key pair who has a key; its workers."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Sequence
from threading import Lock

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

WORKER_SECRET_SECONDS = 3600.0
KEYS = ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2")  # a user's properties: two, so that one can take the other's place


class Authenticator:
    """Checks credentials.

    Args:
        user: The user who may log in.
        password: That user's password.
        public_key: PEM of the public key whose owner may log in as that user too; None for no key.
    """

    def __init__(self, user: str, password: str, public_key: str | None = None) -> None:
        self._user = user.upper()
        self._password = password
        self._public_key = public_key
        self._secrets: dict[str, tuple[str, float]] = {}
        self._lock = Lock()

    @property
    def user(self) -> str:
        """The user who may log in, in upper case."""
        return self._user

    def check(self, user: str, password: str) -> bool:
        """Tell whether these credentials open a session.

        Args:
            user: Login name, in any case.
            password: Password, or a secret made by `issue_secret`.

        Returns:
            True when they are right.
        """
        with self._lock:
            owner, expires = self._secrets.get(password, ("", 0.0))
        if owner and owner == user.upper() and time.monotonic() < expires:
            return True
        right_user = hmac.compare_digest(user.upper().encode(), self._user.encode())
        return hmac.compare_digest(password.encode(), self._password.encode()) and right_user

    def check_token(self, user: str, token: str, keys: Sequence[str] = ()) -> bool:
        """Tell whether a token was signed by the owner of a public key.

        Args:
            user: Login name, in any case.
            keys: The user's public keys beside the server's own, as ALTER USER … SET RSA_PUBLIC_KEY has them: PEM
                without its frame.
            token: JWT as https://docs.snowflake.com/en/developer-guide/sql-api/authenticating describes: its subject is
                "<account>.<user>".

        Returns:
            True when it is right and in date.
        """
        own = [self._public_key] if self._public_key is not None and user.upper() == self._user else []
        return any(_signed(user, token, key) for key in [*own, *map(framed, keys)])

    def issue_secret(self, user: str) -> str:
        """Make a short-lived secret that works as the user's password.

        Args:
            user: User for whom a worker process will connect back.

        Returns:
            The secret, good for an hour.
        """
        secret = f"worker-{secrets.token_urlsafe(32)}"
        now = time.monotonic()
        with self._lock:
            self._secrets = {known: value for known, value in self._secrets.items() if value[1] > now}
            self._secrets[secret] = (user.upper(), now + WORKER_SECRET_SECONDS)
        return secret


def _signed(user: str, token: str, key: str) -> bool:
    try:
        claims = jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})
    except jwt.InvalidTokenError:
        return False
    return user.upper() == str(claims.get("sub", "")).rpartition(".")[2].upper()


def framed(key: str) -> str:
    """Write a public key as PEM.

    Args:
        key: The key as RSA_PUBLIC_KEY takes it: without the lines that begin and end a PEM file.

    Returns:
        The whole file's text.
    """
    return f"-----BEGIN PUBLIC KEY-----\n{key.strip()}\n-----END PUBLIC KEY-----\n"


def is_public_key(key: str) -> bool:
    """Tell whether a text is an RSA public key of at least 2048 bits, as RSA_PUBLIC_KEY takes it.

    Args:
        key: The text.

    Returns:
        Whether it can be used.
    """
    try:
        read = load_pem_public_key(framed(key).encode())
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(read, RSAPublicKey) and read.key_size >= 2048
