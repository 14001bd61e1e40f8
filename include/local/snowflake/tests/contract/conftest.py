"""The account that the contract is held against.

The embedded server, or the connection that SNOWFLAKE_CONNECTION names.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor

NAMED = os.environ.get("SNOWFLAKE_CONNECTION")


@pytest.fixture(scope="package")
def account(request: pytest.FixtureRequest) -> Iterator[snowflake.connector.SnowflakeConnection]:
    """A connection with a schema of its own, dropped at the end."""
    if NAMED:
        opened = snowflake.connector.connect(connection_name=NAMED)
    else:
        opened = snowflake.connector.connect(**request.getfixturevalue("connection_parameters"))
    schema = f"CONTRACT_{uuid.uuid4().hex[:8].upper()}"
    with opened as connection:
        connection.cursor().execute(f"create schema {schema}")
        yield connection
        connection.cursor().execute(f"drop schema {schema}")


@pytest.fixture(scope="package")
def names(request: pytest.FixtureRequest, account: snowflake.connector.SnowflakeConnection) -> dict[str, str]:
    """What statements of cases write in braces: the current database and schema, and a version of Python."""
    runtime = "3.12" if NAMED else request.getfixturevalue("runtime")
    return {"{database}": str(account.database), "{schema}": str(account.schema), "{runtime}": runtime}


@pytest.fixture
def account_cursor(account: snowflake.connector.SnowflakeConnection) -> SnowflakeCursor:
    return account.cursor()
