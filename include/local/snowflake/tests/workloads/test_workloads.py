"""Work as people publish it, each run in the Snowpark interpreter and checked against what pandas computes."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

import pytest

from embedded_snowflake import control
from tests.environments import ROOT, WORKER_PYTHON

HERE = Path(__file__).resolve().parent
WORKLOADS = sorted(
    path.stem for path in HERE.glob("*.py") if path.stem not in {"__init__", "__main__", Path(__file__).stem, "helpers"}
)


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_workload_gives_the_numbers_of_pandas(
    server: control.Server, snowflake_state: Path, tmp_path: Path, workload: str
) -> None:
    schema = f"W_{uuid.uuid4().hex[:8].upper()}"
    words = [
        str(WORKER_PYTHON),
        "-m",
        "tests.workloads",
        str(snowflake_state / "connections.toml"),
        schema,
        workload,
    ]
    done = subprocess.run([*words, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
