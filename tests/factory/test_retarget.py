"""Every task of every shipped pipeline goes to each target and back by one word.

It validates, and the plan says just that move.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from include.factory.check import Checker
from include.factory.commands.plan import Plan, changes, plan_of
from include.factory.flow.graph import before_all
from include.factory.pipeline import Pipeline
from include.factory.project import Project
from include.factory.target_checks import unused_sections
from include.factory.targets import TARGETS
from tests.factory.conftest import HERE
from tests.retargeting import pinned

ROOT = HERE.parents[1]
SHIPPED = [ROOT / "configs" / "taxi_trip_duration.yaml"]
MOVE = re.compile(r"  (?P<task>\S+) (moves from .+ to .+|now runs once.*; it ran once .*)\.")


@cache
def _pipeline(path: Path) -> Pipeline:
    checked = Checker(Project(ROOT, {})).pipeline(path)
    assert checked.pipeline is not None
    return checked.pipeline


def _moves() -> Iterator[tuple[Path, str, str]]:
    for path in SHIPPED:
        for task in _pipeline(path).tasks.values():
            if task.kind in ("python_callable", "batch_callable"):
                yield from ((path, task.name, target) for target in TARGETS)


def _plan(project: Project, path: Path, text: str) -> Plan:
    path.write_text(text, encoding="utf-8")
    result = Checker(project).check([path])
    assert result.diagnostics == []
    return plan_of(result)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of the project's configurations and code; each test leaves the shipped pipelines as they were."""
    root = tmp_path_factory.mktemp("retarget")
    shutil.copytree(ROOT / "configs", root / "configs")
    shutil.copytree(ROOT / "include" / "tasks", root / "include" / "tasks")
    shutil.copy(HERE / "project" / "include" / "tasks" / "sample.py", root / "include" / "tasks" / "sample.py")
    (root / "include" / "operators").symlink_to(ROOT / "include" / "operators")
    return Project(root, {})


@pytest.fixture(scope="module")
def shipped(copy: Project) -> dict[Path, Plan]:
    """The plan of each pipeline as it is shipped."""
    return {path: _plan(copy, copy.configs / path.name, path.read_text(encoding="utf-8")) for path in SHIPPED}


@pytest.mark.parametrize(
    ("path", "name", "target"), _moves(), ids=lambda value: value.stem if isinstance(value, Path) else value
)
def test_a_task_moves_by_one_word_and_back(
    path: Path, name: str, target: str, copy: Project, shipped: dict[Path, Plan]
) -> None:
    text, mine = path.read_text(encoding="utf-8"), copy.configs / path.name
    pipeline = _pipeline(path)
    before = shipped[path]

    after = _plan(copy, mine, pinned(text, name, target))

    reported = [line for line in changes(before, after) if line.startswith("  ")]
    moved = [match["task"].rpartition(".")[2] for line in reported if (match := MOVE.fullmatch(line))]
    # What else a pin does: a task that runs once leaves nothing to compare, and pinned tasks after it run once, too.
    once = {match["task"] for line in reported if (match := MOVE.fullmatch(line)) and "now runs once" in line}
    after_it = {
        one.name for one in pipeline.tasks.values() if one.target and name in before_all(pipeline, one.name, ROOT)
    }
    assert set(moved) - (once & after_it) <= {name}
    assert [line for line in reported if not MOVE.fullmatch(line) and "compare" not in line] == []
    assert bool(moved) == (pipeline.tasks[name].target != target)
    for dag in after.values():
        for task_id, task in dag["tasks"].items():
            if task_id.rpartition(".")[2] == name:
                assert ("Pod" in task["operator"]) == (target == "kubernetes")
    back = _plan(copy, mine, text)
    assert list(changes(after, back)) != [] or not moved
    assert back == before


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_pipeline_moves_by_one_word_and_back(path: Path, copy: Project, shipped: dict[Path, Plan]) -> None:
    text, mine = path.read_text(encoding="utf-8"), copy.configs / path.name
    assert "  snowpark: {target: snowpark}\n" in text
    before = shipped[path]

    after = _plan(copy, mine, text.replace("  snowpark: {target: snowpark}\n", "  snowpark: {target: kubernetes}\n"))

    reported = list(changes(before, after))
    assert reported[0] == f"{path.stem}_snowpark:"
    # The target is in a table's name, and an argument of a function: what the file itself says of it changes with it.
    others = [line for line in reported[1:] if not MOVE.fullmatch(line)]
    assert all(
        line.endswith((" from snowpark to kubernetes.", "_snowpark to {{ params.predictions }}_kubernetes."))
        for line in others
    )
    moved = {match["task"] for line in reported if (match := MOVE.fullmatch(line))}
    assert moved == {
        task.name for task in _pipeline(path).tasks.values() if task.kind.endswith("_callable") and task.target is None
    }
    assert _plan(copy, mine, text) == before


@pytest.mark.parametrize("target", TARGETS)
def test_a_pipeline_of_one_target_moves_by_one_word(target: str, copy: Project) -> None:
    text = (
        (HERE / "right" / "retargeted.yaml")
        .read_text(encoding="utf-8")
        .replace("target: kubernetes\nk", f"target: {target}\nk")
    )
    tasks = _plan(copy, copy.configs / "sample.yaml", text)["sample"]["tasks"]

    pods = {name for name, task in tasks.items() if "Pod" in task["operator"]}
    assert pods == ({"batch", "there"} if target == "kubernetes" else {"batch"})


def test_sections_that_wait_are_mentioned() -> None:
    checked = Checker(Project(HERE / "project", {})).pipeline(HERE / "right" / "retargeted.yaml")
    assert checked.pipeline is not None
    assert list(unused_sections(checked.pipeline)) == [
        "`tasks.here.kubernetes` waits: `here` runs on snowpark now.",
        "`tasks.there.snowpark` waits: `there` runs on kubernetes now.",
        "`tasks.batch.snowpark` waits: `batch` runs on kubernetes now.",
    ]
