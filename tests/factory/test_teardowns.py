"""Setups and teardowns as Airflow has them, side by side too: a shared one waits for the tasks of all targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from include.factory.accept import accept
from include.factory.build import build
from include.factory.check import Checker
from include.factory.commands.plan import changes, described
from include.factory.results import Checked
from tests.factory.conftest import HERE

TARGETS = ("snowpark", "kubernetes")


@pytest.fixture(scope="module")
def configs(checker: Checker) -> dict[str, Any]:
    return checker.pipeline(HERE / "right" / "setups_and_teardowns.yaml").configs


@pytest.fixture(scope="module")
def both(configs: dict[str, Any]) -> DAG:
    dag = build("sample_both", configs["sample_both"])
    accept(dag, configs["sample_both"])
    return dag


def _before(dag: DAG, name: str) -> set[str]:
    return set(dag.get_task(name).upstream_task_ids)


def test_tasks_are_what_the_pipeline_calls_them(both: DAG) -> None:
    kept = DagSerialization.from_dict(DagSerialization.to_dict(both))
    setups = {task.task_id for task in kept.tasks if task.is_setup}
    assert setups == {"schema", "warm", "each", *(f"{target}.table_of_target" for target in TARGETS)}
    teardowns = {task.task_id for task in kept.tasks if task.is_teardown}
    assert teardowns == {"drop_schema", "end_each", *(f"{target}.drop_table" for target in TARGETS)}
    assert {kept.get_task(name).trigger_rule for name in teardowns} == {"all_done_setup_success"}


def test_a_teardown_of_a_target_is_in_its_group_and_waits_for_its_tasks(both: DAG) -> None:
    for target in TARGETS:
        assert _before(both, f"{target}.drop_table") == {f"{target}.score", f"{target}.table_of_target"}


def test_a_shared_teardown_waits_for_the_tasks_of_all_targets_and_their_comparison(both: DAG) -> None:
    of_each = {f"{target}.{name}" for target in TARGETS for name in ("score", "drop_table")}
    assert _before(both, "drop_schema") == {"schema", "compare", *of_each}


def test_what_follows_a_group_waits_for_no_teardown_in_it(both: DAG, configs: dict[str, Any]) -> None:
    assert _before(both, "kubernetes.report") == {"kubernetes.score"}
    assert _before(both, "compare") == {f"{target}.report" for target in TARGETS}
    alone = build("sample_one", configs["sample_one"])
    assert _before(alone, "drop_schema") == {"score", "drop_table", "schema"}


def test_a_group_of_teardowns_is_waited_for(check_text: Callable[[str], Checked]) -> None:
    checked = check_text(
        "pipeline: sample\ntasks:\n  up: {sql: select 1}\n  work: {sql: select 1, dependencies: [up]}\n"
        "  down: {sql: select 1, dependencies: [work], teardown_of: [up], group: end}\n"
        "  after: {sql: select 1, dependencies: [end]}\n"
    )
    assert checked.configs["sample"]["tasks"]["after"]["dependencies"] == ["down"]


def test_a_plan_says_what_becomes_a_setup(check_text: Callable[[str], Checked]) -> None:
    up, work = "  up: {sql: select 1}\n", "  work: {sql: select 1, dependencies: [up]}\n"
    down = "  down: {sql: select 1, dependencies: [work]%s}\n"
    then = check_text(f"pipeline: sample\ntasks:\n{up}{work}{down % ''}").configs
    now = check_text(f"pipeline: sample\ntasks:\n{up}{work}{down % ', teardown_of: [up]'}").configs

    assert list(changes(then, now)) == [
        "sample:",
        "  up is now a setup.",
        "  down is now a teardown.",
        "  down now waits for up.",
    ]
    assert "  up is no longer a setup." in list(changes(now, then))
    assert "  down  Snowflake (SQL), a teardown, after work, up" in list(described(now))
