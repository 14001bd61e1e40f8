"""The task `compare` fails when something is not equal, and keeps its result before."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

from include.operators import ComparisonOperator
from include.operators.snowpark import SnowparkOperator

TABLE = {
    "task": "predict",
    "map_index": None,
    "tables": {"snowpark": "P_snowpark", "kubernetes": "P_kubernetes"},
    "equal": False,
    "exact": True,
    "missing": [],
    "rows": {"snowpark": 10_000, "kubernetes": 10_000},
    "columns_only": {"snowpark": [], "kubernetes": []},
    "types": [],
    "key": ["ID"],
    "only": {"snowpark": 0, "kubernetes": 0},
    "differing": 1,
    "columns": [{"name": "P", "differing": 1, "within_tolerance": 0, "tolerance": None, "largest": 3.2, "mean": 3.2}],
    "examples": [{"key": {"ID": 17}, "column": "P", "snowpark": 612.5, "kubernetes": 615.7}],
    "problem": None,
}


class Instance:
    """Of a task instance what the operator needs."""

    def __init__(self) -> None:
        self.pushed: dict[str, Any] = {}

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the task with what the function returned."""

    def execute(result: dict[str, Any], instance: Instance) -> Any:
        monkeypatch.setattr(SnowparkOperator, "execute", lambda self, context: result)
        task = ComparisonOperator(task_id="compare", function="include.tasks.compare.compare_tables", python="python")
        return task.execute({"ti": instance})  # type: ignore[typeddict-item]

    return execute


def test_what_is_equal_is_returned(executed: Any) -> None:
    result = {"equal": True, "words": "P is equal, row by row.", "tables": [], "models": []}
    instance = Instance()
    assert executed(result, instance) == result
    assert instance.pushed == {}


def test_what_is_not_equal_is_kept_and_fails_the_task_for_good(executed: Any) -> None:
    result = {"equal": False, "words": "…", "tables": [TABLE], "models": []}
    instance = Instance()
    with pytest.raises(AirflowFailException) as caught:
        executed(result, instance)
    assert instance.pushed == {"return_value": result}
    lines = str(caught.value).splitlines()
    assert lines[1] == (
        "P_snowpark and P_kubernetes of the task `predict`: 1 of 10,000 rows differs in P (by 3.2 at most)."
    )
    assert lines[2] == "  ID 17: P is 612.5 on snowpark and 615.7 on kubernetes"
    assert "`compare: {tolerance: {P: …}}` in the task `predict`" in lines[3]


def test_sql_of_a_mapped_task_has_a_table_for_each_item() -> None:
    outputs = [{"tables": {"snowpark": {"each": "{{ items }}", "table": "T_{{ mapped.month }}_snowpark"}}}]
    with DAG("sample", schedule=None):
        task = ComparisonOperator(
            task_id="compare",
            function="f",
            python="python",
            op_kwargs={"outputs": outputs, "n": "{{ items[0].month }}"},
        )
    task.render_template_fields({"items": [{"month": 2}, {"month": 5}], "ti": Instance()})  # type: ignore[typeddict-unknown-key]
    assert task.op_kwargs == {"outputs": [{"tables": {"snowpark": ["T_2_snowpark", "T_5_snowpark"]}}], "n": 2}
