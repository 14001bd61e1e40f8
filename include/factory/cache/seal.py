"""Seals what is kept: without Airflow's Fernet key nobody can make an entry, change one, or read one.

AES-GCM tells what it has sealed from all else, as an HMAC does. It also hides it: a pipeline may have values of the
environment (`${NAME}`) in it, and these are in no file of ours that others could read, or that stays in a backup.
"""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_PURPOSE = b"snowpod: checked pipelines"
"""What tells our key from Airflow's own, so that nothing sealed with one is taken for the other's."""
_NONCE = 12
"""Bytes; random, which NIST SP 800-38D allows for 2**32 entries under a key."""


class Seal:
    """Seals contents under names."""

    def __init__(self, secret: bytes) -> None:
        """Derive the key.

        Args:
            secret: Airflow's Fernet key, as configured.
        """
        self._cipher = AESGCM(hmac.digest(secret, _PURPOSE, "sha256"))

    def close(self, name: str, content: bytes) -> bytes:
        """Return a content sealed; it opens under its name alone."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes | None:
        """Return the content; None if it was not sealed with this secret, not under this name, or is not whole."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())
        except (InvalidTag, ValueError):
            return None


def airflows_seal() -> Seal | None:
    """Return the seal of this Airflow: with the newest of its Fernet keys; None if it has none."""
    from airflow.configuration import conf

    try:
        keys = conf.get("core", "fernet_key", fallback="") or ""
    except Exception:  # it may be asked of a command, or of a secrets backend
        return None
    newest = keys.partition(",")[0].strip()
    return Seal(newest.encode()) if newest else None
