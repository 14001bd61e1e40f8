"""Scalar and vectorised Python functions, through the connector."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import ProgrammingError

from .conftest import Define


def value_of(cursor: SnowflakeCursor, sql: str) -> Any:
    ((value,),) = cursor.execute(sql).fetchall()
    return value


def test_a_function_computes_each_row_however_it_is_named(cursor: SnowflakeCursor, define: Define, schema: str) -> None:
    define("function add_one(x float) returns float", "def run(x):\n    return None if x is None else x + 1")
    database = cursor.connection.database
    sql = (
        f'select add_one(x), {schema}.ADD_ONE(x), {database}.{schema}."ADD_ONE"(add_one(x))'
        " from values (1.5), (null) as t(x)"
    )
    assert cursor.execute(sql).fetchall() == [(2.5, 2.5, 3.5), (None, None, None)]


def test_result_columns_are_named_as_in_snowflake(cursor: SnowflakeCursor, define: Define, schema: str) -> None:
    define("function add_one(x float) returns float", "def run(x): return x + 1")
    cursor.execute(f"select add_one(1), {schema}.add_one(2), add_one(3) as y")
    assert [column.name for column in cursor.description] == ["ADD_ONE(1)", f"{schema}.ADD_ONE(2)", "Y"]


def test_many_rows_keep_their_order_and_values(cursor: SnowflakeCursor, define: Define) -> None:
    define("function twice(x int) returns int", "def run(x): return 2 * x")
    cursor.execute("create or replace table numbers as select seq8() as n from table(generator(rowcount => 100000))")
    assert value_of(cursor, "select count(*) from numbers where twice(n) <> n + n") == 0
    assert value_of(cursor, "select sum(twice(n)) from numbers") == 2 * sum(range(100_000))


@pytest.mark.parametrize(
    ("sql_type", "argument", "seen"),
    [
        ("int", "7", "7"),
        ("number(10,2)", "1.25", "Decimal('1.25')"),
        ("float", "1.5", "1.5"),
        ("varchar", "'é'", "'é'"),
        ("boolean", "true", "True"),
        ("date", "'2020-01-02'::date", "datetime.date(2020, 1, 2)"),
        ("time", "'10:11:12'::time", "datetime.time(10, 11, 12)"),
        ("timestamp_ntz", "'2020-01-02 03:04:05'::timestamp_ntz", "datetime.datetime(2020, 1, 2, 3, 4, 5)"),
        ("binary", "to_binary('6162', 'HEX')", "b'ab'"),
        ("variant", """parse_json('{"a": [1, null]}')""", "{'a': [1, None]}"),
        ("variant", "'text'", "'text'"),
        ("array", "array_construct(1, 2)", "[1, 2]"),
        ("object", "object_construct('k', 1)", "{'k': 1}"),
    ],
)
def test_arguments_arrive_as_python_values_and_null_as_none(
    cursor: SnowflakeCursor, define: Define, sql_type: str, argument: str, seen: str
) -> None:
    define(f"function seen(x {sql_type}) returns varchar", "def run(x): return repr(x)")
    assert cursor.execute(f"select seen({argument}), seen(null)").fetchall() == [(seen, "None")]


@pytest.mark.parametrize(
    ("sql_type", "value", "expected"),
    [
        ("int", "2**40", 2**40),
        ("number(10,2)", "decimal.Decimal('2.5')", Decimal("2.50")),
        ("number(10,2)", "1.256", Decimal("1.26")),
        ("float", "1", 1.0),
        ("varchar", "'x'", "x"),
        ("boolean", "True", True),
        ("date", "datetime.date(2020, 1, 2)", datetime.date(2020, 1, 2)),
        ("time", "datetime.time(1, 2, 3)", datetime.time(1, 2, 3)),
        ("timestamp_ntz", "datetime.datetime(2020, 1, 2, 3, 4, 5, 6)", datetime.datetime(2020, 1, 2, 3, 4, 5, 6)),
        ("binary", "b'ab'", bytearray(b"ab")),
        ("int", "None", None),
    ],
)
def test_results_have_the_declared_type(
    cursor: SnowflakeCursor, define: Define, sql_type: str, value: str, expected: Any
) -> None:
    define(f"function made() returns {sql_type}", f"import datetime, decimal\ndef run(): return {value}")
    assert value_of(cursor, "select made()") == expected


def test_semi_structured_results(cursor: SnowflakeCursor, define: Define) -> None:
    define("function made() returns variant", "def run(): return {'a': [1, None, 'x']}")
    assert json.loads(value_of(cursor, "select made()")) == {"a": [1, None, "x"]}
    assert value_of(cursor, "select made():a[2]::varchar") == "x"


def test_a_result_of_another_type_is_an_error_not_a_wrong_value(cursor: SnowflakeCursor, define: Define) -> None:
    define("function made() returns int", "def run(): return 'seven'")
    with pytest.raises(ProgrammingError, match="returned 'seven' of type str"):
        cursor.execute("select made()")


def test_vectorised_functions_get_batches_of_at_most_the_size_asked_for(
    cursor: SnowflakeCursor, define: Define
) -> None:
    code = (
        "import pandas\nfrom _snowflake import vectorized\n@vectorized(input=pandas.DataFrame, max_batch_size=100)\ndef"
        " run(batch):\n    assert list(batch.columns) == [0, 1]\n    return batch[0] * 1000 + batch[1] + len(batch) /"
        " 1000"
    )
    define("function packed(a int, b float) returns float", code, options="packages=('pandas')")
    cursor.execute(
        "create or replace table pairs as select seq8() as a, 1.0::float as b from table(generator(rowcount => 5000))"
    )
    biggest, rows = cursor.execute(
        "select max(packed(a, b) - a * 1000 - 1), count(distinct packed(a, b)) from pairs"
    ).fetchall()[0]
    assert biggest == pytest.approx(0.1)
    assert rows == 5000


def test_vectorised_functions_see_nulls_and_give_them(cursor: SnowflakeCursor, define: Define) -> None:
    code = "import pandas\ndef run(batch):\n    return batch[0] + batch[1]\nrun._sf_vectorized_input = pandas.DataFrame"
    define("function added(a int, b int) returns int", code, options="packages=('pandas')")
    assert cursor.execute("select added(a, b) from values (1, 2), (3, null) as t(a, b)").fetchall() == [(3,), (None,)]


def test_vectorised_functions_get_whole_numbers_as_int64(cursor: SnowflakeCursor, define: Define) -> None:
    code = (
        "import pandas\ndef run(batch):\n    return [str(batch[0].dtype)] * len(batch)\nrun._sf_vectorized_input ="
        " pandas.DataFrame"
    )
    define("function dtype_of(x int) returns varchar", code, options="packages=('pandas')")
    assert value_of(cursor, "select max(dtype_of(column1)) from values (1), (2)") == "int64"


def test_vectorised_functions_get_of_a_number_the_float_that_is_nearest(
    cursor: SnowflakeCursor, define: Define
) -> None:
    code = "import pandas\ndef run(batch):\n    return batch[0].map(repr)\nrun._sf_vectorized_input = pandas.DataFrame"
    define("function shown(x number(38, 3)) returns varchar", code, options="packages=('pandas')")
    found = cursor.execute("select shown(column1::number(38, 3)) from values (19.4), (26.615), (-0.007), (null)")
    assert [row[0] for row in found.fetchall()] == ["19.4", "26.615", "-0.007", "nan"]


@pytest.mark.parametrize(
    "given", ["column.to_numpy()", "column.to_numpy().reshape(-1, 1)", "column.to_frame()", "list(column)", "column"]
)
def test_vectorised_functions_give_one_column_in_any_shape(cursor: SnowflakeCursor, define: Define, given: str) -> None:
    code = (
        f"import pandas\ndef run(batch):\n    column = batch[0] * 1.5\n    return {given}\nrun._sf_vectorized_input ="
        " pandas.DataFrame"
    )
    define("function shaped(x int) returns float", code, options="packages=('pandas')")
    assert cursor.execute("select shaped(column1) from values (1), (2) order by 1").fetchall() == [(1.5,), (3.0,)]


def test_vectorised_functions_give_no_more_than_one_column(cursor: SnowflakeCursor, define: Define) -> None:
    code = "import pandas\ndef run(batch):\n    return batch.to_numpy()\nrun._sf_vectorized_input = pandas.DataFrame"
    define("function wide(x int, y int) returns float", code, options="packages=('pandas')")
    with pytest.raises(ProgrammingError, match="one column is needed"):
        cursor.execute("select wide(1, 2)")


def test_strict_functions_are_not_called_with_null(cursor: SnowflakeCursor, define: Define) -> None:
    define("function shown(x int) returns varchar", "def run(x): return repr(x)", options="strict")
    assert cursor.execute("select shown(x) from values (1), (null) as t(x)").fetchall() == [("1",), (None,)]


def test_defaults_and_named_arguments(cursor: SnowflakeCursor, define: Define) -> None:
    define(
        "function joined(a varchar, b varchar default 'B', c varchar default 'C') returns varchar",
        "def run(a, b, c): return a + b + c",
    )
    assert cursor.execute("select joined('a'), joined('a', 'b'), joined(c => 'z', a => 'a')").fetchall() == [
        ("aBC", "abC", "aBz")
    ]
    with pytest.raises(ProgrammingError, match="not enough arguments"):
        cursor.execute("select joined()")


def test_overloads_are_told_apart_by_number_and_type(cursor: SnowflakeCursor, define: Define) -> None:
    for arguments in ("x int", "x varchar", "x int, y int"):
        define(f"function which({arguments}) returns varchar", f"def run(*_): return {arguments!r}")
    assert cursor.execute("select which(1), which('a'), which(1, 2)").fetchall() == [
        ("x int", "x varchar", "x int, y int")
    ]
    cursor.execute("create or replace table typed (n int, s varchar) as select 1, 'a'")
    assert cursor.execute("select which(n), which(s) from typed").fetchall() == [("x int", "x varchar")]
    cursor.execute("drop function which(varchar)")
    with pytest.raises(ProgrammingError, match=r"Invalid argument types for function 'WHICH': \(DATE\)"):
        cursor.execute("select which(current_date())")
    assert value_of(cursor, "select which(5)") == "x int"


def test_an_exception_is_snowflakes_error_with_the_handlers_traceback(cursor: SnowflakeCursor, define: Define) -> None:
    define("function bad(x int) returns float", "def inner(x):\n    return 1 / x\n\ndef run(x):\n    return inner(x)")
    with pytest.raises(ProgrammingError) as caught:
        cursor.execute("select bad(0)")
    assert (caught.value.errno, caught.value.sqlstate) == (100357, "P0000")
    message = str(caught.value)
    assert (
        'Python Interpreter Error:\nTraceback (most recent call last):\n  File "_udf_code.py", line 6, in run'
        in message
    )
    assert message.rstrip().endswith("ZeroDivisionError: division by zero in function BAD with handler run")
    assert "interpreter/" not in message


def test_missing_packages_and_runtimes_are_refused_when_creating(
    cursor: SnowflakeCursor, define: Define, runtime: str
) -> None:
    with pytest.raises(
        ProgrammingError, match=r"(?s)Packages not supported: no-such-package, pandas==0\.1.*uv pip install"
    ):
        define(
            "function f() returns int",
            "def run(): return 1",
            options="packages=('numpy', 'no-such-package', 'pandas==0.1')",
        )
    with pytest.raises(ProgrammingError, match=rf"RUNTIME_VERSION 2\.7 is not available.*available: {runtime}"):
        cursor.execute(
            "create function f() returns int language python runtime_version='2.7' handler='f' as 'def f(): return 1'"
        )


def test_staged_code_and_files_are_imported_and_seen_anew_when_replaced(
    cursor: SnowflakeCursor, define: Define, tmp_path: Path
) -> None:
    (tmp_path / "handlers.py").write_text(
        "import os, sys\ndef run():\n    folder = sys._xoptions['snowflake_import_directory']\n"
        "    return open(os.path.join(folder, 'data.txt')).read()\n"
    )
    cursor.execute("create or replace stage code")
    for text in ("first", "second!"):
        (tmp_path / "data.txt").write_text(text)
        for name in ("handlers.py", "data.txt"):
            cursor.execute(f"put 'file://{tmp_path / name}' @code/lib auto_compress=false overwrite=true")
        if text == "first":
            define(
                "function staged() returns varchar",
                None,
                "handlers.run",
                "imports=('@code/lib/handlers.py', '@code/lib/data.txt')",
            )
        assert value_of(cursor, "select staged()") == text
    with pytest.raises(ProgrammingError, match=r"@code/nothing\.py"):
        define("function staged() returns varchar", None, "nothing.run", "imports=('@code/nothing.py')")


def test_temporary_functions_end_with_their_session(
    cursor: SnowflakeCursor, define: Define, connection_parameters: dict[str, Any], schema: str
) -> None:
    define("function mine() returns varchar", "def run(): return 'permanent'")
    with snowflake.connector.connect(**{**connection_parameters, "schema": schema}) as other:
        theirs = other.cursor()
        theirs.execute("create temporary function only_here() returns int " + _simple(cursor))
        assert value_of(theirs, "select only_here()") == 1
        with pytest.raises(ProgrammingError, match="Unknown function ONLY_HERE"):
            cursor.execute("select only_here()")
        theirs.execute("create temporary function mine() returns int " + _simple(cursor))
        assert value_of(theirs, "select mine()") == 1
        assert value_of(cursor, "select mine()") == "permanent"
    assert [row[1] for row in cursor.execute("show user functions like 'ONLY_HERE'").fetchall()] == []


def test_create_drop_show_and_describe(cursor: SnowflakeCursor, define: Define) -> None:
    define("function listed(x int, y varchar default 'a') returns float", "def run(x, y): return 1.0")
    with pytest.raises(ProgrammingError, match="Object 'LISTED' already exists"):
        define("function listed(a int, b varchar) returns float", "def run(x, y): return 2.0", prefix="create")
    define(
        "function if not exists listed(a int, b varchar) returns float", "def run(x, y): return 2.0", prefix="create"
    )
    assert value_of(cursor, "select listed(1)") == 1.0
    (row,) = cursor.execute("show user functions like 'list%'").fetchall()
    assert (row[1], row[8]) == ("LISTED", "LISTED(NUMBER, DEFAULT VARCHAR) RETURN FLOAT")
    described = dict(cursor.execute("describe function listed(int, varchar)").fetchall())
    assert described["signature"] == "(X NUMBER, Y VARCHAR DEFAULT 'a')"
    assert described["handler"] == "run"
    with pytest.raises(ProgrammingError, match="does not exist"):
        cursor.execute("drop function listed(int)")
    cursor.execute("drop function listed(int, varchar)")
    cursor.execute("drop function if exists listed(int, varchar)")
    with pytest.raises(ProgrammingError, match="Unknown function LISTED"):
        cursor.execute("select listed(1)")


def test_a_function_in_a_rolled_back_transaction_stays(cursor: SnowflakeCursor, define: Define) -> None:
    define("function kept() returns int", "def run(): return 1")
    cursor.execute("begin")
    assert value_of(cursor, "select kept()") == 1
    cursor.execute("rollback")
    assert value_of(cursor, "select kept()") == 1


def test_a_function_made_by_another_session_is_seen_in_an_open_transaction(
    cursor: SnowflakeCursor, define: Define, connection_parameters: dict[str, Any], schema: str
) -> None:
    define("function early() returns int", "def run(): return 1")
    with snowflake.connector.connect(**{**connection_parameters, "schema": schema}) as other:
        theirs = other.cursor()
        theirs.execute("begin")
        assert value_of(theirs, "select early()") == 1
        define("function late(x int) returns int", "def run(x): return x + 1")
        assert value_of(cursor, "select late(1)") == 2
        assert [value_of(theirs, "select late(1)"), value_of(theirs, "select late(2)")] == [2, 3]
        theirs.execute("rollback")
        assert value_of(theirs, "select late(3)") == 4


def test_a_handler_sees_nothing_of_the_server(cursor: SnowflakeCursor, define: Define) -> None:
    code = (
        "import importlib.util, os\ndef run(): return [importlib.util.find_spec('include') is None, [name for name in"
        " os.environ if 'PASS' in name]]"
    )
    define("function around() returns variant", code)
    assert json.loads(value_of(cursor, "select around()")) == [True, []]


def _simple(cursor: SnowflakeCursor) -> str:
    version = value_of(cursor, "select distinct runtime_version from information_schema.packages")
    return f"language python runtime_version='{version}' handler='f' as 'def f(): return 1'"


def test_get_ddl_gives_back_a_statement_that_works(cursor: SnowflakeCursor, define: Define) -> None:
    define(
        "function written(x int, y varchar default 'it''s') returns varchar",
        "def run(x, y): return y * x",
        options="strict",
    )
    statement = value_of(cursor, "select get_ddl('function', 'written(int, varchar)')")
    cursor.execute("drop function written(int, varchar)")
    cursor.execute(statement)
    assert cursor.execute("select written(2), written(null)").fetchall() == [("it'sit's", None)]


def test_alter_renames_comments_secures_and_refuses_what_is_taken(cursor: SnowflakeCursor, define: Define) -> None:
    define("function first(x int) returns int", "def run(x): return x")
    define("function taken(x int) returns int", "def run(x): return -x")
    with pytest.raises(ProgrammingError, match="Object 'TAKEN' already exists"):
        cursor.execute("alter function first(int) rename to taken")
    for change in ("rename to renamed", "set comment = 'kept'", "set secure"):
        name = "first" if change.startswith("rename") else "renamed"
        cursor.execute(f"alter function {name}(int) {change}")
    cursor.execute("alter function if exists first(int) rename to third")
    with pytest.raises(ProgrammingError, match="does not exist"):
        cursor.execute("alter function first(int) set secure")
    assert value_of(cursor, "select renamed(3)") == 3
    cursor.execute("show user functions like 'RENAMED'")
    assert cursor.execute('select "description", "is_secure" from table(result_scan(last_query_id()))').fetchall() == [
        ("kept", "Y")
    ]


def test_defaults_are_expressions_of_snowflakes(cursor: SnowflakeCursor, define: Define) -> None:
    define(
        "function at(t time default time('10:11:12'), d date default current_date()) returns time",
        "def run(t, d): return t",
    )
    assert value_of(cursor, "select at()") == datetime.time(10, 11, 12)


@pytest.mark.parametrize(
    ("kind", "option", "words"),
    [
        ("function", "memoizable", "not supported by the embedded Snowflake: MEMOIZABLE"),
        ("procedure", "log_level = 'INFO'", "not supported by the embedded Snowflake: LOG_LEVEL"),
        ("function", "trace_level = 'ALWAYS'", "not supported by the embedded Snowflake: TRACE_LEVEL"),
        (
            "procedure",
            "external_access_integrations = (E)",
            "not supported by the embedded Snowflake: EXTERNAL_ACCESS_INTEGRATIONS",
        ),
        ("function", "secrets = ('a' = B)", "not supported by the embedded Snowflake: SECRETS"),
        ("function", "execute as caller", "syntax error .* unexpected"),  # procedures have it
        ("function", "nonsense = 3", "unexpected 'NONSENSE'"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(
    cursor: SnowflakeCursor, define: Define, kind: str, option: str, words: str
) -> None:
    with pytest.raises(ProgrammingError, match=words):
        define(f"{kind} opted(x int) returns int", "def run(x): return x", options=option)
