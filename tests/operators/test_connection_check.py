"""The first task of a pipeline says what is wrong with the Snowflake connection, or who and where it is."""

from __future__ import annotations

import json
import os
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk.exceptions import AirflowFailException

from include.operators import CheckSnowflakeConnection
from tests.scripted_snowflake import RefusedError, ScriptedSnowflake

INSTANCE = {"dag_id": "trips", "task_id": "check", "run_id": "monday", "try_number": 2, "map_index": -1}
CONTEXT: Any = {"ti": SimpleNamespace(**INSTANCE)}
NAMES = {
    "VERSION": "9",
    "ACCOUNT": "A",
    "USER": "ANN",
    "ROLE": "R",
    "WAREHOUSE": "WH",
    "DATABASE": "DB",
    "SCHEMA": "RAW",
}


def check() -> dict[str, str]:
    return CheckSnowflakeConnection(task_id="check", snowflake_conn_id="mine").execute(CONTEXT)


def test_it_says_who_and_where_it_is(connected: ScriptedSnowflake) -> None:
    connected.answers["CURRENT_VERSION"] = [NAMES]
    assert check() == {name.lower(): value for name, value in NAMES.items()}
    assert json.loads(connected.logins[0]["SESSION_PARAMETERS"]["QUERY_TAG"]) == INSTANCE


def test_a_login_that_is_refused_is_final(connected: ScriptedSnowflake) -> None:
    connected.login = RefusedError(390100, "Incorrect username or password was specified.", "08001")
    with pytest.raises(
        AirflowFailException, match=r"Snowflake refused the connection mine: .*\nWhat to do: check login"
    ):
        check()


def test_a_statement_that_is_refused_may_be_tried_again(connected: ScriptedSnowflake) -> None:
    connected.answers["CURRENT_VERSION"] = RefusedError(603, "An internal error occurred.", "XX000")
    with pytest.raises(AirflowException, match="An internal error occurred") as caught:
        check()
    assert not isinstance(caught.value, AirflowFailException)


def test_that_nothing_answers_is_told_with_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"account": "acme", "host": "127.0.0.1", "port": 1}
    connection = {"conn_type": "snowflake", "login": "ann", "password": "correct horse", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps(connection))
    with pytest.raises(AirflowException, match=r"Nothing answers at 127\.0\.0\.1:1, where the Airflow connection mine"):
        check()


def test_behind_a_proxy_the_host_is_not_reached_directly(
    connected: ScriptedSnowflake, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = json.loads(os.environ["AIRFLOW_CONN_MINE"])
    connection["extra"] |= {"host": "nowhere.invalid", "proxy_host": "127.0.0.1", "proxy_port": connected.port}
    monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps(connection))
    connected.answers["CURRENT_VERSION"] = [NAMES]
    assert check()["user"] == "ANN"
