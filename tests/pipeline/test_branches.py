"""A branch that names tasks of its pipeline, where these run for each target."""

from __future__ import annotations

from tests.laptop import Laptop


def test_the_branch_not_taken_is_skipped_on_each_target(users: Laptop) -> None:
    done = users.run("branches_both", CLUSTER="none")

    assert done.code == 0, done.output
    states = {task["task_id"]: task["state"] for task in users.latest("branches_both")["tasks"]}
    assert states == {
        "monday": "success",
        "snowpark.left": "success",
        "kubernetes.left": "success",
        "snowpark.right": "skipped",
        "kubernetes.right": "skipped",
    }
