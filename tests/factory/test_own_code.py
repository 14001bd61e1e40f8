"""`make test` checks what the project ships; what users add to it cannot turn it red."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.factory.conftest import HERE

ROOT = HERE.parents[1]
THEIRS = """\
import os,sys
from airflow.sdk import get_current_context
from include.operators import SnowparkOperator
def  f( session, X ):
  return X.y
"""


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A copy of the project with a user's functions and test, in a style of their own."""
    for name in ("pyproject.toml", "include", "dags", "tests"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "include" / "tasks" / "theirs.py").write_text(THEIRS)
    (tmp_path / "tests" / "pipeline" / "test_theirs.py").write_text(THEIRS)
    return tmp_path


@pytest.mark.parametrize("words", [["ruff", "check", "."], ["ruff", "format", "--check", "."]])
def test_their_style_is_their_own_and_ours_is_ours(theirs: Path, words: list[str]) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words, "--no-cache"], cwd=theirs, capture_output=True, text=True, check=False
        )

    done = run()
    assert done.returncode == 0, done.stdout + done.stderr
    (theirs / "include" / "tasks" / "taxi.py").write_text(THEIRS)
    assert run().returncode == 1


def test_their_imports_are_their_own_and_ours_are_ours(theirs: Path) -> None:
    def run() -> int:
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
        return subprocess.run(command, cwd=theirs, capture_output=True, check=False).returncode

    assert run() == 0
    (theirs / "include" / "tasks" / "taxi.py").write_text(THEIRS)
    assert run() == 1


def test_the_lists_of_what_is_ours_agree() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    (listed,) = [pattern for pattern in tools["ruff"]["include"] if pattern.startswith("include/tasks/")]
    ours = sorted(name.removesuffix("/*") for name in listed.partition("{")[2].partition("}")[0].split(","))

    typed = [Path(path).stem for path in tools["mypy"]["files"] if path.startswith("include/tasks")]
    assert sorted(typed) == ours
    layers, _, runtime, *_ = tools["importlinter"]["contracts"]
    modules = sorted(f"include.tasks.{name}" for name in ours if name != "__init__")
    assert layers["layers"][-1].split(" : ") == modules
    assert [name for name in runtime["source_modules"] if name.startswith("include.tasks")] == modules
