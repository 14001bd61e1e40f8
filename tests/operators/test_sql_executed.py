"""SQL tasks over the real hook and connector: what Snowflake gets, what the task keeps and what it says."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk.exceptions import AirflowFailException

from include.operators import SnowflakeSQLOperator
from tests.scripted_snowflake import RefusedError, ScriptedSnowflake

INSTANCE = {"dag_id": "trips", "task_id": "load", "run_id": "monday", "try_number": 2, "map_index": -1}
CONTEXT: Any = {"ti": SimpleNamespace(**INSTANCE, stats_tags={})}


def run(sql: Any, **more: Any) -> Any:
    arguments = {"split_statements": True, "return_last": True} | more
    return SnowflakeSQLOperator(task_id="load", conn_id="mine", sql=sql, **arguments).execute(CONTEXT)


def test_each_statement_runs_and_the_last_rows_are_kept(connected: ScriptedSnowflake) -> None:
    connected.answers["^select count"] = [{"N": 3}]
    assert run("create table t (a int);\nselect count(*) from t; -- done\n") == [(3,)]
    statements = connected.statements("^create|^select (?!.*QUERY_HISTORY)")
    assert statements == ["create table t (a int);", "select count(*) from t; -- done"]


def test_its_session_names_the_task_and_the_try(connected: ScriptedSnowflake) -> None:
    run("select 1")
    assert json.loads(connected.logins[-1]["SESSION_PARAMETERS"]["QUERY_TAG"]) == INSTANCE


@pytest.mark.parametrize(
    ("refused", "final"),
    [
        (RefusedError(904, "SQL compilation error: invalid identifier 'A'", "42000"), True),
        (RefusedError(2003, "Object 'T' does not exist or not authorized.", "02000"), False),
        (RefusedError(603, "An internal error occurred.", "XX000"), False),
    ],
)
def test_what_snowflake_refuses_is_told_in_its_own_words(
    connected: ScriptedSnowflake, refused: RefusedError, final: bool
) -> None:
    connected.answers["^select"] = refused
    with pytest.raises(AirflowException, match="Snowflake refused the SQL of load: ") as caught:
        run("select * from t")
    assert refused.message in str(caught.value)
    assert isinstance(caught.value, AirflowFailException) == final


def test_a_percent_sign_that_is_no_placeholder_is_told_before_anything_runs(connected: ScriptedSnowflake) -> None:
    with pytest.raises(AirflowFailException, match="has a `%` that is no placeholder"):
        run(["select %(a)s", "select 1 where a like '%b%'"], parameters={"a": 1})
    assert connected.asked == []
