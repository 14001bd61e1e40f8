"""What a run's summary says of its targets: how long their tasks ran, and how much memory their functions took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from include.factory.commands.plan import targets_of
from include.local.summary import Used, as_table, summarize
from include.report.runs import TaskTry

START = datetime(2026, 11, 29, tzinfo=UTC)


def ran(task_id: str, start: float, seconds: float, index: int = -1, label: str | None = None) -> TaskTry:
    return TaskTry(task_id, index, "success", 1, seconds, None, label, START + timedelta(seconds=start))


def summary(tasks: list[TaskTry], used: Used) -> dict[str, Any]:
    return summarize("flights_side_by_side", "r", "success", START, 60, tasks, used)


def test_targets_that_take_turns_have_their_own_seconds() -> None:
    tasks = [
        ran("load", 0, 9),
        ran("snowpark.train", 10, 5),
        ran("kubernetes.train", 12, 20),
        ran("snowpark.predict", 14, 3),
        ran("snowpark.evaluate", 40, 2),
        TaskTry("kubernetes.predict", -1, "upstream_failed", 0, None, None),
    ]
    memory = {"load": 900, "snowpark.train": 500, "snowpark.predict": 90, "kubernetes.train": 1600}
    targets = {task.task_id: task.task_id.partition(".")[0] for task in tasks if "." in task.task_id}

    found = summary(tasks, Used(targets, memory, 1081))

    assert found["targets"] == {
        "snowpark": {"seconds": 9.0, "memory_mb": 500},
        "kubernetes": {"seconds": 20.0, "memory_mb": 1600},
    }
    assert found["snowflake_memory_mb"] == 1081
    assert [task["memory_mb"] for task in found["tasks"]] == [900, 500, 1600, 90, None, None]
    assert as_table(found).splitlines()[-5:] == [
        "snowpark: 9.0 s, its functions at most 500 MB of memory",
        "kubernetes: 20.0 s, its functions at most 1,600 MB of memory",
        "embedded Snowflake: at most 1,081 MB of memory",
        "",
        "flights_side_by_side: success in 60 s",
    ]


def test_what_is_not_known_is_not_said() -> None:
    found = summary([ran("one", 0, 1)], Used({"one": "snowpark"}))
    assert found["targets"] == {"snowpark": {"seconds": 1.0, "memory_mb": None}}
    assert as_table(found).splitlines()[-3:] == ["snowpark: 1.0 s", "", "flights_side_by_side: success in 60 s"]
    assert summary([ran("one", 0, 1)], Used())["targets"] == {}


def test_an_instance_of_a_mapped_task_is_called_by_its_own_words() -> None:
    found = as_table(summary([ran("count", 0, 1, 0, "month 3"), ran("count", 1, 1, 1)], Used()))
    assert [line.split("  ")[0] for line in found.splitlines()[2:4]] == ["count[month 3]", "count[1]"]


def test_a_target_decides_about_functions_or_about_the_tasks_in_its_group() -> None:
    function, pod = ({"operator": f"include.operators.{name}"} for name in ("SnowparkOperator", "SnowparkPodOperator"))
    query = {"operator": "include.operators.SnowflakeSQLOperator"}
    assert targets_of({"tasks": {"load": query, "train": function, "score": pod}}) == {
        "train": "snowpark",
        "score": "kubernetes",
    }
    tasks = {"train": function, "snowpark.publish": query, "kubernetes.score": pod}
    assert targets_of({"tasks": tasks}) == {"snowpark.publish": "snowpark", "kubernetes.score": "kubernetes"}
