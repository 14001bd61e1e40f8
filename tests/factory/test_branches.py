"""Tasks that operators' arguments name.

In a target's group they are the group's, and a name that is none is told at its place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk import DAG

from include.factory.project import Project
from include.factory.register import register
from include.factory.results import Checked

STANDARD = "airflow.providers.standard.operators"
DAY = f"operator: {STANDARD}.weekday.BranchDayOfWeekOperator\n    week_day: Monday"
DATE = (
    f"operator: {STANDARD}.datetime.BranchDateTimeOperator\n    target_lower: 2000-01-01\n    target_upper: 2000-01-02"
)
SQL = "operator: airflow.providers.common.sql.operators.sql.BranchSQLOperator\n    sql: select '{{ target }}'"
ASKED = f"operator: {STANDARD}.hitl.HITLBranchOperator\n    options: [Left, Right]\n    subject: Which?"
LOAD = "{python_callable: include.tasks.sample.load, op_kwargs: {table: T}, dependencies: [choose]}"
BOTH = "variants:\n  one: {target: snowpark}\n  both: {target: [snowpark, kubernetes]}\n"


def _pipeline(choose: str, left: str = LOAD, rest: str = "") -> str:
    return f"pipeline: sample\ntasks:\n  choose:\n    {choose}\n  left: {left}\n  right: {LOAD}\n{rest}"


def _dags(project: Project, text: str) -> dict[str, DAG]:
    (project.configs / "sample.yaml").write_text(text)
    found: dict[str, Any] = {}
    register(found, project.root)
    return found


@pytest.mark.parametrize("operator", [DAY, DATE])
def test_a_branch_that_runs_once_follows_the_task_of_each_target(project: Project, operator: str) -> None:
    dags = _dags(
        project,
        _pipeline(f"{operator}\n    follow_task_ids_if_true: [left]\n    follow_task_ids_if_false: right", rest=BOTH),
    )

    alone: Any = dags["sample_one"].get_task("choose")
    assert (alone.follow_task_ids_if_true, alone.follow_task_ids_if_false) == (["left"], "right")
    both: Any = dags["sample_both"].get_task("choose")
    assert both.follow_task_ids_if_true == ["snowpark.left", "kubernetes.left"]
    assert both.follow_task_ids_if_false == ["snowpark.right", "kubernetes.right"]


@pytest.mark.parametrize(
    ("operator", "given"),
    [
        (SQL, "follow_task_ids_if_true: [left]\n    follow_task_ids_if_false: [right]"),
        (f'{ASKED}\n    body: "{{{{ target }}}}"', "options_mapping: {Left: left, Right: right}"),
    ],
)
def test_a_branch_of_a_group_follows_tasks_of_its_group(project: Project, operator: str, given: str) -> None:
    dags = _dags(project, _pipeline(f"{operator}\n    {given}", rest=BOTH))

    task: Any = dags["sample_both"].get_task("kubernetes.choose")
    if operator.startswith(ASKED):
        assert task.options_mapping == {"Left": "kubernetes.left", "Right": "kubernetes.right"}
    else:
        assert (task.follow_task_ids_if_true, task.follow_task_ids_if_false) == (
            ["kubernetes.left"],
            ["kubernetes.right"],
        )


WRONG = {
    _pipeline(f"{DAY}\n    follow_task_ids_if_true: [left]\n    follow_task_ids_if_false: rigth"): (
        "7:31 unknown-task",
        "`choose` names `rigth`, and no task has that name.",
        "Did you mean `right`?",
    ),
    _pipeline(f"{SQL}\n    follow_task_ids_if_true: [left, lefd]\n    follow_task_ids_if_false: [right]"): (
        "6:37 unknown-task",
        "`choose` names `lefd`, and no task has that name.",
        "Did you mean `left`?",
    ),
    _pipeline(f"{ASKED}\n    options_mapping: {{Left: left, Right: snowpark.right}}"): (
        "7:42 unknown-task",
        "`choose` names `snowpark.right`, and no task has that name.",
        "Did you mean `right`?",
    ),
    _pipeline(f"{DAY}\n    follow_task_ids_if_true: [left]\n    follow_task_ids_if_false: right", "{sql: select 1}"): (
        "6:31 not-downstream",
        "`left` does not wait for `choose`: Airflow would skip what does, and not see this name.",
        "Give `left` the line `dependencies: [choose]`, or name a task that has it.",
    ),
    _pipeline(
        f"{ASKED}\n    options_mapping: {{Left: left, Right: right}}", "{sql: select 1, dependencies: [choose]}", BOTH
    ): (
        "7:42 several-tasks",
        "`right` is a task for each target, and an answer names one task.",
        "Let `choose` run for each target too: mention `{{ target }}` in it, in `body` for one.",
    ),
}
RIGHT = [
    f"{DAY}\n    follow_task_ids_if_true: \"{{{{ 'left' }}}}\"\n    follow_task_ids_if_false: right",
    f'{DAY}\n    follow_task_ids_if_true: "{{{{ target }}}}.left"\n    follow_task_ids_if_false: kubernetes.right',
    f"{DAY}\n    follow_task_ids_if_true: snowpark\n    follow_task_ids_if_false: [kubernetes.left, kubernetes.right]",
]


@pytest.mark.parametrize("text", WRONG)
def test_a_name_that_airflow_would_not_follow_is_told(check_text: Callable[[str], Checked], text: str) -> None:
    reported = [
        (f"{one.position.line}:{one.position.column} {one.code}", one.message, one.hint)
        for one in check_text(text).diagnostics
        if one.position
    ]
    assert reported == [WRONG[text]]


@pytest.mark.parametrize("choose", RIGHT)
def test_ids_written_out_stay(check_text: Callable[[str], Checked], choose: str) -> None:
    assert check_text(_pipeline(choose, rest="variants:\n  both: {target: [snowpark, kubernetes]}\n")).diagnostics == ()
