"""Statements of one session at the same time, and how they are stopped."""

from __future__ import annotations

import time
from typing import Any

import pytest
from snowflake.connector.errors import Error
from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException


def test_three_statements_take_the_time_of_one(session: Session) -> None:
    started = time.monotonic()
    jobs = [session.sql(f"select {number} as N, system$wait(3)").collect_nowait() for number in range(3)]
    assert [job.result()[0]["N"] for job in jobs] == [0, 1, 2]
    assert time.monotonic() - started < 9, "one after the other"


def test_a_job_is_cancelled(session: Session) -> None:
    running = session.sql("select system$wait(40)").collect_nowait()
    assert not running.is_done()
    running.cancel()
    started = time.monotonic()
    with pytest.raises((SnowparkSQLException, Error), match=r"canceled|cancelled|604"):
        running.result()
    assert time.monotonic() - started < 20
    assert running.is_done()
    assert session.sql(f"select system$cancel_query('{running.query_id}')").collect()[0][0] == (
        "Identified SQL statement is not currently executing."
    )


def test_a_job_that_waits_is_cancelled(session: Session) -> None:
    session.sql("begin").collect()
    running = session.sql("select system$wait(40)").collect_nowait()
    waiting = session.sql("select 1").collect_nowait()  # statements of a transaction run in order
    assert not waiting.is_done()
    for job in (waiting, running):
        job.cancel()
        with pytest.raises((SnowparkSQLException, Error)):
            job.result()
        assert job.is_done()
    session.sql("rollback").collect()


def test_all_of_a_session_are_cancelled(session: Session, connection: Any) -> None:
    job = session.sql("select system$wait(40)").collect_nowait()
    cursor = connection.cursor().execute(f"select system$cancel_all_queries({session.session_id})")
    assert cursor.fetchall()[0][0].startswith("1 ")
    with pytest.raises((SnowparkSQLException, Error)):
        job.result()


def test_changes_beside_each_other_and_a_session_that_changes(session: Session, schema: str) -> None:
    session.sql("create or replace table BESIDE (N int)").collect()
    session.sql(f"create or replace schema {schema}_2").collect()
    session.use_schema(schema)
    waiting = session.sql("select system$wait(2)").collect_nowait()
    jobs = [session.sql(f"insert into BESIDE values ({number})").collect_nowait() for number in range(3)]
    session.use_schema(f"{schema}_2")  # waits for them, which began in the other schema
    session.use_schema(schema)
    assert waiting.is_done()
    assert [job.result()[0][0] for job in jobs] == [1, 1, 1]
    assert sorted(session.table("BESIDE").collect()) == [(0,), (1,), (2,)]
    jobs = [session.sql("update BESIDE set N = N + 10").collect_nowait() for _ in range(2)]
    assert [job.result()[0][0] for job in jobs] == [3, 3]
    assert sorted(session.table("BESIDE").collect()) == [(20,), (21,), (22,)]


def test_temporary_tables_are_read_beside_others(session: Session) -> None:
    session.sql("create or replace temporary table OWN_ONE as select 5 as N").collect()
    waiting = session.sql("select system$wait(1)").collect_nowait()
    reading = session.table("OWN_ONE").collect_nowait()
    assert reading.result() == [(5,)]
    waiting.result()


def test_temporary_objects_of_snowpark_leave_the_transaction_open(session: Session) -> None:
    session.sql("create or replace table IN_IT (N int)").collect()
    session.sql("begin").collect()
    session.sql("insert into IN_IT values (1)").collect()
    held = session.table("IN_IT").cache_result()
    assert held.collect() == [(1,)]
    many = session.create_dataframe([[number] for number in range(600)], schema=["N"])
    assert many.count() == 600
    session.sql("update IN_IT set N = 2").collect()
    assert (session.table("IN_IT").collect(), held.collect()) == ([(2,)], [(1,)])
    session.sql("rollback").collect()
    assert session.table("IN_IT").count() == 0
    session.sql("drop table IN_IT").collect()
