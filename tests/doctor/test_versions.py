"""Interpreters and packages that do not agree with what is pinned."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from include.doctor import versions
from include.doctor.findings import Finding, State
from tests.conftest import SNOWPARK_PYTHON

PYTHON = """\
#!/bin/sh
echo '{answer}'
"""


def found(python: Path) -> dict[str, Finding]:
    return {one.what: one for one in versions.interpreter(str(python))}


@pytest.fixture
def pretends(tmp_path: Path) -> Path:
    """An interpreter that says it is an old one."""
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    old = {"snowflake-snowpark-python": "1.20.0", "cloudpickle": "2.2.1"}
    python.write_text(PYTHON.format(answer=json.dumps([[3, 9, 2], old])))
    python.chmod(0o700)
    return python


def test_an_old_interpreter_is_told_with_what_it_lacks(pretends: Path) -> None:
    seen = found(pretends)
    assert seen["Python"].state is State.UNKNOWN
    assert "3.9.2; the task image's recipe has 3.12" in seen["Python"].words
    assert seen["packages"].state is State.MISSING
    assert "boto3 is not there (" in seen["packages"].words
    assert seen["packages"].mend.startswith(f"{pretends} -m pip install --requirement ")


def test_one_that_is_not_there(tmp_path: Path) -> None:
    (seen,) = found(tmp_path / "bin" / "python").values()
    assert seen.state is State.MISSING
    assert "snowpark: {python: …}" in seen.mend


def test_one_that_does_not_run(pretends: Path) -> None:
    pretends.write_text("#!/bin/sh\nexit 3\n")
    (seen,) = found(pretends).values()
    assert (seen.state, seen.words) == (State.MISSING, "it does not run: CalledProcessError")


def test_the_projects_own_is_as_pinned() -> None:
    assert {one.state for one in found(SNOWPARK_PYTHON).values()} == {State.OK}


def test_pins_are_those_of_the_python_that_asks(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(
        "# a==1\nA_b==2 ; python_full_version < '3.12'\nA_b==3 ; python_full_version >= '3.12'\nc==4 # why\n"
    )
    assert versions.pins(file, "3.11.7") == {"a-b": "2", "c": "4"}
    assert versions.pins(file, "3.12.1") == {"a-b": "3", "c": "4"}


def test_what_airflow_has_is_held_against_the_pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (right,) = versions.airflow(None)  # type: ignore[arg-type]
    assert right.state is State.OK
    other = tmp_path / "requirements.txt"
    other.write_text("apache-airflow==2.11.0\ndag-factory==0.20.0\nsome-other==1\n")
    monkeypatch.setattr(versions, "PINS", other)
    (wrong,) = versions.airflow(None)  # type: ignore[arg-type]
    assert wrong.state is State.MISSING
    assert "(2.11.0 is pinned), dag-factory" in wrong.words
