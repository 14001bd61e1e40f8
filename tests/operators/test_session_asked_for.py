"""A task's session is the one that its connection asks for, and what Snowflake refuses for good is not tried again."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk.exceptions import AirflowFailException

from include.local import airflow
from include.operators import SnowflakeSQLOperator
from include.operators.connection import connection_parameters
from include.operators.session import query_tag
from include.runtime.session import open_session
from tests.laptop import Laptop

INSTANCE = SimpleNamespace(dag_id="dag", task_id="task", run_id="monday", try_number=2, map_index=None)
CONTEXT: Any = {"ti": INSTANCE}


def by_sql(statement: str) -> Any:
    return SnowflakeSQLOperator(task_id="task", conn_id="mine", sql=statement, split_statements=True).execute(CONTEXT)


def by_function(statement: str) -> Any:
    session = open_session(connection_parameters("mine"), query_tag(CONTEXT))
    try:
        return session.sql(statement).collect()
    finally:
        session.close()


@pytest.fixture
def connect(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], None]:
    """Defines the Airflow connection `mine` with more in its extra."""
    right = json.loads(airflow.environment(laptop.local / "snowflake")["AIRFLOW_CONN_SNOWFLAKE_DEFAULT"])

    def define(more: dict[str, Any]) -> None:
        monkeypatch.setenv("AIRFLOW_CONN_MINE", json.dumps({**right, "extra": {**right["extra"], **more}}))

    return define


def parameter(run: Callable[[str], Any], name: str) -> str:
    return str(run(f"show parameters like '{name}'")[0][1])


@pytest.mark.parametrize("run", [by_sql, by_function])
@pytest.mark.parametrize("written", [dict, json.dumps], ids=["mapping", "text"])
def test_session_parameters_hold(
    connect: Callable[..., None], run: Callable[[str], Any], written: Callable[[Any], Any]
) -> None:
    connect({"session_parameters": written({"TIMEZONE": "Asia/Kolkata", "query_tag": "cost centre 7"})})
    assert parameter(run, "TIMEZONE") == "Asia/Kolkata"
    assert parameter(run, "QUERY_TAG") == "cost centre 7"


@pytest.mark.parametrize("run", [by_sql, by_function])
def test_the_query_tag_names_the_task_where_the_user_has_none(
    connect: Callable[..., None], run: Callable[[str], Any]
) -> None:
    connect({"session_parameters": {"TIMEZONE": "Asia/Kolkata"}})
    assert json.loads(parameter(run, "QUERY_TAG")) == query_tag(CONTEXT)
    assert parameter(run, "TIMEZONE") == "Asia/Kolkata"


@pytest.mark.parametrize(
    ("sql", "final", "words"),
    [
        ("selekt 1", True, "syntax error line 1"),
        ("select no_such_column from (select 1 as a)", True, "invalid identifier"),
        ("select * from no_such_table", False, "does not exist or not authorized"),
        ("select 1 / 0", False, "Division by zero"),
    ],
)
def test_sql_that_is_refused_for_good(connect: Callable[..., None], sql: str, final: bool, words: str) -> None:
    connect({})
    with pytest.raises(AirflowException, match=words) as raised:
        by_sql(sql)
    assert isinstance(raised.value, AirflowFailException) is final
