"""An Airflow connection to a Snowflake that answers what the test says."""

from __future__ import annotations

import functools
import json

import pytest
import snowflake.connector

from tests.scripted_snowflake import ScriptedSnowflake


@pytest.fixture
def connected(scripted: ScriptedSnowflake, monkeypatch: pytest.MonkeyPatch) -> ScriptedSnowflake:
    """The one that the Airflow connection `mine` leads to."""
    extra = {"account": "scripted", "host": "127.0.0.1", "port": scripted.port, "warehouse": "WH", "database": "DB"}
    connection = {"conn_type": "snowflake", "login": "ann", "password": "correct horse", "schema": "RAW"}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps({**connection, "extra": extra}))
    # Airflow's connection has no place for it; without TLS the test needs no certificate authority.
    plain = functools.partial(snowflake.connector.connect, protocol="http")
    monkeypatch.setattr("snowflake.connector.connect", plain)
    return scripted
