"""Runs with setups and teardowns: a teardown runs although the work failed, and never decides how the run ends."""

from __future__ import annotations

from tests.laptop import Laptop

OTHERS = {
    "skipped": "skipped",
    "unused": "skipped",
    "not_needed": "skipped",
    "begin": "success",
    "middle": "success",
    "fails": "failed",
}


def test_a_teardown_runs_although_the_work_of_one_target_failed(users: Laptop) -> None:
    done = users.run("teardown_both", CLUSTER="none")

    assert done.code == 1, done.output
    states = {task["task_id"]: task["state"] for task in users.latest("teardown_both")["tasks"]}
    assert states == {
        "up": "success",
        "snowpark.work": "success",
        "snowpark.after": "success",
        "kubernetes.work": "failed",
        "kubernetes.after": "upstream_failed",
        "down": "success",
        **OTHERS,
    }
    assert [row["WHO"] for row in users.sql("select WHO from TORN order by WHO")] == ["down", "snowpark"]


def test_a_teardown_that_fails_does_not_fail_the_run(users: Laptop) -> None:
    done = users.run("teardown_fine", CLUSTER="none")

    states = {task["task_id"]: task["state"] for task in users.latest("teardown_fine")["tasks"]}
    assert states == {**dict.fromkeys(("up", "work", "after", "down"), "success"), **OTHERS}
    assert done.code == 0, done.output
