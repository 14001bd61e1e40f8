"""What Airflow does with a DAG after the loader is done to each DAG before, so that it blames none for another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from airflow import settings
from airflow.exceptions import AirflowClusterPolicyError, AirflowClusterPolicyViolation, UnknownExecutorException
from airflow.policies import hookimpl
from airflow.sdk import DAG

from include.factory.accept import accept
from include.factory.build import build
from include.factory.config import Config


def config(**of_task: Any) -> Config:
    task = {"operator": "include.operators.SnowflakeSQLOperator", "conn_id": "x", "sql": "select 1"} | of_task
    return {"default_args": {"owner": "tests"}, "tasks": {"first": task}}


class _Policies:
    """What an administrator asks of DAGs."""

    @hookimpl
    def dag_policy(self, dag: DAG) -> None:
        if not dag.tags:
            raise AirflowClusterPolicyViolation(f"{dag.dag_id} has no tags")
        if "by_settings" in dag.tags:
            dag.schedule = "@once"

    @hookimpl
    def task_policy(self, task: Any) -> None:
        task.queue = "theirs"
        if task.owner == "wrong":
            raise KeyError("a mistake in the policy")


@pytest.fixture
def policies() -> Iterator[None]:
    plugin = _Policies()
    settings.get_policy_plugin_manager().register(plugin)
    yield
    settings.get_policy_plugin_manager().unregister(plugin)


def accepted(dag_id: str, written: Config) -> DAG:
    dag = build(dag_id, written)
    accept(dag, written)
    return dag


@pytest.mark.usefixtures("policies")
class TestClusterPolicies:
    def test_one_may_change_a_task(self) -> None:
        assert accepted("one", config() | {"tags": ["mine"]}).get_task("first").queue == "theirs"

    @pytest.mark.parametrize("dag_id", ["first", "second"])
    def test_one_may_refuse_a_dag(self, dag_id: str) -> None:
        with pytest.raises(AirflowClusterPolicyViolation, match=f"{dag_id} has no tags"):
            accepted(dag_id, config())
        accepted(dag_id, config() | {"tags": ["mine"]})

    def test_a_mistake_in_one_is_the_mistake_of_the_dag_that_shows_it(self) -> None:
        with pytest.raises(AirflowClusterPolicyError, match="a mistake in the policy"):
            accepted("sample", config(owner="wrong") | {"tags": ["mine"]})

    def test_one_that_sets_what_airflow_3_does_not_let_it_is_said(self) -> None:
        with pytest.raises(AirflowClusterPolicyError):
            accepted("sample", config() | {"tags": ["by_settings"]})


def test_the_same_id_may_come_again() -> None:
    for _ in range(2):
        accepted("sample", config())


def test_an_executor_must_be_there_and_only_one_that_is_named_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownExecutorException, match="NoSuchExecutor"):
        accepted("sample", config(executor="NoSuchExecutor"))
    accepted("sample", config())


def test_a_schedule_that_is_none_is_refused() -> None:
    with pytest.raises(Exception, match="5, 6 or 7 columns"):
        accepted("sample", config() | {"schedule": "every full moon", "start_date": "2026-01-01"})


@pytest.mark.parametrize(
    "said", [{}, {"max_active_tasks": 3, "max_active_runs": 4, "catchup": True}], ids=["nothing", "all"]
)
def test_what_a_dag_does_not_say_of_its_runs_airflows_settings_say(
    said: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG", "7")
    monkeypatch.setenv("AIRFLOW__CORE__MAX_ACTIVE_RUNS_PER_DAG", "8")
    monkeypatch.setenv("AIRFLOW__SCHEDULER__CATCHUP_BY_DEFAULT", "False")
    whole = {"max_active_tasks": 7, "max_active_runs": 8, "catchup": False} | said

    dag = build("sample", config() | said | {"start_date": "2026-01-01"})

    assert {key: getattr(dag, key) for key in whole} == whole
