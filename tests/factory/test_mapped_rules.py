"""When the task runs that finds what another is mapped over, by the mapped one's trigger rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from include.factory.check import Checker
from include.factory.compile import compile_pipeline

PIPELINE = """\
pipeline: sample
target: snowpark
dag: {{default_args: {{trigger_rule: {of_all}}}}}
params: {{days: [1, 2]}}
tasks:
  a: {{sql: select 1}}
  b: {{sql: select 1}}
  choose:
    python_callable: include.tasks.sample.anything
    branches: [over_params]
  over_params: {{sql: select %(x)s, expand: {{x: "{{{{ params.days }}}}"}}, dependencies: [a, choose]{own}}}
  over_result: {{sql: select %(x)s, expand: {{x: "{{{{ outputs.b }}}}"}}, dependencies: [a]{own}}}
"""


def compiled(checker: Checker, folder: Path, own: str, of_all: str = "all_success") -> dict[str, Any]:
    file = folder / "sample.yaml"
    file.write_text(PIPELINE.format(own=f", trigger_rule: {own}" if own else "", of_all=of_all))
    found = checker.pipeline(file)
    assert found.pipeline is not None, found.diagnostics
    tasks: dict[str, Any] = compile_pipeline(found.pipeline, checker.settings)["sample"]["tasks"]
    return tasks


@pytest.mark.parametrize(
    ("rule", "over_params", "over_result", "own"),
    [
        ("all_success", ("all_success", []), ("all_success", ["b"]), "all_success"),
        ("one_failed", ("all_success", []), ("all_success", ["b"]), "one_failed"),
        ("all_done", ("all_done", ["a"]), ("all_done", ["b", "a"]), "all_done"),
        ("none_failed", ("none_failed", ["a"]), ("none_failed", ["b", "a"]), "none_failed"),
        ("one_success", ("one_success", ["a"]), ("all_done_min_one_success", ["b", "a"]), "one_success"),
        ("always", ("always", ["a"]), ("all_done", ["b", "a"]), "always"),
        ("all_failed", ("all_failed", ["a"]), ("all_failed", ["b", "a"]), "all_done"),
    ],
)
def test_the_task_before_has_the_rule(
    checker: Checker, tmp_path: Path, rule: str, over_params: Any, over_result: Any, own: str
) -> None:
    tasks = compiled(checker, tmp_path, rule)
    for name, wanted in (("over_params", over_params), ("over_result", over_result)):
        items = tasks[f"{name}_items"]
        assert (items["trigger_rule"], items["dependencies"]) == wanted
        assert tasks[name]["trigger_rule"] == own
        assert {"a", f"{name}_items"} <= set(tasks[name]["dependencies"])


def test_the_rule_of_all_tasks_counts_as_well(checker: Checker, tmp_path: Path) -> None:
    assert compiled(checker, tmp_path, "", "all_failed")["over_params"]["trigger_rule"] == "all_done"
    assert compiled(checker, tmp_path, "", "one_failed")["over_result_items"]["trigger_rule"] == "all_success"
    usual = compiled(checker, tmp_path, "all_success", "all_done")["over_result_items"]
    assert (usual["trigger_rule"], usual["dependencies"]) == ("all_success", ["b"])
