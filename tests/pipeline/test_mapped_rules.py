"""Trigger rules of mapped tasks: they are about the tasks that the pipeline names, and not about ours between."""

from __future__ import annotations

from tests.laptop import Laptop
from tests.pipeline.test_mapped import by_name

DAG = "mapped_rules_snowpark"


def test_mapped_tasks_run_as_their_trigger_rules_say(users: Laptop) -> None:
    done = users.run(DAG, CLUSTER="none")
    assert done.code == 1, done.output  # some of it fails
    tasks = by_name(users.latest(DAG))
    states = {name.partition("[")[0]: task["state"] for name, task in tasks.items() if not name.endswith("_items")}
    wanted = {"runs": "success", "skipped": "skipped", "failed": "upstream_failed"}
    ours = {name: state for name, state in states.items() if name.partition("_")[0] in wanted}
    assert len(ours) == 11
    assert ours == {name: wanted[name.partition("_")[0]] for name in ours}
    over = [name for name in tasks if name.startswith("runs_over_what")]
    assert sorted(tasks[name]["result"][0][0] for name in over if "[" in name) == [1, 1, 3, 3]
    assert tasks["runs_over_all_successes[0]"]["result"] == "2"
    assert tasks["runs_with_a_default[0]"]["result"] == [[7]]
