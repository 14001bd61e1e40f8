"""A server of the tests' own, on a state folder of its own, and the real clients connected to it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.snowpark import Session

from embedded_snowflake import control
from tests.environments import WORKER_PYTHON


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"server", "account"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("server")


def pytest_unconfigure() -> None:
    # Snowpark logs once more when Python ends, to a stream that pytest has closed by then.
    logging.raiseExceptions = False


@pytest.fixture(scope="session")
def snowflake_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("snowflake")


@pytest.fixture(scope="session")
def server(snowflake_state: Path) -> Iterator[control.Server]:
    """The embedded Snowflake; the environment makes this process's clients trust it."""
    running = control.start(snowflake_state, pythons=[WORKER_PYTHON])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REQUESTS_CA_BUNDLE", str(running.ca_bundle))
        yield running
    control.stop(snowflake_state)


@pytest.fixture(scope="session")
def connection_parameters(server: control.Server, snowflake_state: Path) -> dict[str, Any]:
    # Without session_parameters: what one session sets, the connector writes into that dictionary for all that share
    # it.
    return control.connection_parameters(snowflake_state)


@pytest.fixture(scope="session")
def runtime(connection_parameters: dict[str, Any]) -> str:
    """The Python version of the server's workers."""
    with snowflake.connector.connect(**connection_parameters) as connection:
        cursor = connection.cursor()
        ((version,),) = cursor.execute("select distinct runtime_version from information_schema.packages").fetchall()
    return str(version)


@pytest.fixture(scope="module")
def schema(connection_parameters: dict[str, Any]) -> Iterator[str]:
    """A schema of this test file's own, dropped at its end."""
    name = f"T_{uuid.uuid4().hex[:8].upper()}"
    with snowflake.connector.connect(**connection_parameters) as connection:
        connection.cursor().execute(f"create schema {name}")
        yield name
        connection.cursor().execute(f"drop schema {name}")


@pytest.fixture
def connection(connection_parameters: dict[str, Any], schema: str) -> Iterator[snowflake.connector.SnowflakeConnection]:
    with snowflake.connector.connect(**{**connection_parameters, "schema": schema}) as opened:
        yield opened


@pytest.fixture
def cursor(connection: snowflake.connector.SnowflakeConnection) -> snowflake.connector.cursor.SnowflakeCursor:
    return connection.cursor()


@pytest.fixture(scope="module")
def session(connection_parameters: dict[str, Any], schema: str) -> Iterator[Session]:
    opened = Session.builder.configs({**connection_parameters, "schema": schema}).create()
    yield opened
    opened.close()
