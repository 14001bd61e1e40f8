"""Airflow's own hook and operators, in Airflow's interpreter."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from airflow.exceptions import AirflowException
from airflow.providers.common.sql.operators.sql import (
    SQLColumnCheckOperator,
    SQLExecuteQueryOperator,
    SQLTableCheckOperator,
)
from airflow.providers.snowflake.decorators.snowpark import snowpark_task
from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook
from airflow.providers.snowflake.operators.snowpark import SnowparkOperator
from airflow.providers.snowflake.transfers.copy_into_snowflake import CopyFromExternalStageToSnowflakeOperator
from airflow.sdk import DAG
from airflow.sdk.execution_time.context import set_current_context
from snowflake.connector.errors import ProgrammingError
from snowflake.snowpark import Session
from sqlalchemy import Column, Integer, MetaData, Sequence, String, Table, select

from include.local import airflow
from tests.laptop import Laptop

CONNECTION = "snowflake_embedded"
ROWS = [(1, "a", 2.5), (2, "b", None), (3, None, 4.0)]


@pytest.fixture(scope="module")
def schema(laptop: Laptop) -> Iterator[str]:
    """A schema of this test file's own, dropped at its end."""
    name = f"T_{uuid.uuid4().hex[:8].upper()}"
    laptop.sql(f"create schema {name}")
    yield name
    laptop.sql(f"drop schema {name}")


@pytest.fixture
def hook(laptop: Laptop, schema: str, monkeypatch: pytest.MonkeyPatch) -> SnowflakeHook:
    connection = json.loads(airflow.environment(laptop.local / "snowflake")["AIRFLOW_CONN_SNOWFLAKE_DEFAULT"])
    monkeypatch.setenv(f"AIRFLOW_CONN_{CONNECTION.upper()}", json.dumps({**connection, "schema": schema}))
    return SnowflakeHook(snowflake_conn_id=CONNECTION)


@pytest.fixture
def points(hook: SnowflakeHook) -> str:
    hook.run("create or replace table POINTS (N number, G varchar, V float)")
    hook.insert_rows("POINTS", ROWS, target_fields=["N", "G", "V"])
    return "POINTS"


@pytest.fixture
def dag() -> Iterator[DAG]:
    with DAG("of_a_test", start_date=datetime.datetime(2024, 1, 1), schedule=None) as opened:
        yield opened


def test_a_set_up_script(hook: SnowflakeHook, schema: str) -> None:
    hook.run(
        f"""create warehouse if not exists LOADING warehouse_size = xsmall auto_suspend = 60;
        create role if not exists LOADERS; grant role LOADERS to role SYSADMIN;
        grant usage on warehouse LOADING to role LOADERS; grant usage on schema {schema} to role LOADERS;
        grant select, insert on future tables in schema {schema} to role LOADERS;
        create or replace table LOADED (A int)""",
        split_statements=True,
    )
    granted = {(privilege, kind) for _, privilege, kind, *_ in hook.get_records("show grants to role LOADERS")}
    assert granted == {("USAGE", "WAREHOUSE"), ("USAGE", "SCHEMA"), ("SELECT", "TABLE"), ("INSERT", "TABLE")}
    hook.run(["drop role LOADERS", "drop warehouse LOADING"])


def test_hook(hook: SnowflakeHook, points: str) -> None:
    assert hook.test_connection() == (True, "Connection successfully tested")
    assert hook.get_records(f"select * from {points} order by N") == ROWS
    assert hook.get_first(f"select count(*) from {points} where N > %(least)s", parameters={"least": 1}) == (2,)
    frame = hook.get_df(f"select * from {points} order by N")
    assert frame.shape == (3, 3)
    assert sum(len(part) for part in hook.get_df_by_chunks(f"select * from {points}", chunksize=2)) == 3


def test_run_with_handlers(hook: SnowflakeHook, points: str) -> None:
    statements = f"update {points} set V = 0 where V is null; select sum(V) from {points};"
    results = hook.run(statements, handler=lambda cursor: cursor.fetchall(), split_statements=True, return_last=False)
    assert results == [[(1, 0)], [(6.5,)]]
    assert len(hook.query_ids) == 2
    with pytest.raises(ProgrammingError, match="NO_SUCH"):
        hook.run([f"delete from {points}", "select * from NO_SUCH"], autocommit=False)
    assert hook.get_first(f"select count(*) from {points}") == (3,), "the failed run was not rolled back"


def test_sqlalchemy(hook: SnowflakeHook, points: str) -> None:
    engine = hook.get_sqlalchemy_engine()
    with engine.connect() as connection:
        assert connection.exec_driver_sql(f"select count(*) from {points}").scalar() == 3
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}).to_sql("framed", engine, index=False, if_exists="replace")
    assert pd.read_sql("select * from framed order by a", engine)["b"].tolist()[0] == "x"
    metadata = MetaData()
    numbered = Table(
        "numbered", metadata, Column("id", Integer, Sequence("numbers"), primary_key=True), Column("name", String(20))
    )
    for _ in range(2):  # the second time it must find that the first has left nothing
        metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(numbered.insert(), {"name": "first"})
            assert [tuple(row) for row in connection.execute(select(numbered))] == [(1, "first")]
        metadata.drop_all(engine)
    engine.dispose()


def test_query_operator(hook: SnowflakeHook, points: str, dag: DAG) -> None:
    task = SQLExecuteQueryOperator(task_id="ask", conn_id=CONNECTION, sql=f"select max(N) from {points}")
    assert task.execute({}) == [(3,)]
    task = SQLExecuteQueryOperator(
        task_id="several",
        conn_id=CONNECTION,
        sql=[f"insert into {points} values (4, 'd', 1)", f"select count(*) from {points}"],
    )
    assert task.execute({})[-1] == [(4,)]


def test_check_operators(hook: SnowflakeHook, points: str, dag: DAG) -> None:
    checks = {"rows": {"check_statement": "count(*) = 3"}, "sums": {"check_statement": "sum(N) = 6"}}
    SQLTableCheckOperator(task_id="table", conn_id=CONNECTION, table=points, checks=checks).execute({})
    columns: dict[str, Any] = {
        "N": {"null_check": {"equal_to": 0}, "min": {"geq_to": 1}, "unique_check": {"equal_to": 0}}
    }
    SQLColumnCheckOperator(task_id="columns", conn_id=CONNECTION, table=points, column_mapping=columns).execute({})
    wrong = SQLTableCheckOperator(
        task_id="wrong", conn_id=CONNECTION, table=points, checks={"rows": {"check_statement": "count(*) = 4"}}
    )
    with pytest.raises(AirflowException, match="rows"):
        wrong.execute({})


def test_snowpark_operator_and_decorator(hook: SnowflakeHook, points: str, dag: DAG) -> None:
    def count(table: str, session: Session | None = None) -> int:
        assert session is not None
        return session.table(table).count()

    # The operators look at their run and task for the query tag.
    run, task = SimpleNamespace(dag_id="of_a_test", run_id="by_hand"), SimpleNamespace(task_id="count")
    context = {"dag_run": run, "task_instance": task}
    with set_current_context(context):  # type: ignore[arg-type]
        plain = SnowparkOperator(
            task_id="operator", snowflake_conn_id=CONNECTION, python_callable=count, op_kwargs={"table": points}
        )
        assert plain.execute(dict(context)) == 3
        called = snowpark_task(count, snowflake_conn_id=CONNECTION)(table=points)
        assert called.operator.execute(dict(context)) == 3


def test_copy_from_a_stage(hook: SnowflakeHook, points: str, dag: DAG, tmp_path: Path) -> None:
    (tmp_path / "more.csv").write_text("7,g,1.5\n8,h,2\n")
    hook.run(["create or replace stage MORE", f"put 'file://{tmp_path}/more.csv' @MORE/in auto_compress = false"])
    options = {
        "snowflake_conn_id": CONNECTION,
        "table": points,
        "file_format": "(type = csv)",
        "prefix": "in/",
        "files": ["more.csv"],
    }
    CopyFromExternalStageToSnowflakeOperator(task_id="copy", stage="MORE", **options).execute({})
    assert hook.get_first(f"select count(*), sum(N) from {points}") == (5, 21)
    missing = CopyFromExternalStageToSnowflakeOperator(task_id="missing", stage="NO_SUCH_STAGE", **options)
    with pytest.raises(ProgrammingError, match="does not exist or not authorized"):
        missing.execute({})
    with pytest.raises(ProgrammingError, match="not supported by the embedded Snowflake: an external stage"):
        hook.run("create stage OUTSIDE url = 's3://bucket/'")
