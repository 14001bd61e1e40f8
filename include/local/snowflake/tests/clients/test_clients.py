"""Clients of other versions than the project's own, each in its own environment.

The oldest and newest connector, and `snow`.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from embedded_snowflake import control
from tests.environments import NEWEST, OLDEST, SNOW, WORKER_PYTHON, Client

pytestmark = pytest.mark.server


@dataclass(frozen=True)
class Served:
    """A server that takes a key pair, and runs Python of the oldest client's version too."""

    state: Path
    key: Path

    def run(self, client: Client, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of a client's environment."""
        program = client.folder / "bin" / words[0]
        settings = {"REQUESTS_CA_BUNDLE": str(self.state / "ca-bundle.pem"), "SNOWFLAKE_HOME": str(self.state)}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SNOWFLAKE_")}
        command = [str(program), *words[1:]]
        return subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=240, env={**kept, **settings}
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    for client in (OLDEST, NEWEST, SNOW):
        client.set_up()
    folder = tmp_path_factory.mktemp("clients")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = serialization.Encoding.PEM
    (folder / "key.p8").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "key.pub").write_bytes(
        key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    pythons = [WORKER_PYTHON, OLDEST.python]
    control.start(folder / "state", pythons=pythons, public_key=folder / "key.pub")
    yield Served(folder / "state", folder / "key.p8")
    control.stop(folder / "state")


@pytest.mark.parametrize(
    ("client", "left_out"), [(OLDEST, 0), (NEWEST, 1)]
)  # there is no Snowpark for connectors from 5 on
def test_connector(served: Served, client: Client, left_out: int) -> None:
    script = Path(__file__).parent / "connector_checks.py"
    done = served.run(
        client, "python", "-W", "ignore", str(script), str(served.state / "connections.toml"), str(served.key)
    )
    words = [line.split()[0] for line in done.stdout.splitlines() if line.startswith(("ok ", "left out ", "FAILED "))]
    assert done.returncode == 0, done.stdout + done.stderr
    assert (words.count("ok"), words.count("left")) == (16 - left_out, left_out), done.stdout


def _snow(served: Served, *words: str) -> Any:
    done = served.run(SNOW, "snow", *words, "--connection", control.CONNECTION_NAME, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_snow(served: Served, tmp_path: Path) -> None:
    assert _snow(served, "connection", "test")["Status"] == "OK"
    create = (
        "create stage FILES; create table SNOWED (A number, B varchar); insert into SNOWED values (1, 'x'); select *"
        " from SNOWED"
    )
    assert _snow(served, "sql", "--query", create)[-1] == [{"A": 1, "B": "x"}]
    assert [row["name"] for row in _snow(served, "object", "list", "table", "--like", "SNOW%")] == ["SNOWED"]
    (tmp_path / "given.txt").write_text("given")
    (tmp_path / "got").mkdir()
    assert _snow(served, "stage", "copy", str(tmp_path / "given.txt"), "@FILES/in")[0]["status"] == "UPLOADED"
    _snow(served, "stage", "copy", "@FILES/in", str(tmp_path / "got"))
    assert (tmp_path / "got" / "given.txt").read_text() == "given"
    failed = served.run(
        SNOW, "snow", "sql", "--connection", control.CONNECTION_NAME, "--query", "select * from NOT_THERE"
    )
    assert failed.returncode == 1
    assert "002003 (42S02)" in failed.stdout + failed.stderr
