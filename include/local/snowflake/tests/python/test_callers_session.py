"""A procedure runs in its caller's session: the same transaction, temporary objects and parameters.

Rights as documented.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import DatabaseError, ProgrammingError
from snowflake.snowpark import Session

from .conftest import Define

Run = Callable[..., None]


@pytest.fixture(scope="module")
def running(connection_parameters: dict[str, Any], schema: str, runtime: str) -> None:
    """Two procedures that run the statements they are given, in order, and give the last one's only value."""
    code = "def run(session, statements): return [str(session.sql(s).collect()[0][0]) for s in statements][-1]"
    with snowflake.connector.connect(**{**connection_parameters, "schema": schema}) as connection:
        for name, rights in (("OWNS", "owner"), ("SHARES", "caller")):
            connection.cursor().execute(
                f"create or replace procedure {name}(statements array) returns varchar language python"
                f" runtime_version='{runtime}' packages=('snowflake-snowpark-python') handler='run' execute as {rights}"
                f" as $$\n{code}\n$$"
            )


pytestmark = pytest.mark.usefixtures("running")


def call(cursor: SnowflakeCursor, name: str, *statements: str) -> Any:
    return value(cursor, f"call {name}(parse_json($${json.dumps(statements)}$$)::array)")


def value(cursor: SnowflakeCursor, sql: str) -> Any:
    return cursor.execute(sql).fetchall()[0][0]


@pytest.fixture
def table(cursor: SnowflakeCursor) -> str:
    cursor.execute("create or replace table T (A int)")
    return "T"


@pytest.mark.parametrize("name", ["OWNS", "SHARES"])
def test_it_is_part_of_its_callers_transaction(cursor: SnowflakeCursor, table: str, name: str) -> None:
    cursor.execute("begin")
    cursor.execute("insert into T values (1)")
    cursor.execute("update T set A = 5")
    statements = (
        "insert into T values (2)",
        "update T set A = A + 1",
        "select listagg(A, ',') within group (order by A) from T",
    )
    assert call(cursor, name, *statements) == "3,6"
    cursor.execute("rollback")
    assert value(cursor, "select count(*) from T") == 0
    cursor.execute("begin")
    call(cursor, name, "insert into T values (3)")
    cursor.execute("commit")
    assert value(cursor, "select sum(A) from T") == 3


def test_a_failed_call_is_undone_and_the_transaction_goes_on(cursor: SnowflakeCursor, table: str) -> None:
    cursor.execute("begin")
    cursor.execute("insert into T values (1)")
    with pytest.raises(ProgrammingError, match="NO_SUCH"):
        call(cursor, "OWNS", "insert into T values (2)", "update T set A = 7", "select * from NO_SUCH")
    cursor.execute("insert into T values (3)")
    cursor.execute("commit")
    assert cursor.execute("select A from T order by A").fetchall() == [(1,), (3,)]


def test_transactions_are_scoped(cursor: SnowflakeCursor, table: str) -> None:
    call(cursor, "OWNS", "begin", "insert into T values (1)", "commit", "begin", "insert into T values (2)", "rollback")
    assert value(cursor, "select sum(A) from T") == 1
    with pytest.raises(
        ProgrammingError, match="Scoped transaction started in stored procedure is incomplete and it was rolled back"
    ):
        call(cursor, "OWNS", "begin", "insert into T values (4)")
    assert value(cursor, "select sum(A) from T") == 1
    for statement in ("commit", "rollback", "create or replace table OTHER (A int)"):
        cursor.execute("begin")
        with pytest.raises(
            ProgrammingError, match="Modifying a transaction that has started at a different scope is not allowed"
        ):
            call(cursor, "OWNS", statement)
        cursor.execute("rollback")


def test_an_enclosed_transaction_is_one_of_its_own(cursor: SnowflakeCursor, table: str) -> None:
    cursor.execute("create or replace table OTHER (A int)")
    cursor.execute("begin")
    cursor.execute("insert into T values (1)")
    cursor.execute("update T set A = 2")
    enclosed = ("begin", "insert into OTHER select count(*) from T", "commit")
    seen = call(cursor, "OWNS", *enclosed, "select (select A from OTHER) || (select A from T)")
    assert seen == "02", (
        "the enclosed one sees what is committed, and the statement after it is the caller's transaction again"
    )
    with pytest.raises(ProgrammingError, match="deadlock"):
        call(cursor, "OWNS", "begin", "update T set A = 3", "commit")
    cursor.execute("rollback")
    assert cursor.execute("select (select count(*) from T), (select count(*) from OTHER)").fetchall() == [(0, 1)]


def test_procedures_within_procedures(cursor: SnowflakeCursor, table: str) -> None:
    inner = json.dumps(["begin", "insert into T values (2)"])
    outer = (
        "insert into T values (1)",
        "begin",
        "insert into T values (10)",
        f"call OWNS(parse_json('{inner}')::array)",
        "commit",
    )
    with pytest.raises(ProgrammingError, match="Scoped transaction started in stored procedure is incomplete"):
        call(cursor, "OWNS", *outer)
    assert cursor.execute("select A from T").fetchall() == [(1,)], "as in the documentation's example"
    inner = json.dumps(["insert into T values (2)"])
    call(cursor, "OWNS", "begin", f"call SHARES(parse_json('{inner}')::array)", "rollback")
    assert cursor.execute("select A from T").fetchall() == [(1,)]


def test_without_autocommit_a_procedure_must_end_its_transaction(cursor: SnowflakeCursor, table: str) -> None:
    cursor.execute("alter session set autocommit = false")
    with pytest.raises(ProgrammingError, match="Scoped transaction"):
        call(cursor, "OWNS", "insert into T values (1)")
    call(cursor, "OWNS", "insert into T values (2)", "commit")
    cursor.execute("rollback")
    assert cursor.execute("select A from T").fetchall() == [(2,)]


def test_temporary_objects_are_shared(session: Session, schema: str) -> None:
    held = session.create_dataframe([[1], [2]], schema=["A"]).cache_result()
    session.sql("create or replace temporary table MINE as select 7 as A").collect()
    cursor = session.connection.cursor()
    for name in ("OWNS", "SHARES"):
        assert call(cursor, name, f"select sum(A) from {held.table_name}") == "3"
        assert call(cursor, name, "select A from MINE") == "7"
    call(cursor, "SHARES", "create temporary table MADE as select 8 as A", "select 1")
    assert session.table("MADE").collect() == [(8,)]
    with pytest.raises(ProgrammingError, match="Unsupported statement type 'temporary TABLE'"):
        call(cursor, "OWNS", "create temporary table MADE_TOO as select 8 as A")


def test_callers_rights(cursor: SnowflakeCursor, schema: str) -> None:
    cursor.execute(f"create or replace schema {schema}_NEXT")
    cursor.execute(f"use schema {schema}")
    cursor.execute("set MINE = 4")
    cursor.execute("alter session set timezone = 'Asia/Tokyo', query_tag = 'mine'")
    number = value(cursor, "select current_session()")
    asked = (
        "select $MINE || ' ' || to_char('2024-01-01 00:00:00 +0000'::timestamp_ltz, 'HH24') || ' ' || current_session()"
    )
    changes = ("set YOURS = $MINE + 1", f"use schema {schema}_NEXT", "alter session set query_tag = 'yours'")
    assert call(cursor, "SHARES", *changes, asked) == f"4 09 {number}"
    assert cursor.execute("select $YOURS, current_schema()").fetchall() == [(5, f"{schema}_NEXT")]
    assert cursor.execute("show parameters like 'QUERY_TAG'").fetchall()[0][1] == "yours"
    cursor.execute("alter session unset timezone")
    cursor.execute(f"use schema {schema}")


def test_owners_rights(cursor: SnowflakeCursor, schema: str) -> None:
    cursor.execute("set MINE = 4")
    refusals = {
        "select $MINE": r"Use of session variable '\$MINE' is not allowed in owners rights stored procedure",
        "set YOURS = 1": "Unsupported statement type 'SET'",
        "unset MINE": "Unsupported statement type 'UNSET'",
        f"use schema {schema}": "Unsupported statement type 'USE'",
        "alter session set query_tag = 'x'": "Unsupported statement type 'ALTER_SESSION'",
        "show parameters": "Unsupported statement type 'SHOW'",
    }
    for statement, refusal in refusals.items():
        with pytest.raises(ProgrammingError, match=refusal):
            call(cursor, "OWNS", statement)
    nested = json.dumps(["select $MINE"])
    with pytest.raises(ProgrammingError, match="not allowed in owners rights"):
        call(cursor, "OWNS", f"call SHARES(parse_json('{nested}')::array)")
    cursor.execute(f"create or replace schema {schema}_ELSEWHERE")
    try:
        name = f"{schema}.OWNS"
        assert call(cursor, name, "select current_schema()") == schema, "that of the procedure"
        assert call(cursor, f"{schema}.SHARES", "select current_schema()") == f"{schema}_ELSEWHERE", (
            "that of the caller"
        )
    finally:
        cursor.execute(f"use schema {schema}")


def test_what_a_call_that_timed_out_has_begun_ends_with_it(cursor: SnowflakeCursor, table: str) -> None:
    slow = ("insert into T values (1)", "call system$wait(8)", "insert into T values (2)")
    cursor.execute("begin")
    cursor.execute("insert into T values (0)")
    with pytest.raises(DatabaseError, match="timeout"):
        cursor.execute(
            "call OWNS(parse_json(%s)::array)",
            (json.dumps(slow),),
            _statement_params={"STATEMENT_TIMEOUT_IN_SECONDS": 4},
        )
    cursor.execute("commit")
    time.sleep(1)
    assert cursor.execute("select A from T").fetchall() == [(0,)]


def test_a_killed_worker_leaves_the_transaction_as_it_was(cursor: SnowflakeCursor, table: str, define: Define) -> None:
    code = (
        "import os\ndef run(session):\n    session.sql('insert into T values (2)').collect()\n   "
        " os.kill(os.getpid(), 9)"
    )
    define("procedure DIES() returns int", code, options="packages=('snowflake-snowpark-python')")
    cursor.execute("begin")
    cursor.execute("insert into T values (1)")
    with pytest.raises(ProgrammingError, match="ended unexpectedly"):
        cursor.execute("call DIES()")
    cursor.execute("commit")
    assert cursor.execute("select A from T").fetchall() == [(1,)]


def test_asynchronous_statements_of_a_procedure(cursor: SnowflakeCursor, table: str, define: Define) -> None:
    define("function NAP(x int) returns int", "import time\ndef run(x):\n    time.sleep(20)\n    return x")
    code = """def run(session):
    jobs = [session.sql(f"select {number}, system$wait(1)").collect_nowait() for number in (1, 2)]
    session.sql("insert into T select nap(9)").collect_nowait()
    return sum(job.result()[0][0] for job in jobs)"""
    define("procedure SPREADS() returns int", code, options="packages=('snowflake-snowpark-python')")
    assert value(cursor, "call SPREADS()") == 3
    assert value(cursor, "select count(*) from T") == 0, "what the procedure did not wait for has ended with it"


def test_an_anonymous_procedure_has_its_callers_rights(cursor: SnowflakeCursor, runtime: str) -> None:
    cursor.execute("set MINE = 6")
    code = "def run(session): return session.sql('select $MINE').collect()[0][0]"
    sql = (
        f"with LOOK as procedure() returns int language python runtime_version='{runtime}'"
        f" packages=('snowflake-snowpark-python') handler='run' as $$\n{code}\n$$ call LOOK()"
    )
    assert value(cursor, sql) == 6


def test_two_sessions_call_at_once(
    connection_parameters: dict[str, Any], schema: str, cursor: SnowflakeCursor, table: str
) -> None:
    seen: list[str] = []

    def run(number: int) -> None:
        with snowflake.connector.connect(**{**connection_parameters, "schema": schema}) as connection:
            own = connection.cursor()
            own.execute("begin")
            seen.append(
                call(own, "OWNS", f"insert into T values ({number})", "call system$wait(1)", "select listagg(A) from T")
            )
            own.execute("commit")

    threads = [threading.Thread(target=run, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == ["1", "2"]
    assert value(cursor, "select sum(A) from T") == 3
