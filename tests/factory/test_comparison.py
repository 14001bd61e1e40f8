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


def compared(checked: Checked) -> dict[str, dict[str, object]]:
    assert checked.diagnostics == ()
    told = checked.configs["sample_both"]["tasks"].get("compare", {"op_kwargs": {"outputs": []}})
    return {output["task"]: output for output in told["op_kwargs"]["outputs"]}


@pytest.mark.parametrize(
    ("task", "here"),
    [
        ('{sql: "create table T_{{ target }} (A int)"}', "T_snowpark"),
        ('{sql: ["select 1", "insert into T_{{ target }} select 1"]}', "T_snowpark"),
        (
            f'{{{CALL}, op_kwargs: {{table: "T_{{{{ target }}}}"}}}}',
            "{{ result_of(ti, 'snowpark.made') | default(none) }}",
        ),
        (
            f'{{{CALL}, op_kwargs: {{table: "T_{{{{ target }}}}"}}, expand: {{n: [1, 2]}}}}',
            "{{ result_of(ti, 'snowpark.made') | default(none) }}",
        ),
        (
            '{sql: "create table T_{{ mapped.n }}_{{ target }} (A int)", expand: {n: [1, 2]}}',
            {"each": [{"n": 1}, {"n": 2}], "table": "T_{{ mapped.n }}_snowpark"},
        ),
        (
            '{sql: "create table T_{{ mapped.n }}_{{ target }} (A int)", expand: {n: "{{ params.x }}"}}',
            {
                "each": "{{ result_of(ti, 'snowpark.made_items') | default([]) }}",
                "table": "T_{{ mapped.n }}_snowpark",
            },
        ),
    ],
)
def test_what_has_the_target_in_its_name_is_compared(
    check_text: Callable[[str], Checked], task: str, here: object
) -> None:
    checked = check_text(f"{PIPELINE.format(rest=f'  made: {task}')}params: {{x: [1, 2]}}\n")
    assert compared(checked)["made"]["tables"]["snowpark"] == here  # type: ignore[index]


@pytest.mark.parametrize(
    "task",
    [
        '{sql: "create table T (A int)"}',
        '{sql: "create temporary table T_{{ target }} (A int)"}',
        '{sql: "create table T_{{ target }} (A int)", compare: false}',
        '{sql: "create table T_{{ target }} (A int)", run_if: "{{ ds }}"}',
        f'{{{CALL}, op_kwargs: {{table: "T_{{{{ target }}}}"}}, do_xcom_push: false}}',
        f"{{{CALL}, op_kwargs: {{table: T}}}}",
        '{python_callable: include.tasks.sample.trains, snowflake: {schema: "OF_{{ target }}"}}',
    ],
)
def test_what_is_no_table_of_a_target_is_not_compared(check_text: Callable[[str], Checked], task: str) -> None:
    assert compared(check_text(PIPELINE.format(rest=f"  made: {task}"))).keys() == {"score"}


def test_what_a_later_task_drops_is_not_compared(check_text: Callable[[str], Checked]) -> None:
    rest = (
        '  made: {sql: "create table T_{{ target }} (A int)"}\n'
        '  gone: {sql: "drop table t_{{target}}", dependencies: [made]}'
    )
    assert compared(check_text(PIPELINE.format(rest=rest))).keys() == {"score"}


def test_a_target_in_the_schema_is_one_in_the_name(check_text: Callable[[str], Checked]) -> None:
    rest = '  made: {sql: "create table T as select \'{{ target }}\' as A", snowflake: {schema: "OF_{{ target }}"}}'
    made = compared(check_text(PIPELINE.format(rest=rest)))["made"]
    assert made["tables"] == {"snowpark": "T", "kubernetes": "T"}
    assert made["places"] == {"snowpark": {"schema": "OF_snowpark"}, "kubernetes": {"schema": "OF_kubernetes"}}
