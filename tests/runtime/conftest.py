"""A Snowpark session on a Snowflake that answers what the test says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from snowflake.snowpark import Session

from include.runtime.session import open_session
from tests.scripted_snowflake import ScriptedSnowflake


@pytest.fixture
def session(scripted: ScriptedSnowflake) -> Iterator[Session]:
    opened = open_session(scripted.parameters, {})
    yield opened
    opened.close()
