"""Groups of tasks: ids that stay, edges through a group's name, the groups that Airflow shows, and words for moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from include.factory.build import build
from include.factory.check import Checker
from include.factory.commands.plan import changes, described
from include.factory.compile import compile_pipeline
from include.factory.flow.graph import first_tasks, last_tasks, upstream
from include.factory.results import Checked
from tests.factory.conftest import HERE, PROJECT

SAMPLE = HERE / "right" / "groups.yaml"


@pytest.fixture(scope="module")
def configs(checker: Checker) -> dict[str, Any]:
    found = checker.pipeline(SAMPLE)
    assert found.pipeline is not None
    return compile_pipeline(found.pipeline, checker.settings)


@pytest.fixture(scope="module")
def both(configs: dict[str, Any]) -> DAG:
    return build("sample_both", configs["sample_both"])


def test_a_task_in_a_group_keeps_its_id(both: DAG, configs: dict[str, Any]) -> None:
    assert {"begin", "stage", "trips", "weather", "check", "count", "snowpark.train"} <= set(both.task_ids)
    assert set(build("sample_one", configs["sample_one"]).task_ids) == {
        *("begin", "stage", "trips", "weather", "check", "count"),
        *("train", "score", "shell", "each_score", "each_score_items", "report", "publish"),
    }


def test_groups_are_nested_and_inside_the_targets_where_they_run_for_each(both: DAG) -> None:
    groups = both.task_group.get_task_group_dict()
    assert set(groups) == {
        None, "ingest", "ingest.tables",
        *(f"{target}{group}" for target in ("snowpark", "kubernetes") for group in ("", ".model", ".model.scores")),
    }  # fmt: skip
    assert set(groups["ingest"].children) == {"stage", "check", "count", "ingest.tables"}
    assert set(groups["snowpark"].children) == {"snowpark.model", "snowpark.publish", "snowpark.report"}
    assert "snowpark.each_score_items" in groups["snowpark.model.scores"].children
    assert set(groups["snowpark.model"].children) == {"snowpark.train", "snowpark.model.scores"}
    assert groups["kubernetes.model.scores"].label == "scores"


def test_airflow_keeps_the_groups(both: DAG) -> None:
    kept = DagSerialization.from_dict(DagSerialization.to_dict(both))
    assert set(kept.task_group.get_task_group_dict()) == set(both.task_group.get_task_group_dict())
    assert kept.get_task("trips").task_group.group_id == "ingest.tables"
    assert kept.get_task("snowpark.score").task_group.group_id == "snowpark.model.scores"


def test_to_depend_on_a_group_is_to_depend_on_its_last_tasks(both: DAG) -> None:
    def before(name: str) -> set[str]:
        return both.get_task(name).upstream_task_ids

    assert before("check") == {"trips", "weather"}
    assert before("kubernetes.train") == {"check", "count", "trips"}
    assert before("kubernetes.report") == {
        *(f"kubernetes.{name}" for name in ("score", "shell", "each_score")),
        "trips",
        "weather",
    }
    assert before("compare") == {
        f"{target}.{name}" for target in ("snowpark", "kubernetes") for name in ("report", "publish")
    }


def test_first_and_last_tasks(check_text: Callable[[str], Checked]) -> None:
    pipeline = check_text(
        "pipeline: sample\ntasks:\n"
        "  a: {sql: select 1, group: g}\n"
        "  b: {sql: select 1, group: g.h, dependencies: [a]}\n"
        "  c: {sql: select 1, group: g.h}\n"
        "  d: {sql: select 1, group: g, dependencies: [g.h, outside]}\n"
        "  outside: {sql: select 1}\n"
        "  e: {sql: select 1, dependencies: [g, outside]}\n"
    ).pipeline
    assert pipeline is not None
    assert pipeline.groups == {"g": ["a", "b", "c", "d"], "g.h": ["b", "c"]}
    assert (first_tasks(pipeline, "g", PROJECT), last_tasks(pipeline, "g", PROJECT)) == (["a", "c"], ["d"])
    assert (first_tasks(pipeline, "g.h", PROJECT), last_tasks(pipeline, "g.h", PROJECT)) == (["b", "c"], ["b", "c"])
    assert upstream(pipeline, pipeline.tasks["e"], PROJECT) == ["d", "outside"]


def _plan(check_text: Callable[[str], Checked], checker: Checker, first: str, second: str) -> dict[str, Any]:
    checked = check_text(
        "pipeline: sample\ntasks:\n"
        f"  first: {{python_callable: include.tasks.sample.no_arguments{first}}}\n"
        f"  second: {{sql: select 1{second}, dependencies: [first]}}\n"
        "variants: {one: {target: snowpark}, both: {target: [snowpark, kubernetes]}}\n"
    )
    assert checked.pipeline is not None
    return compile_pipeline(checked.pipeline, checker.settings)


def test_a_plan_says_what_moves_between_groups(check_text: Callable[[str], Checked], checker: Checker) -> None:
    before = _plan(check_text, checker, ", group: a", ", group: b")
    now = _plan(check_text, checker, ", group: c.d", "")

    assert list(changes(before, now)) == [
        "sample_both:",
        "  snowpark.first moves from the group a to c.d.",
        "  kubernetes.first moves from the group a to c.d.",
        "  snowpark.second leaves the group b.",
        "  kubernetes.second leaves the group b.",
        "sample_one:",
        "  first moves from the group a to c.d.",
        "  second leaves the group b.",
    ]
    assert "  first goes into the group a." in list(changes(_plan(check_text, checker, "", ""), before))
    assert "  first   snowpark (session in the interpreter), in c.d" in list(described(now))
