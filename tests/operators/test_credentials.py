"""Credentials that cannot work are told in words that say what to write, and without a word of the secret."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from airflow.sdk.exceptions import AirflowFailException
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from include.operators.connection import connection_parameters

KEY = generate_private_key(65537, 2048)
PLAIN = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
LOCKED = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"of the key")).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
DER = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def resolved(monkeypatch: pytest.MonkeyPatch, extra: dict[str, Any], password: str | None = None) -> dict[str, Any]:
    connection = {"conn_type": "snowflake", "login": "ann", "password": password, "extra": {"account": "acme", **extra}}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps(connection))
    return connection_parameters("mine")


def in_base64(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()


@pytest.mark.parametrize(
    ("content", "password"),
    [
        pytest.param(PLAIN, None, id="pem"),
        pytest.param(in_base64(PLAIN), None, id="base64"),
        pytest.param(LOCKED, "of the key", id="encrypted"),
        pytest.param(in_base64(LOCKED), "of the key", id="encrypted-base64"),
        pytest.param(PLAIN.replace("\n", "\r\n"), None, id="windows-lines"),
        pytest.param(PLAIN.replace("\n", " "), None, id="one-line-of-a-form"),
    ],
)
def test_a_key_in_any_form_that_the_hook_takes(
    monkeypatch: pytest.MonkeyPatch, content: str, password: str | None
) -> None:
    found = resolved(monkeypatch, {"private_key_content": content}, password)
    assert base64.b64decode(found["private_key"]) == DER
    assert "password" not in found


@pytest.mark.parametrize(
    ("content", "password", "words"),
    [
        pytest.param(PLAIN.replace("\n", "\\n"), None, "has lost its line breaks", id="backslash-n"),
        pytest.param(LOCKED, None, "is encrypted, and the passphrase is missing: it is the conn", id="no-passphrase"),
        pytest.param(in_base64(LOCKED), "another", "its password is not the passphrase", id="wrong-passphrase"),
        pytest.param(PLAIN, "needless", "is not encrypted, and the connection has a password", id="passphrase-of-none"),
        pytest.param(PUBLIC, None, "its private key is none", id="public-key"),
        pytest.param("path/to/key.p8", None, "neither a PEM file nor the base64 of one", id="a-path"),
        pytest.param(PLAIN[:400], None, "its private key cannot be read", id="cut-off"),
    ],
)  # fmt: skip
def test_a_key_that_cannot_be_read_is_told(
    monkeypatch: pytest.MonkeyPatch, content: str, password: str | None, words: str
) -> None:
    with pytest.raises(AirflowFailException, match=r"connection mine cannot be used: .*\nWhat to do") as caught:
        resolved(monkeypatch, {"private_key_content": content}, password)
    assert words in str(caught.value)
    assert PLAIN.splitlines()[3] not in str(caught.value)
    assert password is None or password not in str(caught.value)


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(AirflowFailException, match=rf"{tmp_path}/key.p8 cannot be read here: No such file"):
        resolved(monkeypatch, {"private_key_file": str(tmp_path / "key.p8")})


def test_a_file_and_a_content_are_one_too_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(AirflowFailException, match="mutually exclusive"):
        resolved(monkeypatch, {"private_key_file": str(tmp_path / "key.p8"), "private_key_content": PLAIN})


def test_a_key_in_a_connection_uri(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encoded, it arrives; with its plus signs as they are, these are spaces to a URI."""
    content = "Zm8+" + in_base64(PLAIN)
    encoded = urlencode({"account": "acme", "private_key_content": in_base64(PLAIN)})
    monkeypatch.setenv("AIRFLOW_CONN_MINE", f"snowflake://ann:{quote('of/the @key', safe='')}@/RAW?{encoded}")
    with pytest.raises(AirflowFailException, match="is not encrypted, and the connection has a password"):
        connection_parameters("mine")
    monkeypatch.setenv("AIRFLOW_CONN_MINE", f"snowflake://ann@/RAW?{encoded}")
    assert base64.b64decode(connection_parameters("mine")["private_key"]) == DER
    monkeypatch.setenv("AIRFLOW_CONN_MINE", f"snowflake://ann@/RAW?account=acme&private_key_content={content}")
    with pytest.raises(AirflowFailException, match="must be percent-encoded: write the connection as JSON"):
        connection_parameters("mine")


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"authenticator": "OAuth", "grant_type": "client_credentials"}, "write `oauth`"),
        (
            {"authenticator": "oauth"},
            "it names no grant_type; write one of client_credentials, password, refresh_token",
        ),
        ({"authenticator": "oauth", "grant_type": "implicit"}, "it has the grant_type 'implicit'"),
        ({"authenticator": "oauth", "grant_type": "refresh_token"}, "its extra has no refresh_token"),
        ({"authenticator": "oauth", "grant_type": "client_credentials"}, "for OAuth it needs a password"),
        ({"authenticator": "WORKLOAD_IDENTITY"}, "it names no workload_identity_provider; write one of AWS, AZURE"),
        ({"authenticator": "workload_identity", "workload_identity_provider": "EKS"}, "provider 'EKS'; write one of"),
        (
            {"authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "OIDC"},
            "`token_file_path` in its extra",
        ),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_what_an_authenticator_lacks_is_told_before_it_is_tried(
    monkeypatch: pytest.MonkeyPatch, extra: dict[str, str], words: str
) -> None:
    with pytest.raises(AirflowFailException) as caught:
        resolved(monkeypatch, extra)
    assert words in str(caught.value)


def test_a_connection_that_is_no_json_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_MINE", '{"conn_type": "snowflake", "password": "s3cr3t",}')
    with pytest.raises(AirflowFailException) as caught:
        connection_parameters("mine")
    assert "mine" in str(caught.value)
    assert "s3cr3t" not in str(caught.value)
