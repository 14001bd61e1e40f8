"""The order of tasks, what is kept of it, and that large pipelines take time by their size."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from include.factory.check import Checker
from include.factory.flow.graph import cycles, in_order, task_templates, upstream
from include.factory.pipeline import Pipeline
from include.factory.project import Project
from include.factory.results import Checked

TASKS = 100


def _pipeline(before: dict[str, list[str]]) -> Pipeline:
    tasks = {name: {"sql": "select 1", "dependencies": names} for name, names in before.items()}
    return Pipeline("sample", {"pipeline": "sample", "tasks": tasks})


def _by_rounds(before: dict[str, list[str]]) -> list[str]:
    """What the order is by definition: in rounds, of the tasks whose own are all done."""
    left, done = dict(before), []
    while ready := [name for name, names in left.items() if set(names) <= set(done)]:
        done += ready
        for name in ready:
            del left[name]
    return done


@pytest.mark.parametrize("seed", range(40))
def test_tasks_are_in_order_by_rounds_and_what_is_on_a_cycle_is_left_out(seed: int) -> None:
    chance = random.Random(seed)
    names = [f"t{number}" for number in range(12)]
    chance.shuffle(names)
    # Backwards alone there is no cycle; the more may go forwards, the more there are.
    before = {
        name: [other for other in names if chance.random() < (0.2 if other < name else seed / 400)] for name in names
    }

    assert in_order(_pipeline(before), Path()) == _by_rounds(before)
    assert bool(cycles(_pipeline(before), Path())) == (len(_by_rounds(before)) < len(names))


def test_what_is_kept_is_of_one_pipeline_and_one_task(tmp_path: Path) -> None:
    one, other = _pipeline({"a": [], "b": ["a"]}), _pipeline({"a": [], "b": []})
    for _ in range(2):
        assert upstream(one, one.tasks["b"], tmp_path) == ["a"]
        assert upstream(other, other.tasks["b"], tmp_path) == []
        assert task_templates(one.tasks["a"], tmp_path) == ()


def test_a_file_that_changes_is_seen_by_the_next_check_of_the_same_process(project: Project) -> None:
    text = "pipeline: sample\nparams: {{x: 1}}\ntasks:\n  first: {{sql: include/first.sql}}\n{more}"
    path, sql = project.configs / "sample.yaml", project.root / "include" / "first.sql"
    path.write_text(text.format(more=""), encoding="utf-8")
    checker = Checker(project)

    for content, wrong in (("select {{ params.x }}", 0), ("select {{ params.y }}", 1), ("select 1", 0)):
        sql.write_text(content, encoding="utf-8")
        assert len(checker.pipeline(path).diagnostics) == wrong
    compiled = checker.pipeline(path).configs["sample"]["tasks"]
    assert compiled["first"]["sql"] == "select 1"

    path.write_text(text.format(more="  second: {sql: select 1, dependencies: [first]}\n"), encoding="utf-8")
    assert set(checker.pipeline(path).configs["sample"]["tasks"]) == {"first", "second"}


def test_a_function_that_changes_is_seen_by_the_next_checker(project: Project) -> None:
    module = project.root / "include" / "tasks" / "changing.py"
    path = project.configs / "sample.yaml"
    path.write_text(
        "pipeline: sample\ntasks:\n  first: {python_callable: include.tasks.changing.f}\n"
        '  second: {sql: "select {{ outputs.first.rows }}"}\n',
        encoding="utf-8",
    )
    for key, wrong in (("rows", 0), ("lines", 1), ("rows", 0)):
        module.write_text(f"def f(session):\n    return {{'{key}': 1}}\n", encoding="utf-8")
        assert len(Checker(project).pipeline(path).diagnostics) == wrong


def _chain(number: int) -> str:
    lines = [
        f'  t{at}: {{sql: "insert into T_{{{{ target }}}} select {at}"'
        + (f", dependencies: [t{at - 1}]}}" if at else "}")
        for at in range(number)
    ]
    return "\n".join(lines) + "\n"


def test_ten_times_the_tasks_take_ten_times_the_time(check_text: Callable[[str], Checked]) -> None:
    """With a margin: by their square it would be a hundred times."""
    took = []
    for number in (TASKS, 10 * TASKS):
        text = f"pipeline: sample\nvariants: {{both: {{target: [snowpark, kubernetes]}}}}\ntasks:\n{_chain(number)}"
        times = []
        for _ in range(2):
            began = time.process_time()
            assert check_text(text).diagnostics == ()
            times.append(time.process_time() - began)
        took.append(min(times))
    assert took[1] < 18 * took[0], took
