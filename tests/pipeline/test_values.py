"""What comes back from a function, and what a task says when nothing can.

The same in the interpreter and in a procedure. What reaches it: test_every_value.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from include.local.log import task_error
from tests.laptop import Finished, Laptop

DAG = "values"


@pytest.fixture(scope="module")
def done(users: Laptop) -> Finished:
    done = users.run(DAG, CLUSTER="none")
    assert done.code == 1, done.output
    return done


@pytest.fixture(scope="module")
def tasks(done: Finished, users: Laptop) -> dict[str, dict[str, Any]]:
    return {task["task_id"]: task for task in users.latest(DAG)["tasks"]}


def test_what_a_procedure_prints_and_logs_is_in_the_tasks_log(tasks: dict[str, Any], users: Laptop) -> None:
    assert tasks["speaks"]["result"] == "spoken"
    for task in ("speaks", "speaks_and_fails"):
        log = of_task(users, task)
        assert "a line that was printed" in log
        assert "INFO speaks: a line that was logged" in log
    assert "Snowflake query id: " in of_task(users, "speaks")


@pytest.mark.parametrize(
    ("task", "tries", "words"),
    [
        ("speaks_and_fails", 1, ["in speaks", "ValueError: after both lines in function SPEAKS"]),
        ("exits", 1, ["include.tasks.values.exits called sys.exit()."]),
        ("exits_inside", 1, ["include.tasks.values.exits called sys.exit(0)."]),
        ("vanishes", 1, ["the Snowpark interpreter ended with exit code 0 before the function returned", "os._exit"]),
        ("killed", 2, ["the Snowpark interpreter ended with exit code 9 before the function returned"]),
        ("gives_generator", 1, ["the result is a generator. Return list(…) of it"]),
        (
            "gives_pandas",
            1,
            ["the result is a pandas.DataFrame. Return the name of a table, filled by session.write_pandas"],
        ),
        (
            "gives_snowpark",
            1,
            ["the result is a snowflake.DataFrame. Return the name of a table, filled by its .write.save_as_table"],
        ),
        ("gives_scalar", 1, ["the result['count'] is a numpy.int64. Return its .tolist()"]),
        ("gives_set", 1, ["the result is a set. Return sorted(…) of it"]),
    ],
)
def test_what_cannot_be_is_said_and_not_tried_again(
    tasks: dict[str, Any], users: Laptop, task: str, tries: int, words: list[str]
) -> None:
    assert (tasks[task]["state"], tasks[task]["tries"]) == ("failed", tries)
    reported = task_error(users.log(DAG), task)
    for word in words:
        assert word in reported
    assert len([line for line in reported.splitlines() if "Traceback" not in line]) < 15


def test_megabytes_of_output_are_no_obstacle(tasks: dict[str, Any]) -> None:
    assert tasks["prints_much"]["result"] == "[much] printed"


def of_task(laptop: Laptop, task: str) -> str:
    _, _, rest = laptop.log(DAG).partition(f"starting task_id={task} ")
    return rest.partition(f"end task task_id={task} ")[0]
