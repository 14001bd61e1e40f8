"""A laptop of its own for the tests: its own embedded Snowflake, Airflow home and runs, driven by the commands that users type."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from include.local.snowflake import control
from tests.conftest import ROOT, SNOWPARK_PYTHON

CANARY = "canary-5f1c0b7e-Zq9"
"""The password of the tests' connection; it must be found nowhere but where it is kept."""


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    output: str


@dataclass(frozen=True)
class Laptop:
    """The project's commands on a folder of their own."""

    local: Path
    temporary: Path
    parameters: dict[str, Any]

    def command(self, *arguments: str, python: Path | str = sys.executable, **variables: str) -> Finished:
        environment = {**os.environ, "SNOWPOD_LOCAL": str(self.local), "TMPDIR": str(self.temporary), **variables}
        done = subprocess.run([str(python), *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return Finished(done.returncode, done.stdout + done.stderr)

    def run(self, dag_id: str, conf: dict[str, Any] | None = None, **variables: str) -> Finished:
        return self.command("-m", "include.local.run", dag_id, "--conf", json.dumps(conf or {}), **variables)

    def latest(self, dag_id: str) -> dict[str, Any]:
        summary: dict[str, Any] = json.loads((self.local / "runs" / dag_id / "latest.json").read_text())
        return summary

    def sql(self, statement: str) -> list[dict[str, str]]:
        done = self.command("-m", "include.local.sql", statement, python=SNOWPARK_PYTHON)
        assert done.code == 0, done.output
        return list(csv.DictReader(io.StringIO(done.output)))

    def value(self, statement: str) -> str:
        (row,) = self.sql(statement)
        (value,) = row.values()
        return value


@pytest.fixture(scope="session")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    folder = tmp_path_factory.mktemp("laptop")
    for name in ("local", "tmp"):
        (folder / name).mkdir()
    state = folder / "local" / "snowflake"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(control.PASSWORD_VARIABLE, CANARY)
        server = control.start(state)
        patch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_bundle))
        yield Laptop(folder / "local", folder / "tmp", control.connection_parameters(state))
    control.stop(state)
