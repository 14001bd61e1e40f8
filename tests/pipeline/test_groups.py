"""A run of groups in groups, side by side: each waits for all of the group that it names."""

from __future__ import annotations

from tests.laptop import Laptop


def test_tasks_after_a_group_wait_for_all_of_it(users: Laptop) -> None:
    done = users.run("groups_both", CLUSTER="none")

    assert done.code == 0, done.output
    states = {task["task_id"]: task["state"] for task in users.latest("groups_both")["tasks"]}
    assert states == dict.fromkeys(
        [
            *("begin", "one", "two", "three"),
            *(f"{target}.{name}" for target in ("snowpark", "kubernetes") for name in ("read", "report")),
        ],
        "success",
    )
