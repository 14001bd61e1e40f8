"""From a result to the next task, what a session is like, and which failures are tried again.

One run of what users write.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from include.local import airflow
from include.local.log import task_error
from tests.laptop import CANARY, Finished, Laptop

DAG = "results"
TAG = "cost centre 7"


@pytest.fixture(scope="module")
def done(users: Laptop) -> Finished:
    right = json.loads(airflow.environment(users.local / "snowflake")["AIRFLOW_CONN_SNOWFLAKE_DEFAULT"])
    mine = json.dumps(
        {"TIMEZONE": "Asia/Kolkata", "QUERY_TAG": TAG}
    )  # text, as Airflow's form for connections makes it
    done = users.run(
        DAG,
        CLUSTER="none",
        AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR",  # what a shell may have: the reason of a failure is found all the same
        AIRFLOW__LOGGING__JSON_LOGS="True",
        FORCE_COLOR="1",
        AIRFLOW_CONN_SNOWFLAKE_MINE=json.dumps({**right, "extra": {**right["extra"], "session_parameters": mine}}),
        AIRFLOW_CONN_SNOWFLAKE_WRONG=json.dumps({**right, "password": f"not-{CANARY[::-1]}"}),
        AIRFLOW_CONN_SNOWFLAKE_GONE=json.dumps({**right, "extra": {**right["extra"], "port": 1, "login_timeout": 5}}),
        AIRFLOW_CONN_NOT_SNOWFLAKE=json.dumps({"conn_type": "http", "host": "localhost"}),
    )
    assert done.code == 1, done.output
    return done


@pytest.fixture(scope="module")
def tasks(done: Finished, users: Laptop) -> dict[str, dict[str, Any]]:
    return {task["task_id"]: task for task in users.latest(DAG)["tasks"]}


def test_a_row_reaches_a_function_as_it_was(tasks: dict[str, Any]) -> None:
    assert tasks["row"]["result"] == {
        "values": [
            "list",
            (
                "[Decimal('12345678901234567890.12'), b'\\x00\\xff', nan, datetime.date(2024, 2, 29), datetime.time(1,"
                " 2, 3), Decimal('1.5')]"
            ),
        ]
    }


def test_a_row_reaches_sql_as_text(tasks: dict[str, Any]) -> None:
    assert tasks["text"]["result"] == [["2024-02-29", "12345678901234567890.12"]]


def test_nothing_is_none_and_an_empty_list_is_one(tasks: dict[str, Any]) -> None:
    assert tasks["of_nothing"]["result"] == {"nothing": ["NoneType", "None"], "empty": ["list", "[]"]}
    assert tasks["without"]["result"] == {"model": ["str", "none"]}


@pytest.mark.parametrize(
    ("task", "tries", "words"),
    [
        ("of_skipped", 1, ["`outputs.after.model` is not there: the task `after` was skipped", "| default(…)"]),
        ("sql_of_skipped", 1, ["`outputs.after.model` is not there: the task `after` was skipped"]),
        ("shell_of_skipped", 1, ["`outputs.after.model` is not there: the task `after` was skipped"]),
        ("of_nothings_key", 1, ["`outputs.nothing.model` is not there: the task `nothing` returned nothing"]),
        ("wrong_key", 1, ["`outputs.row.model` is not there: what `row` returned has no `model`; it has only values"]),
        ("percent", 1, ["like '%b%' and", "has a `%` that is no placeholder", "Write `%%` for a percent sign"]),
        ("syntax", 1, ["Snowflake refused the SQL of syntax: 001003", "syntax error line 1"]),
        ("not_there", 2, ["NO_SUCH_TABLE", "does not exist or not authorized"]),
        ("other_type", 1, ["The Airflow connection not_snowflake is of type http, not snowflake"]),
        ("no_database", 1, ["There is no database NOWHERE", "`snowflake:`"]),
        ("wrong_password", 1, ["Incorrect username or password", "check login and password"]),
        ("unreachable", 2, ["did not open a session", "check that it runs"]),
    ],
)
def test_what_is_missing_is_said_and_tried_again_only_where_that_helps(
    tasks: dict[str, Any], users: Laptop, task: str, tries: int, words: list[str]
) -> None:
    reported = task_error(users.log(DAG), task)
    for word in words:
        assert word in reported
    assert (tasks[task]["state"], tasks[task]["tries"]) == ("failed", tries)


def test_a_percent_sign_written_twice_is_one(tasks: dict[str, Any]) -> None:
    assert tasks["percents"]["result"] == [[1]]


def test_operators_have_the_environments_connection(tasks: dict[str, Any]) -> None:
    assert tasks["query"]["result"] == [[7]]
    assert tasks["sensed"]["state"] == "success"
    assert tasks["named"]["result"] == "snowflake_default"


def test_files_that_operators_template_count_from_the_root(tasks: dict[str, Any]) -> None:
    assert tasks["script"]["result"] == f"hello from {DAG}"


def test_the_session_is_the_one_that_the_connection_asks_for(tasks: dict[str, Any]) -> None:
    assert tasks["session_sql"]["result"][0][1] == "Asia/Kolkata"
    assert tasks["session_tag"]["result"][0][1] == TAG
    assert tasks["session_here"]["result"] == {"TIMEZONE": "Asia/Kolkata", "QUERY_TAG": TAG}


def test_a_query_tag_of_ours_where_the_user_has_none(tasks: dict[str, Any]) -> None:
    for task, tag in (
        ("own_tag_sql", tasks["own_tag_sql"]["result"][0][1]),
        ("own_tag_here", tasks["own_tag_here"]["result"]["QUERY_TAG"]),
    ):
        assert (json.loads(tag)["dag_id"], json.loads(tag)["task_id"]) == (DAG, task)


def test_a_procedure_has_its_callers_session(tasks: dict[str, Any]) -> None:
    assert tasks["session_inside"]["result"] == {"TIMEZONE": "Asia/Kolkata", "QUERY_TAG": TAG}
