"""Every kind of value reaches a function in a pod as docs/values.md says, or is refused before there is one.

All in one run; tests/pipeline/test_every_value.py is the same for the interpreter and procedures.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.kubernetes.recorder import Recorder
from tests.laptop import Laptop
from tests.value_cases import CONF, PASSED, REFUSED, VARIABLES, Case, Refused, add_to, moment_of, refusal_of

DAG = "every_value_in_pods"


@pytest.fixture(scope="module")
def tasks(clustered: Laptop, recorder: Recorder) -> dict[str, dict[str, Any]]:
    add_to(clustered.root, DAG, ["pod"])
    done = clustered.run(DAG, CONF, **VARIABLES)
    assert done.code == 1, done.output
    return {task["task_id"]: task for task in clustered.latest(DAG)["tasks"]}


@pytest.mark.parametrize("case", PASSED, ids=lambda case: case.name)
def test_it_arrives_as_the_table_says(tasks: dict[str, Any], case: Case) -> None:
    got = tasks["pod"]["result"]
    assert got[case.name] == case.expected(moment_of(got))


@pytest.mark.parametrize("one", REFUSED, ids=lambda one: one.name)
def test_it_is_refused_in_one_line(tasks: dict[str, Any], clustered: Laptop, one: Refused) -> None:
    task = f"pod_no_{one.name}"
    assert (tasks[task]["state"], tasks[task]["tries"]) == ("failed", 1)
    assert one.says in refusal_of(clustered.log(DAG), task)


def test_what_is_refused_has_no_pod(tasks: dict[str, Any], recorder: Recorder) -> None:
    assert len(recorder.pods(DAG)) == 1
