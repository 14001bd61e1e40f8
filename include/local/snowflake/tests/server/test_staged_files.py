"""What is read of staged files: their own columns in types that Snowflake has, whatever their folders are called."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from snowflake.connector.constants import FIELD_ID_TO_NAME
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.pandas_tools import write_pandas
from snowflake.snowpark import Session

LAST = pd.Timestamp("2024-12-31 23:59:59.999999999")
CUT = datetime.datetime(2024, 12, 31, 23, 59, 59, 999999)


def _put(cursor: SnowflakeCursor, path: Path, stage: str) -> None:
    cursor.execute(f"create stage if not exists {stage.partition('/')[0]}")
    cursor.execute(f"put file://{path} @{stage} auto_compress=false overwrite=true")


def _put_table(cursor: SnowflakeCursor, folder: Path, columns: dict[str, Any], stage: str) -> None:
    pq.write_table(pa.table(columns), folder / "part.parquet", version="2.6")
    _put(cursor, folder / "part.parquet", stage)


@pytest.fixture
def years(cursor: SnowflakeCursor, tmp_path: Path) -> SnowflakeCursor:
    """Files in folders that are called as a column of theirs is."""
    _put_table(cursor, tmp_path, {"YEAR": [1999, 1998], "V": ["a", "b"]}, "HIVE/p/YEAR=2022")
    (tmp_path / "rows.csv").write_text("YEAR,V\n1999,a\n1998,b\n")
    _put(cursor, tmp_path / "rows.csv", "HIVE/c/YEAR=2022")
    (tmp_path / "rows.json").write_text('{"YEAR": 1999}\n{"YEAR": 1998}\n')
    _put(cursor, tmp_path / "rows.json", "HIVE/j/YEAR=2022")
    cursor.execute("create or replace file format HIVE_PARQUET type = parquet")
    cursor.execute("create or replace file format HIVE_CSV type = csv parse_header = true")
    cursor.execute("create or replace file format HIVE_LINES type = csv skip_header = 1")
    cursor.execute("create or replace file format HIVE_JSON type = json")
    cursor.execute("create or replace table YEARS (YEAR int, V varchar)")
    return cursor


@pytest.mark.parametrize(
    "query",
    [
        "select $1:YEAR::int from @HIVE/p/ (file_format => HIVE_PARQUET)",
        "select $1:YEAR::int from @HIVE/p/YEAR=2022/ (file_format => HIVE_PARQUET)",
        "select get($1, 'YEAR')::int from @HIVE/p/ (file_format => HIVE_PARQUET)",
        "select $1::int from @HIVE/c/ (file_format => HIVE_LINES)",
        "select $1:YEAR::int from @HIVE/j/ (file_format => HIVE_JSON)",
    ],
)
def test_a_folder_with_a_columns_name_is_no_column_of_a_query(years: SnowflakeCursor, query: str) -> None:
    assert sorted(years.execute(query).fetchall()) == [(1998,), (1999,)]


@pytest.mark.parametrize(
    "source",
    [
        "@HIVE/p/ file_format = (type = parquet) match_by_column_name = case_insensitive",
        "(select $1:YEAR::int, $1:V::varchar from @HIVE/p/) file_format = (type = parquet)",
        "@HIVE/c/ file_format = (type = csv skip_header = 1)",
        "@HIVE/j/ file_format = (type = json) match_by_column_name = case_sensitive",
    ],
)
def test_a_folder_with_a_columns_name_is_no_column_of_a_load(years: SnowflakeCursor, source: str) -> None:
    years.execute(f"copy into YEARS from {source}")
    assert years.execute("select YEAR from YEARS order by 1").fetchall() == [(1998,), (1999,)]


@pytest.mark.parametrize(
    ("folder", "form", "columns"), [("p", "HIVE_PARQUET", ["YEAR", "V"]), ("c", "HIVE_CSV", ["YEAR", "V"])]
)
def test_a_folder_is_no_column_of_an_inferred_schema(
    years: SnowflakeCursor, folder: str, form: str, columns: list[str]
) -> None:
    query = f"select column_name, type from table(infer_schema(location => '@HIVE/{folder}/', file_format => '{form}'))"
    inferred = dict(years.execute(query).fetchall())
    assert (list(inferred), inferred["YEAR"]) == (columns, "NUMBER(38, 0)")


def test_a_folder_is_no_column_of_a_snowpark_reader(years: SnowflakeCursor, session: Session) -> None:
    assert session.read.parquet("@HIVE/p/").columns == ["YEAR", "V"]
    assert sorted(row[0] for row in session.read.parquet("@HIVE/p/").select("YEAR").collect()) == [1998, 1999]


@pytest.fixture
def nested(cursor: SnowflakeCursor, tmp_path: Path) -> SnowflakeCursor:
    columns = {
        "l": pa.array([[1, 2], None], pa.list_(pa.int64())),
        "s": pa.array([{"a": 1, "b": "x"}, None], pa.struct([("a", pa.int64()), ("b", pa.string())])),
        "m": pa.array([[("k", 1.5)], None], pa.map_(pa.string(), pa.float64())),
        "deep": pa.array([[{"n": ["p"]}], []], pa.list_(pa.struct([("n", pa.list_(pa.string()))]))),
    }
    _put_table(cursor, tmp_path, columns, "NESTED/in")
    cursor.execute("create or replace file format NESTED_FORMAT type = parquet")
    return cursor


def test_nested_columns_are_variants(nested: SnowflakeCursor) -> None:
    rows = nested.execute("select $1:l, $1:s, $1:m, $1:deep from @NESTED/in (file_format => NESTED_FORMAT)").fetchall()
    assert [json.loads(value) for value in rows[0]] == [[1, 2], {"a": 1, "b": "x"}, {"k": 1.5}, [{"n": ["p"]}]]
    assert rows[1][:3] == (None, None, None)
    paths = "select $1:l[1]::int, $1:s.b::varchar, $1:m.k::float, array_size($1:l), $1:deep[0].n[0]::varchar"
    assert nested.execute(f"{paths} from @NESTED/in (file_format => NESTED_FORMAT)").fetchone() == (2, "x", 1.5, 2, "p")


def test_nested_columns_are_loaded_and_flattened(nested: SnowflakeCursor) -> None:
    nested.execute('create or replace table NEST ("l" array, "s" object, "m" variant)')
    nested.execute(
        "copy into NEST from @NESTED/in file_format = (type = parquet) match_by_column_name = case_sensitive"
    )
    assert nested.execute('select f.value::int from NEST, lateral flatten("l") f order by 1').fetchall() == [(1,), (2,)]
    assert nested.execute('select "s":a::int, "m":k::float from NEST where "l" is not null').fetchall() == [(1, 1.5)]
    nested.execute("create or replace table WHOLE (V variant)")
    nested.execute("copy into WHOLE from @NESTED/in file_format = (type = parquet)")
    assert nested.execute("select V:s.b::varchar, V:l[0]::int from WHOLE order by 1 nulls last").fetchall() == [
        ("x", 1),
        (None, None),
    ]


def test_nested_columns_are_json_where_texts_are_wanted(nested: SnowflakeCursor) -> None:
    nested.execute('create or replace table TEXTS ("l" varchar, "s" varchar, "m" varchar, "deep" varchar)')
    nested.execute(
        "copy into TEXTS from @NESTED/in file_format = (type = parquet) match_by_column_name = case_sensitive"
    )
    texts = nested.execute('select * from TEXTS where "l" is not null').fetchall()
    assert texts == [("[1,2]", '{"a":1,"b":"x"}', '{"k":1.5}', '[{"n":["p"]}]')]


def test_nested_columns_of_a_snowpark_reader(nested: SnowflakeCursor, session: Session) -> None:
    frame = session.read.parquet("@NESTED/in")
    assert json.loads(frame.select('"l"').order_by('"l"').collect()[0][0] or "null") in ([1, 2], None)


def test_nanoseconds_are_cut_off(cursor: SnowflakeCursor, tmp_path: Path) -> None:
    before = pd.Timestamp("1969-12-31 23:59:59.999999999")
    columns = {
        "N": pa.array([LAST, before], pa.timestamp("ns")),
        "Z": pa.array([LAST, before], pa.timestamp("ns", "UTC")),
        "T": pa.array([86_399_999_999_999] * 2, pa.time64("ns")),
    }
    _put_table(cursor, tmp_path, columns, "NANOS/in")
    cursor.execute("create or replace table NANOS (N timestamp_ntz, Z timestamp_ltz, T time, D date)")
    cursor.execute(
        "copy into NANOS (N, Z, T) from @NANOS/in file_format = (type = parquet) match_by_column_name = case_sensitive"
    )
    cursor.execute(
        "copy into NANOS (D, N) from (select $1:N::date, $1:N from @NANOS/in) file_format = (type = parquet) force ="
        " true"
    )
    rows = cursor.execute("select N, Z::timestamp_ntz, T from NANOS where T is not null order by N desc").fetchall()
    old = datetime.datetime(1969, 12, 31, 23, 59, 59, 999999)
    assert rows == [(CUT, CUT, CUT.time()), (old, old, old.time())]
    assert cursor.execute("select D, N from NANOS where D is not null order by D desc").fetchall() == [
        (CUT.date(), CUT),
        (old.date(), old),
    ]


@pytest.mark.parametrize("logical", [True, False, None])
def test_the_end_of_a_month_stays_in_it_by_write_pandas(cursor: SnowflakeCursor, logical: bool | None) -> None:
    frame = pd.DataFrame({"END": [pd.Period("2024-12").end_time]})
    given = {} if logical is None else {"use_logical_type": logical}
    write_pandas(cursor.connection, frame, "MONTHS", auto_create_table=True, overwrite=True, **given)  # type: ignore[arg-type]
    assert cursor.execute("select to_timestamp_ntz(END), year(to_timestamp_ntz(END)) from MONTHS").fetchall() == [
        (CUT, 2024)
    ]


def test_the_end_of_a_month_stays_in_it_by_create_dataframe(session: Session) -> None:
    end = pd.Period("2024-12").end_time
    assert session.create_dataframe([[end.to_pydatetime(warn=False)]], schema=["E"]).collect()[0][0] == CUT
    assert session.create_dataframe(pd.DataFrame({"E": [end]})).collect()[0][0] == CUT


@pytest.mark.parametrize(
    "value",
    [
        "to_timestamp('2024-12-31 23:59:59.999999999')",
        "to_timestamp('2024-12-31 23:59:59.999999999', 'YYYY-MM-DD HH24:MI:SS.FF9')",
        "'2024-12-31T23:59:59.999999999'::timestamp_ntz",
        "to_timestamp(1735689599999999999, 9)",
        "to_timestamp(1735689599.9999999)",
        "to_timestamp('1735689599999999999')",
        "to_timestamp_ltz(1735689599999999999, 9)::timestamp_ntz",
        """parse_json('"2024-12-31 23:59:59.999999999"')::timestamp_ntz""",
    ],
)
def test_casts_cut_nanoseconds_off(cursor: SnowflakeCursor, value: str) -> None:
    assert cursor.execute(f"select {value}").fetchone() == (CUT,)


def test_instants_before_1970_are_cut_towards_the_past(cursor: SnowflakeCursor) -> None:
    row = cursor.execute("select to_timestamp(-1, 9), to_timestamp(-1, 3), to_timestamp(-0.5)").fetchone()
    second = datetime.datetime(1969, 12, 31, 23, 59, 59)
    assert row == tuple(second.replace(microsecond=fraction) for fraction in (999999, 999000, 500000))


@pytest.mark.parametrize("many", [False, True])
def test_bound_nanoseconds_are_cut_off(connection_parameters: dict[str, Any], schema: str, many: bool) -> None:
    import snowflake.connector

    with snowflake.connector.connect(**{**connection_parameters, "schema": schema}, paramstyle="qmark") as connection:
        cursor = connection.cursor()
        cursor.execute("create or replace temporary table BOUND (A timestamp_ntz, B varchar)")
        value = ("TIMESTAMP_NTZ", LAST.to_pydatetime(warn=False))
        if many:
            cursor.executemany("insert into BOUND values (?, ?)", [[value, "2024-12-31 23:59:59.999999999"]] * 3)
        else:
            cursor.execute("insert into BOUND values (?, ?)", [value, "2024-12-31 23:59:59.999999999"])
        assert set(cursor.execute("select A, B::timestamp_ntz from BOUND").fetchall()) == {(CUT, CUT)}


def test_a_column_of_parquet_is_a_variant_until_it_is_cast(cursor: Any) -> None:
    """As a staged file's $1 is one: Snowflake's "Querying data in staged files"."""
    cursor.execute("create or replace file format PQ type = parquet")
    cursor.execute(
        'copy into @~/variants/ from (select 1 as "id", \'x\' as "s", \'2024-01-31\'::date as "d", 1.50::number(10, 2)'
        ' as "n") file_format = (type = parquet) header = true overwrite = true'
    )
    staged = "from @~/variants/ (file_format => 'PQ')"
    assert cursor.execute(f"select $1:id, $1:s, $1:d, $1:n, $1:none {staged}").fetchall() == [
        ("1", '"x"', '"2024-01-31"', "1.5", None)
    ]
    assert [column.name for column in cursor.description] == ["$1:ID", "$1:S", "$1:D", "$1:N", "$1:NONE"]
    assert {FIELD_ID_TO_NAME[column.type_code] for column in cursor.description[:4]} == {"VARIANT"}
    cast = cursor.execute(
        f"select $1:id::int, $1:s::varchar, $1:d::date, $1:n::number(10, 2), upper($1:s) || '!', $1:id + 1 {staged}"
    )
    assert cast.fetchall() == [(1, "x", datetime.date(2024, 1, 31), Decimal("1.50"), "X!", 2.0)]
    cursor.execute(f"create or replace table MADE as select $1:id as I, $1:s::varchar(5) as S {staged}")
    assert [row[1] for row in cursor.execute("desc table MADE").fetchall()] == ["VARIANT", "VARCHAR(5)"]
    cursor.execute("create or replace table FILLED (I int, D date, N number(10, 2))")
    cursor.execute("copy into FILLED from (select $1:id, $1:d, $1:n from @~/variants/) file_format = (type = parquet)")
    assert cursor.execute("select * from FILLED").fetchall() == [(1, datetime.date(2024, 1, 31), Decimal("1.50"))]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("b,a\n1,x\n2,y\n", [("x", 1), ("y", 2)]),
        ('"b","a"\n1,"x,y"\n', [("x,y", 1)]),
        ('B,a,"of\ntwo lines"\n1,x,2\n', [("x", 1)]),
        ('b,a\n1,"x\ny"\n', [("x\ny", 1)]),
        ("b,a\r\n1,x\r\n", [("x", 1)]),
        ("\ufeffb,a\n1,NA\n", [(None, 1)]),
        ("b,a\n", []),
    ],
    ids=["plain", "quoted", "header of two lines", "row of two lines", "windows", "mark and null", "no row"],
)
def test_columns_of_a_headed_file_are_matched_by_name(
    cursor: SnowflakeCursor, tmp_path: Path, content: str, rows: list[tuple[Any, ...]]
) -> None:
    (tmp_path / "rows.csv").write_bytes(content.encode())
    _put(cursor, tmp_path / "rows.csv", "HEADED")
    cursor.execute("create or replace temporary table MATCHED (A varchar, B int)")
    cursor.execute(
        "copy into MATCHED from @HEADED file_format = (type = csv parse_header = true null_if = ('NA')"
        " field_optionally_enclosed_by = '\"' error_on_column_count_mismatch = false)"
        " match_by_column_name = case_insensitive"
    )
    assert cursor.execute("select A, B from MATCHED order by B").fetchall() == rows
