from __future__ import annotations

from typing import Any

import pytest
import snowflake.connector


def test_wrong_password(connection_parameters: dict[str, Any]) -> None:
    with pytest.raises(snowflake.connector.errors.DatabaseError, match="Incorrect username or password was specified") as caught:
        snowflake.connector.connect(**{**connection_parameters, "password": "wrong"})
    assert caught.value.errno == 390100


def test_unknown_user(connection_parameters: dict[str, Any]) -> None:
    with pytest.raises(snowflake.connector.errors.DatabaseError, match="Incorrect username or password was specified"):
        snowflake.connector.connect(**{**connection_parameters, "user": "SOMEBODY"})


def test_no_token_no_statement(connection_parameters: dict[str, Any]) -> None:
    connection = snowflake.connector.connect(**connection_parameters)
    connection.rest.update_tokens("forged", "forged")
    with pytest.raises(snowflake.connector.errors.Error):
        connection.cursor().execute("select 1")


def test_context_of_a_connection(connection_parameters: dict[str, Any]) -> None:
    with snowflake.connector.connect(**connection_parameters) as connection:
        names = "current_database(), current_schema(), current_user(), current_role(), current_warehouse()"
        row = connection.cursor().execute(f"select {names}").fetchone()
        assert row == ("SNOWPOD", "PUBLIC", connection_parameters["user"], "SYSADMIN", "COMPUTE_WH")
        assert connection.database == "SNOWPOD"
