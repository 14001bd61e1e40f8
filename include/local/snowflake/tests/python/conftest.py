"""What the tests of Python in the warehouse share: the server's RUNTIME_VERSION, and a short way to define things."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from snowflake.connector.cursor import SnowflakeCursor

from embedded_snowflake import control
from tests.environments import WORKER_PYTHON

Define = Callable[..., None]
CLIENT = Path(__file__).parent / "snowpark_client.py"


@pytest.fixture
def define(cursor: SnowflakeCursor, runtime: str) -> Define:
    """Create a function or procedure: define("function f(x int) returns int", code, handler="f", options="strict")."""

    def run(
        head: str, code: str | None, handler: str = "run", options: str = "", prefix: str = "create or replace"
    ) -> None:
        body = f"as $$\n{code}\n$$" if code is not None else ""
        cursor.execute(
            f"{prefix} {head} language python {options} runtime_version='{runtime}' handler='{handler}' {body}"
        )

    return run


@pytest.fixture
def snowpark(server: control.Server, schema: str, snowflake_state: Path) -> Callable[[str], str]:
    """Run one of the scenarios of snowpark_client.py in the interpreter that registers functions."""

    def run(scenario: str) -> str:
        command = [str(WORKER_PYTHON), str(CLIENT), str(snowflake_state / "connections.toml"), schema, scenario]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        sys.stderr.write(done.stderr)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run
