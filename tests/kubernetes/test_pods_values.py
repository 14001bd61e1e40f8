"""Pods get what interpreters get: session, names; and what another try cannot fix is not tried again.

All in one run.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.local import airflow
from include.local.log import task_error
from tests.kubernetes.recorder import Recorder
from tests.laptop import Finished, Laptop

DAG = "Pod_Values"
LONG = "forecast_of_demand_by_store_and_article_for_the_next_six_weeks_and_the_reasons"
TAG = "cost centre 7"


@pytest.fixture(scope="module")
def done(clustered: Laptop, recorder: Recorder) -> Finished:
    right = json.loads(airflow.environment(clustered.local / "snowflake")["AIRFLOW_CONN_SNOWFLAKE_DEFAULT"])
    mine = {**right["extra"], "session_parameters": {"TIMEZONE": "Asia/Kolkata", "QUERY_TAG": TAG}}
    done = clustered.run(DAG, AIRFLOW_CONN_SNOWFLAKE_MINE=json.dumps({**right, "extra": mine}))
    assert done.code == 1, done.output
    return done


@pytest.fixture(scope="module")
def tasks(done: Finished, clustered: Laptop) -> dict[str, dict[str, Any]]:
    return {task["task_id"]: task for task in clustered.latest(DAG)["tasks"]}


def test_dollars_and_variables_arrive_as_they_are(tasks: dict[str, Any]) -> None:
    assert tasks["Got_It"]["result"] == {"dollars": ["str", "$$(HOME) costs $$$$5"], "env": ["true", "3"]}


def test_the_session_is_the_one_that_the_connection_asks_for(tasks: dict[str, Any]) -> None:
    assert tasks[LONG]["result"] == {"TIMEZONE": "Asia/Kolkata", "QUERY_TAG": TAG}


def test_names_tell_dag_and_task(tasks: dict[str, Any], recorder: Recorder) -> None:
    (short,), (long,) = (
        recorder.pods(DAG, "Got_It"),
        [pod for pod in recorder.pods(DAG) if pod.name.startswith("pod-values-forecast")],
    )
    assert short.name.startswith("pod-values-got-it-1-")
    assert long.name.startswith("pod-values-forecast-of-demand-by-store-and-article")
    assert len(long.name) == 63


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("exits", ["include.tasks.pod_values.exits called sys.exit()"]),
        ("vanishes", ["the container ended before the function returned, with exit code 0"]),
        ("no_package", ["its module imports no_such_package, which is not there", "to the task image"]),
        ("no_database", ["There is no database NOWHERE"]),
        ("no_namespace", ["nowhere", "404"]),
        ("no_image", ["localhost/snowpod-nowhere:1 cannot be pulled (ErrImageNeverPull"]),
    ],
)
def test_it_is_said_and_not_tried_again(tasks: dict[str, Any], clustered: Laptop, task: str, words: list[str]) -> None:
    reported = task_error(clustered.log(DAG), task)
    for word in words:
        assert word in reported
    assert (tasks[task]["state"], tasks[task]["tries"]) == ("failed", 1)
