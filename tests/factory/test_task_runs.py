"""Which table the operators of a pipeline are told to add their rows to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from include.factory.check import Checker
from include.factory.compile import compile_pipeline
from include.factory.compile_task import measured

FILE = """\
pipeline: sample
{top}
tasks:
  load:
    sql: SELECT 1
  train:
    python_callable: include.tasks.sample.trains
    {own}
"""


def compiled(checker: Checker, folder: Path, top: str = "", own: str = "") -> dict[str, Any]:
    path = folder / "sample.yaml"
    path.write_text(FILE.format(top=top, own=own))
    found = checker.pipeline(path)
    assert found.pipeline is not None
    (config,) = compile_pipeline(found.pipeline, checker.settings).values()
    return {name: task.get("task_runs", "the default") for name, task in config["tasks"].items()}


@pytest.mark.parametrize(
    ("top", "own", "tables"),
    [
        ("", "", {"load": "the default", "train": "the default"}),
        ("snowflake: {task_runs: OPS.RUNS}", "", {"load": "OPS.RUNS", "train": "OPS.RUNS"}),
        ("snowflake: {task_runs: null}", "", {"load": None, "train": None}),
        ("snowflake: {task_runs: OPS.RUNS}", "snowflake: {task_runs: null}", {"load": "OPS.RUNS", "train": None}),
    ],
)
def test_the_nearest_layer_names_the_table(
    checker: Checker, tmp_path: Path, top: str, own: str, tables: dict[str, Any]
) -> None:
    assert compiled(checker, tmp_path, top, own) == tables


def test_an_operator_of_another_target_is_told_nothing() -> None:
    assert measured("toy.operators.ToyOperator", {"task_runs": "RUNS"}, "toy") == {}
