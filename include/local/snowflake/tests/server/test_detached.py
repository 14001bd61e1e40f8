"""Statements of a client that died.

With ABORT_DETACHED_QUERY they end, without it they go on, as Snowflake's documentation says.

Snowflake aborts them 5 minutes after it has lost the client; here a closed connection shows it within seconds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from snowflake.connector.cursor import SnowflakeCursor

from tests.environments import ROOT
from tests.waiting import until

SENDS = """
import sys, snowflake.connector
from embedded_snowflake import control
state, schema, abort = control.Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "True"
parameters = control.connection_parameters(state) | {"schema": schema}
parameters["session_parameters"] = {"ABORT_DETACHED_QUERY": abort}
snowflake.connector.connect(**parameters).cursor().execute(sys.argv[4])
"""


@pytest.mark.parametrize("abort", [True, False])
def test_a_statement_ends_with_its_client_where_its_session_says_so(
    cursor: SnowflakeCursor, snowflake_state: Path, schema: str, abort: bool
) -> None:
    statement = f"call system$wait({10 + abort})"
    states = f"select EXECUTION_STATUS from table(information_schema.query_history()) where QUERY_TEXT = '{statement}'"

    def state() -> str:
        return ",".join(row[0] for row in cursor.execute(states).fetchall())

    client = subprocess.Popen(
        [sys.executable, "-c", SENDS, str(snowflake_state), schema, str(abort), statement], cwd=ROOT
    )
    until(lambda: state() == "RUNNING")
    client.kill()
    client.wait()
    until(lambda: state() != "RUNNING")
    assert state() == ("FAILED_WITH_ERROR" if abort else "SUCCESS")
