"""An Airflow connection as Snowflake's clients take it: complete, and its secrets masked in every log."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.log import redact
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from include.operators.connection import connection_parameters


def resolved(monkeypatch: pytest.MonkeyPatch, **connection: Any) -> dict[str, Any]:
    monkeypatch.setenv(
        "AIRFLOW_CONN_SNOWFLAKE_DEFAULT", json.dumps({"conn_type": "snowflake", "login": "ann", **connection})
    )
    return connection_parameters("snowflake_default")


def test_all_of_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"account": "acme", "warehouse": "LOADING", "role": "LOADER", "host": "localhost", "port": 4433}
    found = resolved(monkeypatch, password="pass word", schema="RAW", extra=extra)
    wanted = {
        "user": "ann",
        "password": "pass word",
        "schema": "RAW",
        "account": "acme",
        "warehouse": "LOADING",
        "role": "LOADER",
    }
    assert wanted.items() <= found.items()


@pytest.mark.parametrize(
    ("written", "read"),
    [({"TIMEZONE": "UTC"}, {"TIMEZONE": "UTC"}), ('{"TIMEZONE": "UTC"}', {"TIMEZONE": "UTC"})],
)
def test_session_parameters_are_a_mapping(monkeypatch: pytest.MonkeyPatch, written: Any, read: dict[str, str]) -> None:
    found = resolved(monkeypatch, password="pass", extra={"account": "acme", "session_parameters": written})
    assert found["session_parameters"] == read


def test_session_parameters_that_are_none_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AirflowFailException, match="`session_parameters` that are no mapping: 'TIMEZONE=UTC'"):
        resolved(monkeypatch, password="pass", extra={"account": "acme", "session_parameters": "TIMEZONE=UTC"})


def test_a_private_key_is_decrypted_and_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    key = generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"of the key"))
    extra = {"account": "acme", "private_key_content": base64.b64encode(pem).decode()}
    found = resolved(monkeypatch, password="of the key", extra=extra)["private_key"]
    assert base64.b64decode(found) == key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert redact(f"the key {found}!") == "the key ***!"


def test_a_password_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    found = resolved(monkeypatch, password="correct horse", extra={"account": "acme"})
    assert redact(f"logs in with {found['password']}") == "logs in with ***"


def test_a_connection_of_another_kind_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AirflowFailException, match=r"is of type postgres, not snowflake\.\nWhat to do"):
        resolved(monkeypatch, conn_type="postgres")


def test_a_connection_that_is_not_there_is_told() -> None:
    with pytest.raises(AirflowFailException, match=r"There is no Airflow connection nowhere\.\nWhat to do"):
        connection_parameters("nowhere")
