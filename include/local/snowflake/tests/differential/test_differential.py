"""Random DataFrame programs on the embedded server and plain pandas: the long form's command, for a few of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.server


def test_programs_give_what_pandas_gives(tmp_path: Path) -> None:
    # In a process of its own: hypothesis draws constants from the modules that are loaded, so within this one the
    # programs would depend on which tests ran before.
    command = [
        sys.executable,
        "-m",
        "tests.differential",
        "--programs",
        "150",
        "--engines",
        "embedded",
        "--out",
        str(tmp_path),
    ]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    report = tmp_path / "embedded.txt"
    assert ran.returncode == 0, f"{ran.stdout}{ran.stderr}{report.read_text() if report.exists() else ''}"
    assert "\n150 programs" in ran.stdout
