"""The comparison of targets waits for the last tasks, and is not skipped with what a condition or a choice skips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from include.factory.check import Checker
from include.factory.project import Project
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
BATCH = (
    "batch_callable: include.tasks.sample.score, input: {table: T, columns: [A]},"
    ' output: {table: "T_{{ target }}", column: P}'
)


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


PREDICT = """\
  predict:
    batch_callable: include.tasks.sample.score
    input: {table: T, columns: [A]}
    output: {table: "Q_{{ target }}", column: P}
  once: {python_callable: include.tasks.sample.load, op_kwargs: {table: T}, target: snowpark}
"""
PREDICTED = "{{ result_of(ti, 'snowpark.predict', 'table') }}"
RESULT = "{{ result_of(ti, 'snowpark.made') | default(none) }}"


@pytest.mark.parametrize(
    ("task", "here"),
    [
        ('{sql: "create or replace table {{ outputs.predict.table }}_DAILY as select 1 as A"}', f"{PREDICTED}_DAILY"),
        ('{sql: "insert into S.\\"{{ outputs.predict.table }}\\" select 1"}', f'S."{PREDICTED}"'),
        (f'{{{CALL}, op_kwargs: {{features: "{{{{ outputs.predict.table }}}}_F"}}}}', RESULT),
        (f"{{{CALL}, op_kwargs: {{all: [\"{{{{ outputs['predict'] }}}}\"]}}}}", RESULT),
        (f'{{{CALL}, expand: {{part: ["{{{{ outputs.predict.table }}}}"]}}}}', RESULT),
        (
            "{batch_callable: include.tasks.sample.score, input: {table: T, columns: [A]},"
            ' output: {table: "{{ outputs.predict.table }}_B", column: P}}',
            f"{PREDICTED}_B",
        ),
        (
            '{batch_callable: include.tasks.sample.score, input: {table: T, columns: [A]}, run_if: "{{ ds }}",'
            ' output: {table: "{{ outputs.predict.table }}_B", column: P}}',
            RESULT,
        ),
        (
            '{sql: "create table {{ mapped.t }}_M (A int)", expand: {t: ["{{ outputs.predict.table }}"]}}',
            {"each": [{"t": PREDICTED}], "table": "{{ mapped.t }}_M"},
        ),
        (
            '{sql: "create table M_{{ mapped.t }} (A int)", expand_kwargs: [{t: "{{ target }}"}]}',
            {"each": [{"t": "snowpark"}], "table": "M_{{ mapped.t }}"},
        ),
    ],
)
def test_a_result_of_a_task_of_each_target_is_one_in_the_name(
    check_text: Callable[[str], Checked], task: str, here: object
) -> None:
    made = compared(check_text(PIPELINE.format(rest=f"{PREDICT}  made: {task}")))["made"]
    assert made["tables"]["snowpark"] == here  # type: ignore[index]


@pytest.mark.parametrize(
    "task",
    [
        "{sql: \"create table {{ outputs.once.table }}_DAILY as select '{{ outputs.predict.table }}' as A\"}",
        f'{{{CALL}, op_kwargs: {{features: "{{{{ outputs.once.table }}}}_F"}}, dependencies: [predict]}}',
    ],
)
def test_the_result_of_a_task_that_runs_once_is_none(check_text: Callable[[str], Checked], task: str) -> None:
    found = compared(check_text(PIPELINE.format(rest=f"{PREDICT}  made: {task}")))
    assert found.keys() == {"score", "predict"}


@pytest.mark.parametrize(("name", "task"), [("taxi_trip_duration", "predict"), ("flight_delay", "predict")])
def test_the_pipelines_compare_their_predictions(root: Path, name: str, task: str) -> None:
    checked = Checker(Project(root, {})).pipeline(root / "configs" / f"{name}.yaml")
    told = checked.configs[f"{name}_side_by_side"]["tasks"]["compare"]["op_kwargs"]
    assert [one["task"] for one in told["outputs"]] == [task]


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


@pytest.mark.parametrize(
    ("made", "dropped"),
    [
        ('sql: "create table T_{{ target }} (A int)"', "t_{{target}}"),
        (f'{CALL}, op_kwargs: {{table: "T_{{{{ target }}}}"}}', "{{ outputs.made.table }}"),
        (BATCH, "{{ outputs['made'].table }}"),
        (BATCH, "T_{{ target }}"),
    ],
)
def test_what_a_later_task_drops_is_not_compared(check_text: Callable[[str], Checked], made: str, dropped: str) -> None:
    rest = f'  made: {{{made}}}\n  gone: {{sql: "drop table {dropped}", dependencies: [made]}}'
    assert compared(check_text(PIPELINE.format(rest=rest))).keys() == {"score"}


@pytest.mark.parametrize("made", ['sql: "create table T_{{ target }} (A int)"', BATCH])
def test_what_an_earlier_task_drops_is_compared(check_text: Callable[[str], Checked], made: str) -> None:
    rest = f'  gone: {{sql: "drop table if exists T_{{{{ target }}}}"}}\n  made: {{{made}, dependencies: [gone]}}'
    assert compared(check_text(PIPELINE.format(rest=rest))).keys() == {"score", "made"}


def test_a_target_in_the_schema_is_one_in_the_name(check_text: Callable[[str], Checked]) -> None:
    rest = '  made: {sql: "create table T as select \'{{ target }}\' as A", snowflake: {schema: "OF_{{ target }}"}}'
    made = compared(check_text(PIPELINE.format(rest=rest)))["made"]
    assert made["tables"] == {"snowpark": "T", "kubernetes": "T"}
    assert made["places"] == {"snowpark": {"schema": "OF_snowpark"}, "kubernetes": {"schema": "OF_kubernetes"}}


def test_a_target_in_the_schema_of_the_variant_is_one_in_the_name(check_text: Callable[[str], Checked]) -> None:
    rest = "  made: {sql: \"create table T as select '{{ target }}' as A\", compare: {key: [A]}}"
    text = PIPELINE.format(rest=rest)
    in_schema = text.replace("kubernetes]}", 'kubernetes], snowflake: {schema: "OF_{{ target }}"}}')
    assert [one.code for one in check_text(text).diagnostics] == ["nothing-to-compare"]

    checked = check_text(in_schema)

    made = compared(checked)["made"]
    assert made["tables"] == {"snowpark": "T", "kubernetes": "T"}
    assert made["places"] == {"snowpark": {"schema": "OF_snowpark"}, "kubernetes": {"schema": "OF_kubernetes"}}
    waits = checked.configs["sample_both"]["tasks"]["compare"]["dependencies"]
    assert {"snowpark.made", "kubernetes.made"} <= set(waits)
