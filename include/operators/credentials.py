"""What is wrong with the credentials of an Airflow connection, in words that say what to write."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

PROVIDERS = ("AWS", "AZURE", "GCP", "OIDC")
"""Where a workload's identity can come from (snowflake-connector-python, `AttestationProvider`)."""
GRANT_TYPES = ("client_credentials", "password", "refresh_token")
"""By what Airflow's hook can get an OAuth token (its SUPPORTED_GRANT_TYPES)."""
KEY_AS_BASE64 = "give the whole file in one line, as base64 (`base64 -w0 key.p8`), or name it as `private_key_file`"


def login_problem(parameters: Mapping[str, Any]) -> str | None:
    """Say what an authenticator lacks, before the connector is asked: it would say so anew at each try.

    Args:
        parameters: what the Snowflake hook makes of an Airflow connection.

    Returns:
        What is missing or misspelt and what to write; None if nothing is seen.
    """
    authenticator = str(parameters.get("authenticator") or "")
    if authenticator != "oauth" and authenticator.lower() == "oauth":
        return f"its authenticator is {authenticator}, which Airflow's hook knows in small letters only; write `oauth`"
    if authenticator == "oauth" and not parameters.get("azure_conn_id"):
        return _oauth_problem(parameters)
    return _workload_problem(parameters) if authenticator.upper() == "WORKLOAD_IDENTITY" else None


def _oauth_problem(parameters: Mapping[str, Any]) -> str | None:
    grant = parameters.get("grant_type")
    if grant not in GRANT_TYPES:
        said = f"has the grant_type {grant!r}" if grant else "names no grant_type"
        return f"it {said}; write one of {', '.join(GRANT_TYPES)} in its extra"
    if grant == "refresh_token" and not parameters.get("refresh_token"):
        return "its extra has no refresh_token"
    wanted = {"client_id": "login (the client's id)", "client_secret": "password (the client's secret)"}
    lacking = [words for name, words in wanted.items() if not parameters.get(name)]
    return f"for OAuth it needs a {' and a '.join(lacking)}" if lacking else None


def _workload_problem(parameters: Mapping[str, Any]) -> str | None:
    provider = str(parameters.get("workload_identity_provider") or "")
    if provider.upper() not in PROVIDERS:
        said = f"has the workload_identity_provider {provider!r}" if provider else "names no workload_identity_provider"
        return f"it {said}; write one of {', '.join(PROVIDERS)} in its extra"
    if provider.upper() == "OIDC" and not (parameters.get("token") or parameters.get("token_file_path")):
        return "for OIDC it needs the token's file, as `token_file_path` in its extra"
    return None


def key_problem(extra: Mapping[str, Any], passphrase: str | None) -> str | None:
    """Say why the private key of an Airflow connection cannot be read.

    Args:
        extra: the connection's extra.
        passphrase: its password, which opens the key.

    Returns:
        What is wrong with the key and what to do, without a word of the key; None if it can be read or there is none.
    """
    named, content = _field(extra, "private_key_file"), _field(extra, "private_key_content")
    if named and not content:
        try:
            return _pem_problem(Path(named).read_bytes(), passphrase)
        except OSError as error:
            return f"its private_key_file {named} cannot be read here: {error.strerror}"
    if not content or named:
        return None
    if "-----BEGIN" not in content:
        decoded = _decoded(content)
        if b"-----BEGIN" not in decoded:
            return (
                "its private_key_content is neither a PEM file nor the base64 of one (in a connection URI `+`, `/` and"
                f" `=` must be percent-encoded: write the connection as JSON); {KEY_AS_BASE64}"
            )
        return _pem_problem(decoded, passphrase)
    if "\n" not in content.strip():
        return f"its private_key_content has lost its line breaks; {KEY_AS_BASE64}"
    return _pem_problem(content.encode(), passphrase)


def _field(extra: Mapping[str, Any], name: str) -> str:
    return str(extra.get(name) or extra.get(f"extra__snowflake__{name}") or "")


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode(content)
    except ValueError:
        return b""


def _pem_problem(pem: bytes, passphrase: str | None) -> str | None:
    if b"PRIVATE KEY-----" not in pem:
        return "its private key is none: a PEM file of one begins with -----BEGIN PRIVATE KEY----- or … ENCRYPTED …"
    password = (passphrase or "").strip().encode() or None
    try:
        load_pem_private_key(pem, password)
    except TypeError:
        if password is None:
            return "its private key is encrypted, and the passphrase is missing: it is the connection's password"
        return "its private key is not encrypted, and the connection has a password; leave the password empty"
    except ValueError:
        if password is None:
            return f"its private key cannot be read; {KEY_AS_BASE64}"
        return "its password is not the passphrase of its private key, or the key is cut off"
    except UnsupportedAlgorithm:
        return "its private key is encrypted in an unknown way; make it anew: `openssl pkcs8 -topk8 -v2 aes256`"
    return None
