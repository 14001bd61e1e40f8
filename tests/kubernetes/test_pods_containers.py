"""Programs that are no Python, in real pods, and containers before and beside them. All in one run."""

from __future__ import annotations

from typing import Any

import pytest

from include.local.log import task_error
from tests.kubernetes.recorder import NAMESPACE, Recorder
from tests.laptop import Finished, Laptop
from tests.waiting import until

DAG = "pod_containers"
PRICE = "$(HOME) costs $$5, \"ü\" and 'é'\nand `more`"


@pytest.fixture(scope="module")
def done(clustered: Laptop, recorder: Recorder) -> Finished:
    done = clustered.run(DAG)
    assert done.code == 1, done.output
    return done


@pytest.fixture(scope="module")
def tasks(done: Finished, clustered: Laptop) -> dict[str, dict[str, Any]]:
    return {task["task_id"]: task for task in clustered.latest(DAG)["tasks"]}


def test_each_value_arrives_as_it_is(tasks: dict[str, Any]) -> None:
    got = tasks["exact"]["result"]
    assert got["args"] == [PRICE, '[1, "a", null]', "--flag=true", "here/$(PLACE)/$(date)"]
    expected = {
        "PRICE": PRICE,
        "ROWS": '[1, "a", null]',
        "NOTHING": "",
        "PLACE": "here",
        "WRITTEN": "here and $5",
        "COUNT": "3",
        "FLAG": "true",
        "LIST": '[1, "ü"]',
        "LONG": "x" * 100_000,
    }
    assert {name: got["env"][name] for name in expected} == expected
    assert got["env"]["SNOWPOD_CONNECTION_FILE"] == "/run/snowflake/connection.json"
    assert "SNOWPOD_REQUEST" not in got["env"]


def test_results_go_from_program_to_function_and_back(tasks: dict[str, Any]) -> None:
    assert tasks["used"]["result"]["question"] == '[1, "a", null]'
    assert tasks["counted"]["result"] == {"rows": 3}


@pytest.mark.parametrize(
    ("task", "result"),
    [
        ("connection", {"warehouse": "TINY"}),
        ("another_image", [1000, 1000]),
        ("deferred", 42),
        ("no_result", None),
        ("blank", None),
        ("accompanied", PRICE),
        ("kept", PRICE),
    ],
)
def test_the_json_that_it_leaves_is_its_result(tasks: dict[str, Any], task: str, result: Any) -> None:
    assert tasks[task]["state"] == "success"
    found = tasks[task].get("result")
    assert {name: found[name] for name in result} == result if isinstance(result, dict) else found == result


def test_each_instance_of_a_mapped_one_is_a_pod(tasks: dict[str, Any], recorder: Recorder) -> None:
    assert len(recorder.pods(DAG, "each")) == 2
    assert tasks["each"]["state"] == "success"


@pytest.mark.parametrize(
    ("task", "tries", "words"),
    [
        ("no_json", 1, ["/airflow/xcom/return.json is not JSON (Expecting value, line 1, column 1): three rows"]),
        ("fails", 2, ["ended with exit code 64 (Error); its last lines:\nno such month"]),
        ("no_program", 1, ["The container could not be started", "no-such-program", "container.command"]),
        ("out_of_memory", 1, ["more memory than its limit of 256Mi (OOMKilled"]),
        ("needs_root", 1, ["touch: cannot touch '/here': Read-only file system\n", "can write to /tmp alone"]),
        ("too_long", 1, ["There are 200,000 bytes in an argument of the container base ('xxx"]),
        ("before_fails", 1, ["The init container before ended with exit code 7 (Error); its last lines:\nnothing to"]),
        ("before_fails_deferred", 1, ["The init container before ended with exit code 7"]),
    ],
)
def test_what_went_wrong_is_told(
    tasks: dict[str, Any], clustered: Laptop, task: str, tries: int, words: list[str]
) -> None:
    reported = task_error(clustered.log(DAG), task)
    for word in words:
        assert word in reported
    assert (tasks[task]["state"], tasks[task]["tries"]) == ("failed", tries)


def test_the_log_says_which_container_a_line_is_of(done: Finished, clustered: Laptop) -> None:
    log = clustered.log(DAG)
    assert "[before] before: $(HOME) costs" in log
    assert "[before] nothing to fetch" in log
    assert "[base]" not in log


def test_no_pod_outlives_its_task(done: Finished, recorder: Recorder) -> None:
    assert recorder.left([pod for pod in recorder.pods(DAG) if pod.task != "kept"]) == []


def test_no_sidecar_runs_on_in_a_pod_that_is_kept(done: Finished, recorder: Recorder) -> None:
    (pod,) = recorder.pods(DAG, "kept")

    def ended() -> bool:
        return any("Stopping container beside" in event["message"] for event in recorder.events([pod]))

    until(ended)
    found = recorder.api.read_namespaced_pod(pod.name, NAMESPACE).status
    assert (found.phase, found.reason) == ("Failed", "DeadlineExceeded")  # as Kubernetes calls it
    (base,) = (one.state.terminated for one in found.container_statuses if one.name == "base")
    assert base.exit_code == 0
    recorder.kill(pod)


def test_containers_before_and_beside_are_hardened_and_have_no_connection(done: Finished, recorder: Recorder) -> None:
    (pod,) = recorder.pods(DAG, "accompanied")
    spec = pod.states[0]["spec"]
    for container in [*spec["initContainers"], *spec["containers"]]:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
        has_connection = any(mount["mountPath"] == "/run/snowflake" for mount in container.get("volumeMounts", []))
        assert has_connection == (container["name"] == "base")


def test_the_example_of_the_docs_runs(clustered: Laptop) -> None:
    done = clustered.run("shell_and_jq")
    assert done.code == 0, done.output
    rows = clustered.sql("select ROUTE, SECONDS from ROUTE_MEANS order by ROUTE")
    assert rows == [{"ROUTE": "a", "SECONDS": "320.0"}, {"ROUTE": "b", "SECONDS": "290.0"}]
