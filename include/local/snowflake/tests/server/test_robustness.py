from __future__ import annotations

import contextlib
import random
import subprocess
import sys
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor

from tests.environments import ROOT
from tests.mutations import mutated


def test_broken_statements_are_errors_and_nothing_more(connection_parameters: dict[str, Any], schema: str) -> None:
    """A failure that is no answer of the server's (HTTP 500, a lost connection) is an OperationalError or worse."""
    chance = random.Random(20_240)
    with snowflake.connector.connect(
        **{**connection_parameters, "schema": schema, "network_timeout": 10}
    ) as connection:
        cursor = connection.cursor()
        for _ in range(300):
            statement = mutated(chance)
            with contextlib.suppress(
                snowflake.connector.errors.ProgrammingError, snowflake.connector.errors.IntegrityError
            ):
                cursor.execute(statement)
        assert cursor.execute("select 1").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        'select * from "/etc/passwd.csv"',
        "select * from read_text('settings.json')",
        "copy into @~/x from '/etc/passwd'",
        "select * from duckdb_settings()",
    ],
)
def test_the_machine_s_files_are_out_of_reach(cursor: SnowflakeCursor, statement: str) -> None:
    with pytest.raises(snowflake.connector.errors.ProgrammingError):
        cursor.execute(statement)


def test_a_failed_statement_leaves_the_transaction_open(cursor: SnowflakeCursor) -> None:
    cursor.execute("create or replace table KEPT (A number not null)")
    cursor.execute("begin")
    cursor.execute("insert into KEPT values (1)")
    cursor.execute("execute immediate 'insert into KEPT values (3)'")
    for failing in ("insert into KEPT values (null)", "select 1/0", "select 'x'::number", "selec"):
        with pytest.raises(snowflake.connector.errors.DatabaseError):
            cursor.execute(failing)
    cursor.execute("show tables")
    assert cursor.execute("select count(*) from table(result_scan(last_query_id()))").fetchone()[0] > 0
    cursor.execute(
        "insert into KEPT select X.A / 2 + 1.5 from (select 1 as A) X where exists (select Y.A / X.A from KEPT Y)"
    )
    cursor.execute("commit")
    assert cursor.execute("select A from KEPT order by A").fetchall() == [(1,), (2,), (3,)]


@pytest.mark.server
def test_a_killed_server_loses_nothing_that_was_acknowledged() -> None:
    """A small run of the benchmark.

    Rows, transactions, files, functions and procedures of three clients, and one SIGKILL.
    """
    command = [sys.executable, "-m", "benchmarks.crash", "--processes", "3", "--seconds", "8", "--kills", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    kinds = {line.split()[0]: int(line.split()[1]) for line in done.stdout.splitlines()[1:12]}
    assert len(kinds) == 11
    assert min(kinds.values()) > 0, done.stdout


def test_several_statements_at_once(cursor: SnowflakeCursor) -> None:
    cursor.execute(
        "create or replace table M (A number); insert into M values (1), (2); select sum(A) from M", num_statements=3
    )
    assert cursor.fetchall()[0][0] == "Table M successfully created."
    assert cursor.nextset().fetchall() == [(2,)]
    assert cursor.nextset().fetchall() == [(3,)]
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="Actual statement count 2 did not match"):
        cursor.execute("select 1; select 2")


def test_a_statement_past_its_time_is_cancelled(cursor: SnowflakeCursor) -> None:
    endless = "select count(*) from table(generator(rowcount => 1000000000)) a, table(generator(rowcount => 100000)) b"
    # The connector says "cancelled by the client due to a timeout" only if its request to cancel is answered before the
    # statement.
    words = "cancelled by the client due to a timeout|SQL execution canceled"
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match=words):
        cursor.execute(endless, timeout=1)
    assert cursor.execute("select 1").fetchone() == (1,)


def test_bindings(connection_parameters: dict[str, Any], schema: str) -> None:
    with snowflake.connector.connect(**{**connection_parameters, "schema": schema}, paramstyle="qmark") as connection:
        cursor = connection.cursor()
        assert cursor.execute("select ?, ?, ?", (1, "it's ?", None)).fetchone() == (1, "it's ?", None)
        cursor.execute("create or replace table BOUND (A number, S varchar)")
        cursor.executemany("insert into BOUND values (?, ?)", [(number, f"row {number}") for number in range(500)])
        assert cursor.rowcount == 500
        assert cursor.execute("select count(distinct S) from BOUND where A >= ?", (100,)).fetchone() == (400,)


def test_the_history_knows_tags_and_failures(cursor: SnowflakeCursor) -> None:
    cursor.execute("alter session set query_tag = 'tagged'")
    cursor.execute("select 42")
    with pytest.raises(snowflake.connector.errors.ProgrammingError):
        cursor.execute("select * from NOT_THERE")
    history = (
        "table(information_schema.query_history_by_session()) where QUERY_TAG = 'tagged' and QUERY_TEXT like 'select%'"
    )
    found = cursor.execute(
        f"select QUERY_TEXT, EXECUTION_STATUS, ERROR_CODE from {history} order by START_TIME"
    ).fetchall()
    assert found[:2] == [("select 42", "SUCCESS", None), ("select * from NOT_THERE", "FAILED_WITH_ERROR", "002003")]


def test_a_list_that_snowflake_finds_too_long_is_refused_before_it_is_parsed(cursor: SnowflakeCursor) -> None:
    values = ",".join(["(1)"] * 200_001)
    with pytest.raises(
        snowflake.connector.errors.ProgrammingError, match="maximum number of expressions in a list exceeded"
    ) as caught:
        cursor.execute(f"select * from values {values}")
    assert caught.value.errno == 1795
