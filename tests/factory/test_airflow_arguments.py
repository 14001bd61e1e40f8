"""Every argument of the pinned Airflow is a key of the format, or is named with what to write instead."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk import DAG, BaseOperator
from airflow.sdk.definitions.retry_policy import RetryAction

from include.factory.airflow_arguments import NOT_IN_DEFAULT_ARGS, OF_DAG, OF_TASK
from include.factory.build import build
from include.factory.check import Checker
from include.factory.document.schema import schema
from include.factory.results import Checked
from tests.factory.conftest import HERE


def _arguments(of: type) -> set[str]:
    return set(inspect.signature(of.__init__).parameters) - {"self", "kwargs"}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("section", "of", "named"),
    [
        ("dag", DAG, OF_DAG),
        ("our_task", BaseOperator, OF_TASK),
        ("operator_task", BaseOperator, OF_TASK),
        ("default_args", BaseOperator, {**OF_TASK, **NOT_IN_DEFAULT_ARGS}),
    ],
)
def test_each_is_decided(section: str, of: type, named: Mapping[str, str]) -> None:
    keys = set(schema()["$defs"][section]["properties"])
    undecided = _arguments(of) - keys - named.keys()
    assert not undecided, "new in Airflow: make them keys of the schema, or say why not"
    assert not keys & named.keys(), "decided twice"
    assert not named.keys() - _arguments(of), "no longer Airflow's"


@pytest.mark.parametrize("key", sorted(OF_DAG))
def test_what_is_no_key_of_the_dag_is_told_with_the_reason(key: str, check_text: Callable[[str], Checked]) -> None:
    (found,) = check_text(f"pipeline: sample\ndag: {{{key}: 1}}\ntasks: {{a: {{sql: select 1}}}}\n").diagnostics
    assert (found.code, found.hint) == ("unknown-key", OF_DAG[key])


@pytest.mark.parametrize("key", sorted({*OF_TASK, *NOT_IN_DEFAULT_ARGS}))
def test_what_is_no_key_of_a_task_or_of_all_is_told_with_the_reason(
    key: str, check_text: Callable[[str], Checked]
) -> None:
    all_tasks = f"pipeline: sample\ndag: {{default_args: {{{key}: 1}}}}\ntasks: {{a: {{sql: select 1}}}}\n"
    (found,) = check_text(all_tasks).diagnostics
    assert (found.code, found.hint) == ("unknown-key", {**OF_TASK, **NOT_IN_DEFAULT_ARGS}[key])
    if key in OF_TASK:
        (found,) = check_text(f"pipeline: sample\ntasks: {{a: {{sql: select 1, {key}: 1}}}}\n").diagnostics
        assert (found.code, found.hint) == ("unknown-key", OF_TASK[key])


def _built(name: str, checker: Checker) -> DAG:
    found = checker.pipeline(HERE / "right" / f"{name}.yaml")
    assert found.diagnostics == ()
    ((dag_id, config),) = found.configs.items()
    return build(dag_id, config)


def test_what_a_task_says_reaches_its_operator(checker: Checker) -> None:
    first, second = (_built("all_task_arguments", checker).get_task(name) for name in ("first", "second"))

    assert first.start_date == datetime(2023, 12, 31, 23, tzinfo=UTC), "in the DAG's time zone"
    assert first.end_date == datetime(2030, 1, 1, 5, tzinfo=UTC)
    assert second.start_date == first.start_date
    assert first.executor_config["pod_override"].kind == "Pod"
    assert first.ignore_first_depends_on_past
    assert first.wait_for_past_depends_before_skipping
    assert second.multiple_outputs
    assert (first._logger_name, second._logger_name) == ("snowpod.first", "snowpod")
    assert (first.doc, first.doc_rst, first.doc_json, first.doc_yaml) == (
        "Plain {{ text",
        "**Text** {{",
        '{"a": 1}',
        "a: {{",
    )
    of_all, own = first.retry_policy, second.retry_policy
    assert [rule.action for rule in of_all.rules] == [RetryAction.FAIL, RetryAction.RETRY]
    assert of_all.rules[1].retry_delay == own.rules[0].retry_delay == timedelta(minutes=2)


def test_what_the_dag_says_reaches_it(checker: Checker) -> None:
    dag = _built("dag_arguments_of_airflow_3", checker)

    soon, slow = dag.deadline
    assert (soon.name, soon.interval, slow.interval) == ("soon", timedelta(hours=1, minutes=30), timedelta(minutes=1))
    assert soon.callback.path == "logging.warning"
    assert slow.reference.min_runs == 2
    assert sorted(str(one.value) for one in dag.allowed_run_types) == ["backfill", "manual"]
    assert (dag.disable_bundle_versioning, dag.rerun_with_latest_version) == (True, True)
    assert dag.get_template_env().from_string("[{{ no.such.name }}]").render() == []
