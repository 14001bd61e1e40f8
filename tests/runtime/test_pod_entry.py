"""A pod's entry point: what it leaves for the sidecar, and for Kubernetes where the function failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from include.constants import FAILED_FOR_GOOD
from include.runtime import __main__ as entry


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """The result's file and the termination message."""
    result, message = tmp_path / "xcom" / "return.json", tmp_path / "termination-log"
    result.parent.mkdir()
    message.touch()
    monkeypatch.setattr(entry, "XCOM_FILE", result)
    monkeypatch.setattr(entry, "TERMINATION_LOG", message)
    monkeypatch.setenv("SNOWPOD_REQUEST", json.dumps({"function": "include.tasks.taxi.train", "mode": "session"}))
    return result, message


def ends_with(monkeypatch: pytest.MonkeyPatch, outcome: dict[str, Any]) -> int:
    monkeypatch.setattr(entry, "run_reporting", lambda request: outcome)
    return entry.main()


def test_a_result_is_left_for_the_sidecar(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends_with(monkeypatch, {"result": {"rows": 3}}) == 0
    assert json.loads(files[0].read_text()) == {"result": {"rows": 3}}
    assert files[1].read_text() == ""


@pytest.mark.parametrize(("final", "code"), [(False, 1), (True, FAILED_FOR_GOOD)])
def test_the_end_of_an_error_outlives_the_pod(
    files: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    final: bool,
    code: int,
) -> None:
    error = "Traceback: " + "frame\n" * 2000 + "ValueError: no trips"
    assert ends_with(monkeypatch, {"error": error, "final": final, "measures": {"state": "failed"}}) == code
    kept = files[1].read_bytes()
    assert len(kept) == 4096
    assert kept.endswith(b"ValueError: no trips")
    assert capsys.readouterr().out == error + "\n"
    assert json.loads(files[0].read_text()) == {"measures": {"state": "failed"}}
