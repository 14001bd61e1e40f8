"""A function in a pod chooses the tasks after it, and a condition keeps a pod from being made."""

from __future__ import annotations

from tests.kubernetes.recorder import Recorder
from tests.laptop import Laptop

DAG = "pod_flow_both"


def test_choices_and_conditions_are_the_same_in_a_pod(clustered: Laptop, recorder: Recorder) -> None:
    done = clustered.run(DAG)

    assert done.code == 0, done.output
    states = {task["task_id"]: task["state"] for task in clustered.latest(DAG)["tasks"]}
    of_each = {"choose": "success", "left": "success", "right": "skipped", "never": "skipped"}
    assert states == {
        f"{target}.{name}": state for target in ("snowpark", "kubernetes") for name, state in of_each.items()
    }
    assert {pod.task for pod in recorder.pods(DAG)} == {"kubernetes.choose"}
    assert clustered.log(DAG).count("skipped: run_if {{ params.way == 'right' }} is False") == 2
