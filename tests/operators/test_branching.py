"""What a function returns, against the branches that it may choose from."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk import DAG, BaseOperator
from airflow.sdk.exceptions import AirflowFailException, DownstreamTasksSkipped
from airflow.serialization.serialized_objects import DagSerialization

from include import operators
from include.operators.branching import Branching
from include.operators.templates import Templates

BRANCHES = {"left": ["snowpark.left", "kubernetes.left"], "right": ["snowpark.right"], "full": ["clear", "count"]}


class Chooses(Branching, BaseOperator):
    function = "include.tasks.sample.choose"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)


class Instance:
    """Of a task instance what a branch needs."""

    map_index = -1

    def __init__(self, task: Any) -> None:
        self.task = task
        self.pushed: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


def _chosen(result: Any, branches: dict[str, list[str]] | None = None, **arguments: Any) -> tuple[set[str], Instance]:
    """The tasks that are skipped, and the task instance."""
    given = BRANCHES if branches is None else branches
    with DAG("sample", schedule=None):
        task = Chooses(task_id="choose", branches=given, **arguments)
        for task_id in (one for ids in BRANCHES.values() for one in ids):
            task >> BaseOperator(task_id=task_id)
        task >> BaseOperator(task_id="down").as_teardown(setups=BaseOperator(task_id="up"))
    instance = Instance(task)
    try:
        assert task.followed({"ti": instance}, result) == result  # type: ignore[typeddict-item]
    except DownstreamTasksSkipped as skipped:
        return {name for name, _ in skipped.tasks}, instance
    return set(), instance


EVERYTHING = {one for ids in BRANCHES.values() for one in ids}


@pytest.mark.parametrize(
    ("result", "followed"),
    [
        ("left", {"snowpark.left", "kubernetes.left"}),
        (["left", "full"], {"snowpark.left", "kubernetes.left", "clear", "count"}),
        (["left", "left"], {"snowpark.left", "kubernetes.left"}),
        ([], set()),
        (None, set()),
    ],
)
def test_all_but_what_is_chosen_is_skipped_and_teardowns_never(result: Any, followed: set[str]) -> None:
    skipped, instance = _chosen(result)
    assert skipped == EVERYTHING - followed
    assert instance.pushed.get("return_value") == result


def test_a_result_that_is_not_to_be_kept_is_not() -> None:
    _, instance = _chosen("left", do_xcom_push=False)
    assert "return_value" not in instance.pushed


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("lefd", "returned 'lefd', none of its branches: left, right, full. Did you mean 'left'?"),
        (["left", "snowpark.right"], "returned 'snowpark.right', none of its branches"),
        (True, "returned True, and must return one of its branches (left, right, full), a list of them, or nothing."),
        ({"branch": "left"}, "returned {'branch': 'left'}, and must return one of its branches"),
        ([None], "returned [None], and must return one of its branches"),
    ],
)
def test_anything_else_fails_in_one_line_and_at_once(result: Any, words: str) -> None:
    with pytest.raises(AirflowFailException) as raised:
        _chosen(result)
    assert str(raised.value).startswith("include.tasks.sample.choose returned")
    assert words in str(raised.value)


def test_without_branches_any_result_is_one() -> None:
    assert _chosen({"rows": 3}, branches={})[0] == set()


def test_airflow_knows_who_may_have_skipped_a_cleared_task() -> None:
    with DAG("sample", schedule=None) as dag:
        Chooses(task_id="choose", branches=BRANCHES)
        Chooses(task_id="other")
    kept = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    assert [kept.get_task(name).inherits_from_skipmixin for name in ("choose", "other")] == [True, False]


@pytest.mark.parametrize(
    ("name", "arguments", "method"),
    [
        ("SnowparkOperator", {"python": "/usr/bin/python3"}, "execute"),
        ("SnowparkPodOperator", {"kubernetes": {"image": "task:1"}}, "execute"),
        ("SnowparkPodOperator", {"kubernetes": {"image": "task:1"}}, "trigger_reentry"),
    ],
)
def test_each_target_follows_what_the_function_returned(
    name: str, arguments: dict[str, Any], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a deferral, too; what runs the function is replaced here, as it needs a session or a cluster."""
    operator = getattr(operators, name)
    with DAG("sample", schedule=None):
        task: Any = operator(task_id="choose", function="include.tasks.sample.choose", branches=BRANCHES, **arguments)
        task >> [BaseOperator(task_id=task_id) for task_id in sorted(EVERYTHING)]
    parent = next(one for one in operator.mro()[2:] if method in vars(one) and one is not Branching)
    monkeypatch.setattr(parent, method, lambda self, context, *event: "left")

    run = getattr(operator, method)
    event = () if method == "execute" else ({},)
    with pytest.raises(DownstreamTasksSkipped) as skipped:
        getattr(run, "__wrapped__", run)(task, {"ti": Instance(task)}, *event)  # Airflow wraps `execute` for its runs
    assert {one for one, _ in skipped.value.tasks} == EVERYTHING - set(BRANCHES["left"])


def test_all_operators_that_pipelines_compile_to_decide_before_they_render() -> None:
    ours = set(operators.__all__) - {"CheckSnowflakeConnection"}
    assert [name for name in ours if not issubclass(getattr(operators, name), Templates)] == []
