"""What pipelines say of each other's DAGs.

Checked where all files are, with the id of a DAG of another tool left in peace.
"""

from __future__ import annotations

import pytest

from include.factory.check import check
from include.factory.project import Project
from include.factory.register import register

STANDARD = "airflow.providers.standard"
TRIGGER = f"operator: {STANDARD}.operators.trigger_dagrun.TriggerDagRunOperator"
SENSOR = f"operator: {STANDARD}.sensors.external_task.ExternalTaskSensor"
HOURLY = "pipeline: trips_hourly\ntasks:\n  load: {sql: select 1}\n  clean: {sql: select 2}\n"
REPORT = (
    "pipeline: report\ntasks:\n  write: {python_callable: include.tasks.sample.load, op_kwargs: {table: T}}\n"
    "variants:\n  here: {target: snowpark}\n  both: {target: [snowpark, kubernetes]}\n"
)
ELSEWHERE = "If it is a DAG of another tool, write `\"{{{{ '{}' }}}}\"`."


def _write(project: Project, tasks: str, **others: str) -> None:
    texts = {
        "trips_hourly": HOURLY,
        "report": REPORT,
        **others,
        "sample": f"pipeline: sample\ntasks:\n  first:\n{tasks}",
    }
    for name, text in texts.items():
        (project.configs / f"{name}.yaml").write_text(text)


def _said(project: Project) -> list[tuple[str, str, str, str]]:
    return [
        (one.file, f"{one.position.line}:{one.position.column} {one.code}", one.message, one.hint)
        for one in check(project).diagnostics
        if one.position
    ]


BROKEN = {
    f"    {TRIGGER}\n    trigger_dag_id: trips_hourli\n": (
        "5:21 unknown-dag",
        "There is no DAG `trips_hourli` in this project.",
        f"Did you mean `trips_hourly`? {ELSEWHERE.format('trips_hourli')}",
    ),
    f"    {TRIGGER}\n    trigger_dag_id: report\n": (
        "5:21 unknown-dag",
        "There is no DAG `report` in this project.",
        f"Each variant of a pipeline is a DAG: name one of `report_both`, `report_here`. {ELSEWHERE.format('report')}",
    ),
    f"    {TRIGGER}\n    expand:\n      trigger_dag_id: [trips_hourly, reports_here]\n": (
        "6:38 unknown-dag",
        "There is no DAG `reports_here` in this project.",
        f"Did you mean `report_here`? {ELSEWHERE.format('reports_here')}",
    ),
    f"    {TRIGGER}\n    partial: {{trigger_dag_id: Trips_hourly}}\n    expand: {{conf: [{{a: 1}}]}}\n": (
        "5:31 unknown-dag",
        "There is no DAG `Trips_hourly` in this project.",
        f"Did you mean `trips_hourly`? {ELSEWHERE.format('Trips_hourly')}",
    ),
    f"    {SENSOR}\n    external_dag_id: trip_hourly\n    external_task_id: load\n": (
        "5:22 unknown-dag",
        "There is no DAG `trip_hourly` in this project.",
        f"Did you mean `trips_hourly`? {ELSEWHERE.format('trip_hourly')}",
    ),
    f"    {SENSOR}\n    external_dag_id: trips_hourly\n    external_task_ids: [load, claen]\n": (
        "6:31 unknown-task",
        "The DAG `trips_hourly` has no task `claen`.",
        "Did you mean `clean`?",
    ),
    f"    {SENSOR}\n    external_dag_id: report_both\n    external_task_id: write\n": (
        "6:23 unknown-task",
        "The DAG `report_both` has no task `write`.",
        "There are these tasks: `kubernetes.write`, `snowpark.write`.",
    ),
    f"    {SENSOR}\n    external_dag_id: report_both\n    external_task_group_id: snowpak\n": (
        "6:29 unknown-task",
        "The DAG `report_both` has no task group `snowpak`.",
        "Did you mean `snowpark`?",
    ),
}
RIGHT = [
    f"    {TRIGGER}\n    trigger_dag_id: trips_hourly\n",
    f"    {TRIGGER}\n    trigger_dag_id: sample\n",
    f"    {TRIGGER}\n    trigger_dag_id: dbt_nightly\n",
    f"    {TRIGGER}\n    trigger_dag_id: \"{{{{ 'trips_hourli' }}}}\"\n",
    f'    {TRIGGER}\n    trigger_dag_id: "report_{{{{ params.x }}}}"\nparams: {{x: here}}\n',
    f"    {SENSOR}\n    external_dag_id: report_both\n    external_task_ids: [snowpark.write, kubernetes.write]\n",
    f"    {SENSOR}\n    external_dag_id: report_both\n    external_task_group_id: kubernetes\n",
    f"    {SENSOR}\n    external_dag_id: dbt_nightly\n    external_task_id: load\n",
]


@pytest.mark.parametrize("tasks", BROKEN)
def test_what_the_project_does_not_have_is_told(project: Project, tasks: str) -> None:
    _write(project, tasks)
    assert _said(project) == [("configs/sample.yaml", *BROKEN[tasks])]


@pytest.mark.parametrize("tasks", RIGHT)
def test_what_it_has_and_what_is_of_another_tool_is_taken(project: Project, tasks: str) -> None:
    _write(project, tasks)
    assert _said(project) == []


def test_ids_that_differ_in_numbers_are_different_dags(project: Project) -> None:
    _write(
        project,
        f"    {TRIGGER}\n    trigger_dag_id: trips_2024\n",
        trips="pipeline: trips_2025\ntasks:\n  a: {sql: select 1}\n",
    )
    assert _said(project) == []


@pytest.mark.parametrize("name", ["trips_hourli", "anything"])
def test_a_pipeline_with_diagnostics_is_there_all_the_same(project: Project, name: str) -> None:
    broken = "pipeline: trips_hourli\ntasks:\n  load: {sqll: select 1}\nvariants:\n  a: {target: snowpark}\n"
    _write(project, f"    {TRIGGER}\n    trigger_dag_id: trips_hourli_a\n", **{name: broken})
    assert {file for file, *_ in _said(project)} == {f"configs/{name}.yaml"}


def test_one_file_alone_is_not_judged_by_others(project: Project) -> None:
    _write(project, f"    {TRIGGER}\n    trigger_dag_id: trips_hourli\n")
    assert check(project, [project.configs / "sample.yaml"]).diagnostics == []


def test_the_loader_says_it_but_not_at_a_task_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(project, f"    {TRIGGER}\n    trigger_dag_id: trips_hourli\n")
    everything: dict[str, object] = {}
    register(everything, project.root)
    assert set(everything) == {"trips_hourly", "report_here", "report_both", "broken configs/sample.yaml"}

    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "sample")
    one: dict[str, object] = {}
    register(one, project.root)
    assert set(one) == {"sample"}
