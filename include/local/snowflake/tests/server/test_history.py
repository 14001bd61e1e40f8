"""What the query history tells of a statement: what it computed on, and what it read and wrote."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector import DictCursor, ProgrammingError
from snowflake.connector.cursor import SnowflakeCursor

from embedded_snowflake.state.history import History, Took

_HISTORY = "table(information_schema.query_history_by_session(result_limit => 10000))"


def _of(cursor: SnowflakeCursor, statement: str) -> dict[str, Any]:
    """Run a statement, and give its row."""
    cursor.execute(statement)
    (row,) = (
        cursor.connection.cursor(DictCursor)
        .execute(f"select * from {_HISTORY} where QUERY_ID = '{cursor.sfqid}'")
        .fetchall()
    )
    return dict(row)


def test_rows_that_a_statement_put_into_a_table(cursor: SnowflakeCursor) -> None:
    made = _of(cursor, "create or replace temporary table N as select 1 as A from table(generator(rowcount => 7))")
    assert (made["QUERY_TYPE"], made["ROWS_INSERTED"], made["ROWS_WRITTEN_TO_RESULT"]) == (
        "CREATE_TABLE_AS_SELECT",
        7,
        1,
    )
    assert _of(cursor, "insert into N values (2), (3)")["ROWS_INSERTED"] == 2
    assert _of(cursor, "update N set A = 5 where A = 1")["ROWS_INSERTED"] == 0
    merge = "merge into N using (select column1 as B from values (5), (9)) S on A = B when matched then delete"
    assert _of(cursor, merge)["ROWS_INSERTED"] == 0
    assert _of(cursor, f"{merge} when not matched then insert values (B)")["ROWS_INSERTED"] == 2
    cursor.execute("create or replace temporary table M (A int)")
    assert _of(cursor, "insert all into M into M select A from N")["ROWS_INSERTED"] == 2 * 4


def test_what_a_query_gave_has_a_size(cursor: SnowflakeCursor) -> None:
    asked = _of(
        cursor, "/* whose */ with Q as (select seq4() as A from table(generator(rowcount => 1000))) select * from Q"
    )
    assert (asked["QUERY_TYPE"], asked["ROWS_WRITTEN_TO_RESULT"], asked["ROWS_INSERTED"]) == ("SELECT", 1000, 0)
    assert 1000 <= asked["BYTES_WRITTEN_TO_RESULT"] <= 16_000


def test_only_what_computes_has_a_warehouse_with_a_size(cursor: SnowflakeCursor) -> None:
    assert _of(cursor, "select 1")["WAREHOUSE_SIZE"] == "X-Small"
    assert _of(cursor, "show tables")["WAREHOUSE_SIZE"] is None
    cursor.execute("create or replace warehouse SIZED with warehouse_size = 'LARGE'")
    try:
        assert _of(cursor, "select 1")["WAREHOUSE_SIZE"] == "Large"
    finally:
        cursor.execute("drop warehouse SIZED")


def test_what_failed_as_it_ran_has_a_warehouse_with_a_size(cursor: SnowflakeCursor, runtime: str) -> None:
    cursor.execute(
        f"create or replace temporary procedure FAILS() returns int language python runtime_version = '{runtime}'"
        " packages = ('snowflake-snowpark-python') handler = 'run' as $$\ndef run(session):\n    return 1 // 0\n$$"
    )
    for statement, size in {
        "call FAILS()": "X-Small",
        "select to_number('no number ' || seq4()) from table(generator(rowcount => 2))": "X-Small",
        "select * from NO_SUCH_TABLE": None,
        "call NO_SUCH_PROCEDURE()": None,
        "drop table NO_SUCH_TABLE": None,
    }.items():
        with pytest.raises(ProgrammingError) as failed:
            cursor.execute(statement)
        (row,) = (
            cursor.connection.cursor()
            .execute(f"select EXECUTION_STATUS, WAREHOUSE_SIZE from {_HISTORY} where QUERY_ID = '{failed.value.sfqid}'")
            .fetchall()
        )
        assert row == ("FAILED_WITH_ERROR", size), statement


def test_what_is_not_known_is_null(cursor: SnowflakeCursor) -> None:
    row = _of(cursor, "select 1")
    assert [row[name] for name in ("BYTES_SCANNED", "COMPILATION_TIME", "EXECUTION_TIME")] == [None] * 3


def test_a_file_of_an_earlier_version_gets_the_new_columns(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    earlier = sqlite3.connect(path)
    earlier.execute(
        "create table queries (number integer primary key autoincrement, query_id text not null unique, query_text"
        " text, database_name text, schema_name text, query_type text, session_id integer, user_name text, role_name"
        " text, warehouse_name text, query_tag text, execution_status text, error_code text, error_message text,"
        " start_time integer, end_time integer, rows_produced integer)"
    )
    earlier.execute("insert into queries (query_id, execution_status, start_time) values ('q', 'RUNNING', 1)")
    earlier.commit()
    earlier.close()
    history = History(path)
    history.end("q", "SELECT", Took(rows=3, result_bytes=24, warehouse_size="X-Small"))
    row = history.table({}, (None, None), 10).to_pylist()[0]
    history.close()
    assert (row["ROWS_PRODUCED"], row["BYTES_WRITTEN_TO_RESULT"], row["WAREHOUSE_SIZE"]) == (3, 24, "X-Small")
