"""A laptop of its own for the tests.

Its own embedded Snowflake, Airflow home and runs, driven by the commands that users type.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from include.constants import ROOT
from include.local import snowflake_server

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
    root: Path = ROOT

    def start(self, *arguments: str, python: Path | str = sys.executable, **variables: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "SNOWPOD_LOCAL": str(self.local), "TMPDIR": str(self.temporary), **variables}
        return subprocess.Popen(
            [str(python), *arguments],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *arguments: str, python: Path | str = sys.executable, **variables: str) -> Finished:
        with self.start(*arguments, python=python, **variables) as process:
            output, _ = process.communicate()
        return Finished(process.returncode, output)

    def run(self, dag_id: str, conf: dict[str, Any] | None = None, **variables: str) -> Finished:
        return self.command("-m", "include.local.run", dag_id, "--conf", json.dumps(conf or {}), **variables)

    def log(self, dag_id: str) -> str:
        """The whole log of the last run."""
        return max((self.local / "runs" / dag_id).glob("*.log")).read_text(errors="replace")

    def latest(self, dag_id: str) -> dict[str, Any]:
        summary: dict[str, Any] = json.loads((self.local / "runs" / dag_id / "latest.json").read_text())
        return summary

    def sql(self, statement: str) -> list[dict[str, str]]:
        done = self.command("-m", "include.local.sql", statement)
        assert done.code == 0, done.output
        return list(csv.DictReader(io.StringIO(done.output)))

    def value(self, statement: str) -> str:
        (row,) = self.sql(statement)
        (value,) = row.values()
        return value


@contextmanager
def laptop_in(folder: Path) -> Iterator[Laptop]:
    """A laptop with its own running embedded Snowflake, as long as the context."""
    for name in ("local", "tmp"):
        (folder / name).mkdir()
    state = folder / "local" / "snowflake"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(snowflake_server.PASSWORD_VARIABLE, CANARY)
        server = snowflake_server.start(state)
        patch.setenv("REQUESTS_CA_BUNDLE", str(server.ca_bundle))
        try:
            yield Laptop(folder / "local", folder / "tmp", snowflake_server.connection_parameters(state))
        finally:
            snowflake_server.stop(state)
