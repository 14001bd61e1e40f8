"""One run of functions that choose the tasks after them: in the interpreter and inside Snowflake."""

from __future__ import annotations

from typing import Any

import pytest

from include.local.log import task_error
from tests.laptop import Laptop

DAG = "chooses"


@pytest.fixture(scope="module")
def tasks(users: Laptop) -> dict[str, dict[str, Any]]:
    done = users.run(DAG, CLUSTER="none")
    assert done.code == 1, done.output  # two of the functions return what is no branch
    return {task["task_id"]: task for task in users.latest(DAG)["tasks"]}


def test_what_is_not_chosen_is_skipped(tasks: dict[str, Any]) -> None:
    assert {name: task["state"] for name, task in tasks.items()} == {
        **dict.fromkeys(("here", "quick", "join", "inside", "left", "right", "nothing"), "success"),
        **dict.fromkeys(("clear", "count", "fill", "middle", "never"), "skipped"),
        **dict.fromkeys(("misspelt", "number"), "failed"),
        **dict.fromkeys(("after", "after_number"), "upstream_failed"),
    }


def test_the_choice_is_the_result(tasks: dict[str, Any]) -> None:
    assert (tasks["join"]["result"], tasks["inside"]["result"]) == ("quick", ["left", "right"])


def test_the_log_says_what_was_chosen(tasks: dict[str, Any], users: Laptop) -> None:
    log = users.log(DAG)
    assert "goes on with quick; skips full" in log
    assert "goes on with left, right; skips middle" in log
    assert "goes on with nothing; skips never" in log


def test_what_is_no_branch_fails_in_one_line_and_is_not_tried_again(tasks: dict[str, Any], users: Laptop) -> None:
    log = users.log(DAG)
    returned = "include.tasks.values.returns returned"
    assert f"{returned} 'ofter', none of its branches: after. Did you mean 'after'?" in task_error(log, "misspelt")
    assert f"{returned} 3, and must return one of its branches (after_number)" in task_error(log, "number")
    assert tasks["misspelt"]["tries"] == 1
