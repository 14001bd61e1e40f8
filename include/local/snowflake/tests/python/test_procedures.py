"""Stored and anonymous Python procedures, through the connector."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import ProgrammingError

from tests.environments import ROOT

from .conftest import Define

SNOWPARK = "packages=('snowflake-snowpark-python')"


def value_of(cursor: SnowflakeCursor, sql: str, parameters: Any = None) -> Any:
    ((value,),) = cursor.execute(sql, parameters).fetchall()
    return value


def test_a_procedure_works_with_a_session_of_the_same_user_and_schema(
    cursor: SnowflakeCursor, define: Define, schema: str
) -> None:
    code = (
        "def run(session, source, target):\n    session.table(source).filter('N > 1').write.save_as_table(target,"
        " mode='overwrite')\n    return [session.get_current_schema().strip('\"'),"
        " session.get_current_user().strip('\"'), session.table(target).count()]"
    )
    define("procedure copy_big(source varchar, target varchar) returns array", code, options=SNOWPARK)
    cursor.execute("create or replace table numbers as select * from values (1), (2), (3) as t(n)")
    assert json.loads(value_of(cursor, "call copy_big('NUMBERS', 'BIG')")) == [schema, "EMBEDDED", 2]
    assert value_of(cursor, "select sum(n) from big") == 5


def test_calls_with_bindings_names_defaults_and_expressions(cursor: SnowflakeCursor, define: Define) -> None:
    define(
        "procedure weigh(a int, b float default 0.5, c variant default null) returns variant",
        "def run(session, *a): return [*a]",
        options=SNOWPARK,
    )
    assert json.loads(value_of(cursor, "call weigh(%s, %s)", (2, 1.5))) == [2, 1.5, None]
    assert json.loads(value_of(cursor, "call weigh(c => parse_json('[1]'), a => 1 + 1)")) == [2, 0.5, [1]]
    assert json.loads(value_of(cursor, "call weigh((select max(x) from values (3), (4) as t(x)))")) == [4, 0.5, None]


def test_a_call_is_described_without_running(cursor: SnowflakeCursor, define: Define) -> None:
    define(
        "procedure drop_it(x int) returns varchar",
        "def run(session, x):\n    session.sql('drop table precious').collect()",
        options=SNOWPARK,
    )
    cursor.execute("create or replace table precious (n int)")
    (column,) = cursor.describe("call drop_it(1)")
    assert column.name == "DROP_IT"
    assert value_of(cursor, "select count(*) from precious") == 0


def test_a_table_is_returned_with_declared_and_with_own_columns(cursor: SnowflakeCursor, define: Define) -> None:
    code = (
        "def run(session, n):\n    return session.create_dataframe([[i, str(i)] for i in range(n)], schema=['a', 'b'])"
    )
    define("procedure listed(n int) returns table (number int, word varchar)", code, options=SNOWPARK)
    assert cursor.execute("call listed(2)").fetchall() == [(0, "0"), (1, "1")]
    assert [column.name for column in cursor.description] == ["NUMBER", "WORD"]
    define("procedure listed(n int) returns table ()", code, options=SNOWPARK)
    assert cursor.execute("call listed(1)").fetchall() == [(0, "0")]
    assert [column.name for column in cursor.description] == ["A", "B"]
    assert cursor.execute(
        "select word || '!' from table(result_scan(last_query_id())) as t(number, word)"
    ).fetchall() == [("0!",)]


def test_an_anonymous_procedure_leaves_nothing_behind(cursor: SnowflakeCursor, runtime: str) -> None:
    body = f"returns int language python runtime_version='{runtime}' {SNOWPARK} handler='run'"
    assert (
        value_of(
            cursor,
            f"with twice as procedure (x int) {body} as $$\ndef run(session, x): return 2 * x\n$$ call twice(21)",
        )
        == 42
    )
    with pytest.raises(ProgrammingError, match="Unknown function TWICE"):
        cursor.execute("call twice(21)")


def test_its_exception_is_the_statements_error(cursor: SnowflakeCursor, define: Define) -> None:
    define("procedure bad() returns int", "def run(session):\n    session.table('NOWHERE').collect()", options=SNOWPARK)
    with pytest.raises(
        ProgrammingError,
        match=r"(?s)Python Interpreter Error:.*SnowparkSQLException.*'NOWHERE' does not exist.*in function BAD",
    ) as caught:
        cursor.execute("call bad()")
    assert caught.value.errno == 100357
    define("procedure one(x int) returns int", "def run(session, x): return x", options=SNOWPARK)
    with pytest.raises(ProgrammingError, match="Numeric value 'x' is not recognized"):
        cursor.execute("call one('x')")


def test_procedures_call_procedures_and_functions(cursor: SnowflakeCursor, define: Define) -> None:
    define("function inc(x int) returns int", "def run(x): return x + 1")
    define(
        "procedure depth(n int) returns int",
        "def run(session, n): return session.call('DEPTH', n - 1) + 1 if n else 0",
        options=SNOWPARK,
    )
    assert value_of(cursor, "call depth(3)") == 3
    define(
        "procedure through() returns int",
        "def run(session): return session.sql('select inc(41)').collect()[0][0]",
        options=SNOWPARK,
    )
    assert value_of(cursor, "call through()") == 42


def test_statements_are_in_the_query_history(cursor: SnowflakeCursor, define: Define) -> None:
    define(
        "procedure noted() returns int",
        "def run(session): return session.sql('select 4242').collect()[0][0]",
        options=SNOWPARK,
    )
    cursor.execute("call noted()")
    texts = [
        row[0]
        for row in cursor.execute(
            "select query_text from table(information_schema.query_history(result_limit => 20))"
        ).fetchall()
    ]
    assert "call noted()" in texts
    assert any("create or replace procedure noted" in text for text in texts)
    assert "select 4242" in texts


def test_registered_through_snowpark_permanent_temporary_from_file_and_model(snowpark: Any) -> None:
    snowpark("procedures")


def test_a_model_is_trained_in_a_procedure_and_used_by_a_vectorised_function(snowpark: Any) -> None:
    snowpark("model")


@pytest.mark.server
def test_definitions_survive_a_killed_server(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.python.survival", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]


def test_statements_of_a_procedure_are_of_its_callers_session(cursor: SnowflakeCursor, define: Define) -> None:
    define(
        "procedure asks() returns int",
        "def run(session): return session.sql('select 4343').collect()[0][0]",
        options=f"{SNOWPARK} execute as caller",
    )
    cursor.execute("call asks()")
    history = "table(information_schema.query_history_by_session())"
    found = cursor.execute(f"select START_TIME, END_TIME from {history} where QUERY_TEXT = 'select 4343'").fetchall()
    (outer,) = cursor.execute(f"select START_TIME, END_TIME from {history} where QUERY_TEXT = 'call asks()'").fetchall()
    assert len(found) == 1
    assert outer[0] <= found[0][0] <= found[0][1] <= outer[1]
