"""The hook and the workflow run what they should: the commands in them exist, and find a mistake."""

from __future__ import annotations

import itertools
import re
import runpy
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.factory.conftest import BROKEN, HERE

ROOT = HERE.parents[1]


def _loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text())


def _run(command: str, *more: str) -> int:
    """Run `.venv/bin/python -m …` as Python does, in this process: a new one would import Airflow again each time."""
    python, option, module, *words = shlex.split(command)
    assert (python, option) == (".venv/bin/python", "-m")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setattr("sys.argv", [module, *words, *more])
        patch.setattr("gc.disable", lambda: None)  # as a command it ends soon; here the other tests follow
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_hook_checks_pipelines_whenever_something_changes_that_they_lean_on() -> None:
    (hook,) = [hook for hook in _loaded(".pre-commit-config.yaml")["repos"][0]["hooks"] if hook["id"] == "validate"]
    for path in (
        "configs/a.yaml",
        "configs/team/a.yml",
        "configs/environments/local.yaml",
        "include/tasks/taxi.py",
        "include/tasks/a.sql",
    ):
        assert re.search(hook["files"], path)
    assert not re.search(hook["files"], "README.md")

    assert _run(hook["entry"], "configs/taxi_trip_duration.yaml") == 0
    assert _run(hook["entry"], str(BROKEN / "shape" / "target.yaml")) == 1


def test_the_workflow_annotates_the_lines_of_a_pull_request(capsys: pytest.CaptureFixture[str]) -> None:
    steps = _loaded(".github/workflows/ci.yml")["jobs"]["pipelines"]["steps"]
    (command,) = [step["run"] for step in steps if step.get("name") == "Validate"]

    assert _run(command, "configs/taxi_trip_duration.yaml") == 0
    broken = Path("tests/factory/broken/shape/target.yaml")
    capsys.readouterr()
    assert _run(command, str(broken)) == 1
    assert capsys.readouterr().out.startswith(
        f"::error file={broken},line=2,col=9,title=wrong-value::`target` cannot be `kubernets`."
    )


def test_the_workflows_jobs_leave_no_test_out() -> None:
    tests = _loaded(".github/workflows/ci.yml")["jobs"]["tests"]
    assert any(step.get("run") == "${{ matrix.command }}" for step in tests["steps"])
    commands = [job["command"] for job in tests["strategy"]["matrix"]["include"]]
    assert all(re.match(r"make test(-fast|-snowflake)?( |$)", command) for command in commands)
    assert "make test-snowflake" in commands
    (fast,) = re.findall(r'^FAST := .*-m "([^"]+)"$', (ROOT / "Makefile").read_text(), re.MULTILINE)
    chosen = [expression for command in commands for expression in re.findall("ARGS=\"-m '?([^'\"]+)", command)]
    assert "make test-fast" in commands
    chosen.append(fast)
    markers = ("server", "cluster", "browser", "benchmark")
    for needs in itertools.product((False, True), repeat=len(markers)):
        names = dict(zip(markers, needs, strict=True))
        assert any(eval(expression, names.copy()) for expression in chosen), names
