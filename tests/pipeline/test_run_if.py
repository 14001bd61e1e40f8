"""One run of tasks with conditions: of every kind, by params and by results."""

from __future__ import annotations

from typing import Any

import pytest

from include.local.log import task_error
from tests.laptop import Laptop

DAG = "run_if_one"


@pytest.fixture(scope="module")
def tasks(users: Laptop) -> dict[str, list[dict[str, Any]]]:
    done = users.run(DAG, CLUSTER="none")
    assert done.code == 1, done.output  # `unclear` fails
    found: dict[str, list[dict[str, Any]]] = {}
    for task in users.latest(DAG)["tasks"]:
        found.setdefault(task["task_id"], []).append(task)
    return found


def test_tasks_run_or_are_skipped_by_their_conditions(tasks: dict[str, Any]) -> None:
    states = {name: sorted(one["state"] for one in instances) for name, instances in tasks.items()}
    assert states == {
        "long": ["skipped"],
        "short": ["success"],
        "after_long": ["skipped"],
        "after_all": ["success"],
        "count": ["success"],
        "by_result": ["skipped"],
        "here": ["success"],
        "shell": ["skipped"],
        "shells": ["skipped", "success"],
        "each": ["skipped", "success", "success"],
        "unclear": ["failed"],
    }


def test_the_log_has_the_value_that_decided(tasks: dict[str, Any], users: Laptop) -> None:
    log = users.log(DAG)
    for words in (
        "skipped: run_if {{ params.days > 5 }} is False",
        "runs: run_if {{ params.days <= 5 }} is True",
        "skipped: run_if {{ outputs.count.rows > 0 }} is False",
        "skipped: run_if {{ outputs.count.rows }} is 0",
        "runs: run_if {{ 'snowpark' == 'snowpark' }} is True",
    ):
        assert words in log


def test_a_value_that_says_neither_fails_in_one_line_and_is_not_tried_again(
    tasks: dict[str, Any], users: Laptop
) -> None:
    reported = task_error(users.log(DAG), "unclear")
    assert "run_if {{ params.mode | lower }} is 'maybe', a text that says neither true nor false." in reported
    assert tasks["unclear"][0]["tries"] == 1
