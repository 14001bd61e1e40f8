"""A result has the types of its query, wherever it comes back.

Scanned, fetched later, made a table of, returned by Python.
"""

from __future__ import annotations

from typing import Any

import pytest
from snowflake.connector.constants import FIELD_ID_TO_NAME
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import ArrayType, MapType, VariantType

_EVERY_TYPE = (
    "select [1, 2] as A, {'k': 1} as O, parse_json('[3]') as V, 1.50::number(10, 2) as N, 'x'::varchar(5) as S,"
    " '2024-01-31'::date as D, '2024-01-31 10:00:00 +0000'::timestamp_tz as T, '10:11:12'::time as C, to_binary('ff')"
    " as B, true as Y, 1::float as F"
)
_TYPES = ["array", "object", "variant", "fixed", "text", "date", "timestamp_tz", "time", "binary", "boolean", "real"]


def _types(cursor: Any) -> list[str]:
    return [FIELD_ID_TO_NAME[column.type_code].lower() for column in cursor.description]


def test_a_scanned_result_has_the_types_of_its_query(cursor: Any) -> None:
    first = cursor.execute(_EVERY_TYPE).fetchall()
    scanned = cursor.execute("select * from table(result_scan(last_query_id()))")
    assert (_types(scanned), scanned.fetchall()) == (_TYPES, first)
    again = cursor.execute("select * from table(result_scan(last_query_id())) where array_size(A) = 2 and O:k = 1")
    assert (_types(again), again.fetchall()) == (_TYPES, first)
    assert cursor.description[4].internal_size == 5


def test_a_table_made_of_one_has_its_types(cursor: Any) -> None:
    cursor.execute(_EVERY_TYPE)
    cursor.execute("create or replace table SCANNED as select * from table(result_scan(last_query_id()))")
    types = [row[1] for row in cursor.execute("desc table SCANNED").fetchall()]
    assert types[:5] == ["ARRAY", "OBJECT", "VARIANT", "NUMBER(10,2)", "VARCHAR(5)"]
    assert types[6] == "TIMESTAMP_TZ(9)"
    rows = cursor.execute("select f.VALUE::int from SCANNED, lateral flatten(A) f order by 1").fetchall()
    assert rows == [(1,), (2,)]


@pytest.mark.parametrize(
    "expression",
    [
        "iff(true, A, null)",
        "iff(false, [], A)",
        "case when true then A end",
        "case 1 when 1 then A else [] end",
        "nvl(A, [])",
        "ifnull(A, [])",
        "coalesce(null, A)",
        "nvl2(1, A, [])",
        "decode(1, 1, A, [])",
        "nullif(A, [])",
        "(A)",
        "(select [1, 2])",
        "lag(A, 0) over (order by 1)",
        "first_value(A) over (order by 1)",
        "last_value(A) ignore nulls over (order by 1)",
        "any_value(A) over (partition by 1)",
        "array_agg(1) over ()",
    ],
)
def test_a_choice_among_arrays_is_an_array(cursor: Any, expression: str) -> None:
    found = cursor.execute(f"select {expression} from (select [1, 2] as A)")
    assert _types(found) == ["array"]


def test_a_choice_among_different_kinds_is_a_variant(cursor: Any) -> None:
    found = cursor.execute(
        "select iff(true, [1], parse_json('2')), coalesce([1], {'a': 1}::variant), iff(true, {'a': 1}, {})"
    )
    assert _types(found) == ["variant", "variant", "object"]


def test_json_null_is_no_array_and_no_object(cursor: Any) -> None:
    # https://docs.snowflake.com/en/sql-reference/functions/to_array#returns
    found = cursor.execute(
        "select parse_json('null')::array, to_array(parse_json('null')), coalesce(J:items::array, []), J:items::object,"
        " J:items::int,"
        " J:items::varchar, J:items::boolean, J:items::date, J:items is null, array_size(J:items), J:gone::array,"
        " [J:items]::array"
        """ from (select parse_json('{"items": null}') as J)"""
    )
    assert found.fetchall() == [(None, None, "[]", None, None, None, None, None, False, None, None, "[\n  null\n]")]


def test_json_null_written_into_an_array_is_null(cursor: Any) -> None:
    cursor.execute("create or replace temporary table HOLDS (A array, O object, V variant)")
    cursor.execute("insert into HOLDS select parse_json('null'), parse_json('null'), parse_json('null')")
    assert cursor.execute("select A is null, O is null, V is null from HOLDS").fetchall() == [(True, True, False)]
    rows = cursor.execute("select count(*) from HOLDS, lateral flatten(A) f").fetchall()
    assert rows == [(0,)]


def test_a_try_cast_that_is_written_gives_null(cursor: Any) -> None:
    cursor.execute("create or replace table TRIED (D date)")
    cursor.execute("insert into TRIED values (try_cast('x' as date)), (try_cast('2024-01-31' as date))")
    cursor.execute("insert into TRIED select try_cast('y' as date)")
    assert cursor.execute("select count(*), count(D) from TRIED").fetchone() == (3, 1)


def test_what_is_no_object_does_not_become_one(cursor: Any) -> None:
    with pytest.raises(Exception, match="Failed to cast variant value 5 to OBJECT"):
        cursor.execute("select parse_json('5')::object")


def test_a_result_fetched_later_keeps_its_types(session: Session) -> None:
    job = session.sql(_EVERY_TYPE).collect_nowait()
    job.result()  # only a finished statement's result can be scanned
    df = job.to_df()
    assert [type(field.datatype) for field in df.schema.fields[:3]] == [
        type(kind) for kind in (ArrayType(), MapType(), VariantType())
    ]
    assert [row[0] for row in df.select(F.array_size("A")).collect()] == [2]
    assert sorted(int(row[0]) for row in df.select(F.explode("A")).collect()) == [1, 2]


def _function(session: Session, runtime: str, signature: str, body: str) -> None:
    session.sql(
        f"""create or replace function {signature} language python runtime_version = '{runtime}' handler = 'run' as $$
{body}
$$"""
    ).collect()


def test_python_functions_return_arrays_and_objects(session: Session, runtime: str) -> None:
    _function(session, runtime, "NUMBERS_TO(N int) returns array", "def run(n): return list(range(n))")
    _function(session, runtime, "NAMED(N int) returns object", "def run(n): return {'n': n}")
    df = session.create_dataframe([[2]], schema=["n"]).select(
        F.call_udf("NUMBERS_TO", F.col("n")).alias("A"), F.call_udf("NAMED", F.col("n")).alias("O")
    )
    assert [type(field.datatype) for field in df.schema.fields] == [ArrayType, MapType]
    assert sorted(int(row[0]) for row in df.select(F.explode("A")).collect()) == [0, 1]
    assert [tuple(map(str, row)) for row in df.select(F.explode("O")).collect()] == [("n", "2")]


def test_table_functions_give_arrays(session: Session, runtime: str) -> None:
    body = "class run:\n    def process(self, text): yield (text.split(), {'text': text})"
    _function(session, runtime, "WORDS_OF(T varchar) returns table(WORDS array, WHOLE object)", body)
    df = session.table_function("WORDS_OF", F.lit("a b"))
    assert [type(field.datatype) for field in df.schema.fields] == [ArrayType, MapType]
    assert sorted(row[0] for row in df.select(F.explode("WORDS")).collect()) == ['"a"', '"b"']


@pytest.mark.parametrize("columns", ["", "A array, O object, N number(10, 2)"], ids=["as they come", "declared"])
def test_procedures_that_return_a_table_keep_its_types(cursor: Any, runtime: str, columns: str) -> None:
    cursor.execute(
        f"""create or replace procedure MADE() returns table({columns}) language python runtime_version = '{runtime}'
        packages = ('snowflake-snowpark-python') handler = 'run' as $$
def run(session):
    return session.sql("select [1, 2] as A, {{'k': 1}} as O, 1.5::number(10, 2) as N")
$$"""
    )
    called = cursor.execute("call MADE()")
    assert _types(called) == ["array", "object", "fixed"]
    scanned = cursor.execute("select A, O, N, array_size(A) from table(result_scan(last_query_id()))")
    assert (_types(scanned)[:3], scanned.fetchall()[0][3]) == (["array", "object", "fixed"], 2)
    if columns:
        asked = cursor.execute("select A, O, N, array_size(A) from table(MADE())")
        assert (_types(asked)[:3], asked.fetchall()[0][3]) == (["array", "object", "fixed"], 2)
