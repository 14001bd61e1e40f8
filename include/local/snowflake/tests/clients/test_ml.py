"""snowflake-ml-python with the embedded server.

Preprocessing, metrics and models give what scikit-learn and pandas give.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from embedded_snowflake import control
from tests.environments import ML

CHECKS = 10


@pytest.mark.server
def test_snowflake_ml(tmp_path_factory: pytest.TempPathFactory) -> None:
    ML.set_up()
    state = tmp_path_factory.mktemp("ml")
    control.start(state, pythons=[ML.python])
    try:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SNOWFLAKE_")}
        done = subprocess.run(
            [
                str(ML.python),
                "-W",
                "ignore",
                str(Path(__file__).parent / "ml_checks.py"),
                str(state / "connections.toml"),
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
            env={**kept, "REQUESTS_CA_BUNDLE": str(state / "ca-bundle.pem"), "SNOWFLAKE_HOME": str(state)},
        )
    finally:
        control.stop(state)
    words = [line.split()[0] for line in done.stdout.splitlines() if line.startswith(("ok ", "FAILED "))]
    assert done.returncode == 0, done.stdout + done.stderr
    assert words == ["ok"] * CHECKS, done.stdout
