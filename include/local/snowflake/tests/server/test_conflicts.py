"""Sessions in each other's way: Snowflake's locks, its isolation, and statements that are stopped."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import DatabaseError, ProgrammingError

from tests.environments import ROOT
from tests.waiting import until

ENDLESS = "select count(*) from table(generator(rowcount => 1000000000)) a, table(generator(rowcount => 100000)) b"
Open = Callable[[], SnowflakeCursor]
Rows = list[tuple[Any, ...]]


@pytest.fixture
def another(connection_parameters: dict[str, Any], schema: str) -> Iterator[Open]:
    """Opens sessions."""
    opened = []

    def connect() -> SnowflakeCursor:
        opened.append(snowflake.connector.connect(**{**connection_parameters, "schema": schema}))
        return opened[-1].cursor()

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def background() -> Iterator[Callable[[SnowflakeCursor, str], Future[Rows]]]:
    """Runs a statement beside the test."""
    with ThreadPoolExecutor(4) as pool:
        yield lambda cursor, sql: pool.submit(lambda: cursor.execute(sql).fetchall())


@pytest.fixture
def table(cursor: SnowflakeCursor) -> str:
    cursor.execute("create or replace table SHARED (K number, N number)")
    cursor.execute("insert into SHARED values (1, 0), (2, 0)")
    return "SHARED"


Background = Callable[[SnowflakeCursor, str], "Future[Rows]"]


def _waits(future: Future[Rows]) -> bool:
    """Whether it waits for a lock: a statement that does not has long been answered after so much time."""
    time.sleep(0.4)
    return not future.done()


@pytest.mark.parametrize("before", [[], ["begin"], ["begin", "insert into SHARED values (3, 3)"]])
def test_an_update_waits_for_another_transaction_and_loses_nothing(
    cursor: SnowflakeCursor, another: Open, background: Background, table: str, before: list[str]
) -> None:
    second = another()
    for statement in before:
        second.execute(statement)
    cursor.execute("begin")
    cursor.execute(f"update {table} set N = N + 1 where K = 1")
    update = background(second, f"update {table} set N = N + 10 where K = 1")
    assert _waits(update)
    cursor.execute("commit")
    assert update.result(60) == [(1, 0)]
    second.execute("commit")
    assert cursor.execute(f"select N from {table} where K = 1").fetchall() == [(11,)]
    assert cursor.execute(f"select count(*) from {table}").fetchone() == (3 if len(before) > 1 else 2,)


def test_of_two_that_wait_for_each_other_the_last_is_refused(
    cursor: SnowflakeCursor, another: Open, background: Background, table: str
) -> None:
    cursor.execute("create or replace table OTHER (N number)")
    cursor.execute("insert into OTHER values (0)")
    second = another()
    for opened, own in ((cursor, table), (second, "OTHER")):
        opened.execute("begin")
        opened.execute(f"update {own} set N = 5")
    first = background(cursor, "update OTHER set N = 6")
    assert _waits(first)
    with pytest.raises(ProgrammingError, match="deadlock") as caught:
        second.execute(f"update {table} set N = 7")
    assert caught.value.errno == 625
    second.execute("commit")
    assert first.result(60) == [(1, 0)]
    cursor.execute("commit")
    assert cursor.execute(f"select distinct N from {table} union all select N from OTHER order by 1").fetchall() == [
        (5,),
        (6,),
    ]


def test_a_wait_ends_at_its_limit_or_when_it_is_cancelled(cursor: SnowflakeCursor, another: Open, table: str) -> None:
    cursor.execute("begin")
    cursor.execute(f"delete from {table}")
    second = another()
    # The client's words, or the server's where its answer to the cancelled statement is the first to arrive.
    with pytest.raises(ProgrammingError, match=r"cancelled by the client|SQL execution canceled") as caught:
        second.execute(f"delete from {table}", timeout=1)
    assert caught.value.errno == 604
    second.execute("alter session set lock_timeout = 1")
    with pytest.raises(ProgrammingError, match="has locked table 'SHARED'"):
        second.execute(f"truncate table {table}")
    cursor.execute("rollback")
    assert second.execute(f"delete from {table}").fetchone() == (2,)


def test_a_transaction_sees_what_others_commit(cursor: SnowflakeCursor, another: Open, table: str) -> None:
    second = another()
    second.execute("begin")
    assert second.execute(f"select max(N) from {table}").fetchone() == (0,)
    cursor.execute(f"update {table} set N = 7")
    assert second.execute(f"select max(N) from {table}").fetchone() == (7,)
    second.execute("rollback")


def test_a_transaction_that_has_changed_rows_goes_on_seeing_the_same(
    cursor: SnowflakeCursor, another: Open, table: str
) -> None:
    """A difference that the page names: in Snowflake it would see the new row at once."""
    second = another()
    second.execute("begin")
    second.execute(f"insert into {table} values (3, 3)")
    cursor.execute(f"insert into {table} values (4, 4)")
    assert second.execute(f"select count(*) from {table}").fetchone() == (3,)
    second.execute("commit")
    assert second.execute(f"select count(*) from {table}").fetchone() == (4,)


def test_merges_at_once_insert_a_key_once(another: Open, table: str) -> None:
    merge = (
        f"merge into {table} T using (select 9 as K) S on T.K = S.K when matched then update set N = T.N + 1 when not"
        " matched then "
    )
    sessions = [another() for _ in range(4)]
    threads = [
        threading.Thread(
            target=lambda own: [own.execute(merge + "insert (K, N) values (9, 1)") for _ in range(5)], args=(one,)
        )
        for one in sessions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sessions[0].execute(f"select N from {table} where K = 9").fetchall() == [(20,)]


def test_of_sessions_that_make_a_table_at_once_none_fails(another: Open, background: Background) -> None:
    cursors = [another() for _ in range(4)]
    for number in range(10):
        made = f"create table if not exists AT_ONCE_{number} (A varchar, B int)"
        for future in [background(cursor, made) for cursor in cursors]:
            future.result()


@pytest.mark.parametrize("change", ["create or replace table LONG as select 1 as X", "drop table LONG"])
def test_a_table_that_is_read_can_be_replaced_or_dropped(
    cursor: SnowflakeCursor, another: Open, background: Background, change: str
) -> None:
    cursor.execute("create or replace table LONG as select seq8() as X from table(generator(rowcount => 1000000))")
    reader = another()
    query = background(reader, "select count(*), sum(A.X) from LONG A, (select X from LONG limit 300) B")
    time.sleep(0.1)
    cursor.execute(change)
    assert query.result(60) == [(300_000_000, 300 * 499_999_500_000)]


def test_a_statement_past_its_session_s_limit_is_stopped(cursor: SnowflakeCursor) -> None:
    cursor.execute("alter session set statement_timeout_in_seconds = 3")  # enough for the last SELECT on a busy machine
    with pytest.raises(
        ProgrammingError, match=r"Statement reached its statement or warehouse timeout of 3 second\(s\)"
    ) as caught:
        cursor.execute(ENDLESS)
    assert (caught.value.errno, caught.value.sqlstate) == (630, "57014")
    assert cursor.execute("select 1").fetchone() == (1,)


def test_an_asynchronous_query_is_cancelled_by_its_id(
    connection: snowflake.connector.SnowflakeConnection, cursor: SnowflakeCursor, another: Open
) -> None:
    cursor.execute_async(ENDLESS)
    query_id = str(cursor.sfqid)
    assert another().abort_query(query_id)
    until(lambda: not connection.is_still_running(connection.get_query_status(query_id)))
    with pytest.raises(DatabaseError, match="SQL execution canceled"):
        connection.get_query_status_throw_if_error(query_id)
    assert cursor.execute("select 1").fetchone() == (1,)


def test_what_a_cancelled_procedure_runs_is_stopped(cursor: SnowflakeCursor, another: Open) -> None:
    ((version,),) = cursor.execute("select distinct runtime_version from information_schema.packages").fetchall()
    options = f"language python runtime_version = '{version}' handler = 'run' packages = ('snowflake-snowpark-python')"
    cursor.execute(
        f"create procedure ENDLESS() returns int {options} as $$def run(session): session.sql('{ENDLESS} --"
        " within').collect()$$"
    )
    history = f"table(information_schema.query_history()) where QUERY_TEXT = '{ENDLESS} -- within'"
    watching = another()
    cursor.execute_async("call ENDLESS()")
    states = f"select EXECUTION_STATUS from {history}"
    until(lambda: watching.execute(states).fetchall() == [("RUNNING",)])
    assert watching.abort_query(str(cursor.sfqid))
    until(lambda: watching.execute(states).fetchall() != [("RUNNING",)])
    assert watching.execute(f"select ERROR_CODE from {history}").fetchall() == [("000604",)]


DIES = """
import os, sys, snowflake.connector
from embedded_snowflake import control
parameters = control.connection_parameters(control.Path(sys.argv[1]))
connection = snowflake.connector.connect(**parameters | {"schema": sys.argv[2]})
cursor = connection.cursor()
cursor.execute("begin")
cursor.execute("update SHARED set N = 100")
os.kill(os.getpid(), 9)
"""


def test_a_client_that_died_in_a_transaction_leaves_no_lock(
    cursor: SnowflakeCursor, snowflake_state: Any, schema: str, table: str
) -> None:
    done = subprocess.run([sys.executable, "-c", DIES, str(snowflake_state), schema], cwd=ROOT, check=False)
    assert done.returncode == -9
    cursor.execute(
        "alter session set lock_timeout = 60"
    )  # less than the five minutes after which any idle transaction gives way
    cursor.execute(f"update {table} set N = N + 1")
    assert cursor.execute(f"select distinct N from {table}").fetchall() == [(1,)]
