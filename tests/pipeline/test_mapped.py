"""Tasks of every kind, each for several values: in the interpreter, as procedures and UDFs, as SQL and operators."""

from __future__ import annotations

from typing import Any

import pytest

from tests.laptop import Laptop

DAG = "mapped_snowpark"


@pytest.fixture(scope="module")
def tasks(users: Laptop) -> dict[str, dict[str, Any]]:
    done = users.run(DAG, {"months": [2, 5]}, CLUSTER="none")
    assert done.code == 0, done.output
    return by_name(users.latest(DAG))


def by_name(summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        task["task_id"] if task["map_index"] is None else f"{task['task_id']}[{task['map_index']}]": task
        for task in summary["tasks"]
    }


def test_an_instance_for_each_item_of_a_part_of_a_result(tasks: dict[str, Any]) -> None:
    name = "{{ 1 + 1 }} of 2013"  # what another task returned is no template
    assert tasks["of_result[0]"]["result"] == {"twice": 4, "of": name, "month": 2}
    assert tasks["of_result[1]"]["result"] == {"twice": 10, "of": name, "month": 5}
    assert "of_result[2]" not in tasks


def test_an_instance_for_each_combination_with_types_kept(tasks: dict[str, Any]) -> None:
    results = [tasks[f"of_values[{index}]"]["result"] for index in range(4)]
    assert [result["share"] for result in results] == [0.25, None, 0.25, None]
    assert [result["day"] for result in results[2:]] == [1.5, 1.5]
    assert results[0]["day"] == results[1]["day"]
    assert results[0]["day"].startswith("date 20")


def test_sql_and_batches_each_with_a_table_of_its_own(tasks: dict[str, Any], users: Laptop) -> None:
    assert tasks["of_batches[1]"]["result"] == {"table": "MAPPED_5_snowpark", "rows": 1}
    assert users.value("select max(B) from MAPPED_2_SNOWPARK") == "40.0"
    assert users.value("select max(B) from MAPPED_5_SNOWPARK") == "100.0"
    assert tasks["by_rows[0]"]["result"] == [[1, "x"]]
    assert tasks["by_rows[1]"]["result"] == [[2, "y"]]


def test_mapped_over_nothing_is_skipped_and_said(tasks: dict[str, Any], users: Laptop) -> None:
    assert tasks["of_nothing_items"]["result"] == []
    assert [task["state"] for name, task in tasks.items() if name.partition("[")[0] == "of_nothing"] == ["skipped"]
    assert "of_nothing is mapped over nothing: it is skipped" in users.log(DAG)
    assert tasks["after_nothing"]["result"] == {"of_nothing": [], "rows": [[[1, "x"]], [[2, "y"]]]}


def test_operators_of_others(tasks: dict[str, Any]) -> None:
    said = [tasks[f"said[{index}]"]["result"] for index in range(2)]
    by_rows = [tasks[f"said_by_rows[{index}]"]["result"] for index in range(2)]
    assert (said, by_rows) == (["2", "5"], ["first", "second"])


def test_a_mapped_result_is_the_list_of_its_instances_results(tasks: dict[str, Any]) -> None:
    assert tasks["all"]["result"] == {
        "months": [2, 5],
        "tables": [{"table": f"MAPPED_{month}_snowpark", "rows": 1} for month in (2, 5)],
    }
