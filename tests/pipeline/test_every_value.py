"""Every kind of value reaches a function in the interpreter and in a procedure as docs/values.md says, or is refused.

All in one run; tests/kubernetes/test_pods_every_value.py is the same for pods.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.laptop import Laptop
from tests.value_cases import CONF, PASSED, REFUSED, VARIABLES, Case, Refused, add_to, moment_of, refusal_of

DAG = "every_value"
MODES = ("session", "stored_procedure")


@pytest.fixture(scope="module")
def tasks(users: Laptop) -> dict[str, dict[str, Any]]:
    add_to(users.root, DAG, MODES)
    done = users.run(DAG, CONF, CLUSTER="none", **VARIABLES)
    assert done.code == 1, done.output
    return {task["task_id"]: task for task in users.latest(DAG)["tasks"]}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", PASSED, ids=lambda case: case.name)
def test_it_arrives_as_the_table_says(tasks: dict[str, Any], mode: str, case: Case) -> None:
    got = tasks[mode]["result"]
    assert got[case.name] == case.expected(moment_of(got))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("one", REFUSED, ids=lambda one: one.name)
def test_it_is_refused_in_one_line(tasks: dict[str, Any], users: Laptop, mode: str, one: Refused) -> None:
    task = f"{mode}_no_{one.name}"
    assert (tasks[task]["state"], tasks[task]["tries"]) == ("failed", 1)
    assert one.says in refusal_of(users.log(DAG), task)
