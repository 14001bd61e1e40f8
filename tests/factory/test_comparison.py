"""The comparison of targets waits for the last tasks, and is not skipped with what a condition or a choice skips."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from include.factory.results import Checked

PIPELINE = """\
pipeline: sample
tasks:
  score:
    batch_callable: include.tasks.sample.score
    input: {{table: T, columns: [A]}}
    output: {{table: "P_{{{{ target }}}}", column: P}}
{rest}
variants: {{both: {{target: [snowpark, kubernetes]}}}}
"""
CALL = "python_callable: include.tasks.sample.anything"


@pytest.mark.parametrize(
    ("rest", "names"),
    [
        (f"  report: {{{CALL}, dependencies: [score]}}", {"report"}),
        (f"  report: {{{CALL}, dependencies: [score], run_if: '{{{{ ds }}}}'}}", {"score"}),
        (
            f"  report: {{{CALL}, run_if: '{{{{ ds }}}}'}}\n  after: {{{CALL}, dependencies: [report, score]}}",
            {"score"},
        ),
        (
            f"  report: {{{CALL}, run_if: '{{{{ ds }}}}'}}\n"
            f"  after: {{{CALL}, dependencies: [report, score], trigger_rule: none_failed}}",
            {"after"},
        ),
        (
            f"  choose: {{{CALL}, dependencies: [score], branches: [left]}}\n"
            f"  left: {{{CALL}, dependencies: [choose]}}",
            {"choose"},
        ),
        (
            "  day: {operator: airflow.providers.standard.operators.weekday.BranchDayOfWeekOperator, week_day: Monday,"
            " follow_task_ids_if_true: left, follow_task_ids_if_false: right, dependencies: [score]}\n"
            f"  left: {{{CALL}, dependencies: [day]}}\n  right: {{{CALL}, dependencies: [day]}}",
            {"day"},
        ),
        (
            f"  report: {{{CALL}, dependencies: [score]}}\n  up: {{sql: \"select '{{{{ target }}}}'\"}}\n"
            "  down: {sql: select 1, dependencies: [report], teardown_of: [up]}",
            {"report", "up"},
        ),
    ],
)
def test_it_waits_for_what_is_sure_to_run(check_text: Callable[[str], Checked], rest: str, names: set[str]) -> None:
    checked = check_text(PIPELINE.format(rest=rest))
    assert checked.diagnostics == ()

    waits = checked.configs["sample_both"]["tasks"]["compare"]["dependencies"]
    assert sorted(waits) == sorted(f"{target}.{name}" for target in ("snowpark", "kubernetes") for name in names)
