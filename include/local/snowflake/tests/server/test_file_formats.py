"""Options of file formats and of COPY INTO, done or refused by name, and loads that give back what was unloaded."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import ProgrammingError


@pytest.fixture
def put(cursor: SnowflakeCursor, tmp_path: Path) -> Any:
    """Put a file into a stage of its own."""
    cursor.execute("create or replace stage FORMS")

    def write(content: str | bytes, name: str = "rows.csv") -> None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        cursor.execute(f"put 'file://{tmp_path}/{name}' @FORMS auto_compress=false overwrite=true")

    return write


def _load(cursor: SnowflakeCursor, columns: str, options: str, more: str = "") -> list[tuple[Any, ...]]:
    cursor.execute(f"create or replace table FORMED ({columns})")
    cursor.execute(f"copy into FORMED from @FORMS file_format = ({options}) {more}")
    return cursor.execute("select * from FORMED").fetchall()


@pytest.mark.parametrize(
    ("content", "options", "rows"),
    [
        (
            "a|;b|;\n",
            "record_delimiter = ';' field_delimiter = '|' error_on_column_count_mismatch = false",
            [("a", None), ("b", None), ("\n", None)],
        ),
        ("a||b\nc||d\n", "field_delimiter = '||'", [("a", "b"), ("c", "d")]),
        ("a,b\r\nc,d\r\n", "", [("a", "b"), ("c", "d")]),
        ("a,b,x\nc\n", "error_on_column_count_mismatch = false", [("a", "b"), ("c", None)]),
        ("a,b\n\nc,d\n", "skip_blank_lines = true", [("a", "b"), ("c", "d")]),
        ('a,\nb,""\n', "empty_field_as_null = false field_optionally_enclosed_by = '\"'", [("a", ""), ("b", "")]),
        ('a,\nb,""\n', "field_optionally_enclosed_by = '\"'", [("a", None), ("b", "")]),
        ("\ufeffa,b\n", "", [("a", "b")]),
        ("\ufeffa,b\n", "skip_byte_order_mark = false", [("\ufeffa", "b")]),
        ("a,ä\n".encode("latin-1"), "encoding = 'iso-8859-1'", [("a", "ä")]),
        ("a,€\n".encode("cp1252"), "encoding = 'WINDOWS1252'", [("a", "€")]),
        ("a,ä\n".encode("utf-16"), "encoding = 'UTF-16'", [("a", "ä")]),
        (b"a,\xff\n", "replace_invalid_characters = true", [("a", "\ufffd")]),
        (b"a,x\nb,NULL\nc,n/a\n", "null_if = ('NULL', 'n/a')", [("a", "x"), ("b", None), ("c", None)]),
        ("a,'b\nc'\n", "field_optionally_enclosed_by = '\\''", [("a", "b\nc")]),
        ("h\nk,l\na,b\n", "skip_header = 2", [("a", "b")]),
        (gzip.compress(b"a,b\n", mtime=0), "compression = gzip", [("a", "b")]),
        (gzip.compress(b"a,b\n", mtime=0), "", [("a", "b")]),
        (__import__("bz2").compress(b"a,b\n"), "compression = bz2", [("a", "b")]),
        (__import__("zlib").compress(b"a,b\n"), "compression = deflate", [("a", "b")]),
    ],
)
def test_options_of_csv(
    cursor: SnowflakeCursor, put: Any, content: str | bytes, options: str, rows: list[tuple[Any, ...]]
) -> None:
    put(content)
    assert _load(cursor, "A varchar, B varchar", f"type = csv {options}") == rows
    selected = "create or replace temporary file format FORMED_FORMAT type = csv " + options
    cursor.execute(selected)
    assert cursor.execute("select $1, $2 from @FORMS (file_format => FORMED_FORMAT)").fetchall() == rows


@pytest.mark.parametrize(
    ("content", "options", "error"),
    [
        (b"a,\xff\n", "", "Invalid UTF8 detected in string"),
        (b"a,b\n\nc,d\n", "", "Number of columns in file .1. does not match"),
        (b'a,"b"x\n', "field_optionally_enclosed_by = '\"'", "Found character 'x' instead of field delimiter ','"),
        (b'a,"b\nc"\n', "field_optionally_enclosed_by = '\"' multi_line = false", "MULTI_LINE"),
        (b'a,b\nc,"d\n', "field_optionally_enclosed_by = '\"'", "A quote that begins a field is not closed"),
        (b"a,b\n", "skip_header = 1 parse_header = true", "PARSE_HEADER"),
    ],
)
def test_broken_records_are_errors(cursor: SnowflakeCursor, put: Any, content: bytes, options: str, error: str) -> None:
    put(content)
    with pytest.raises(ProgrammingError, match=error):
        _load(cursor, "A varchar, B varchar", f"type = csv {options}")


@pytest.mark.parametrize(
    "form",
    [
        "type = avro", "type = xml", "type = orc", "type = csv no_such_option = 1", "type = csv validate_utf8 = false",
        "type = json enable_octal = true", "type = json ignore_utf8_errors = true", "type = json trim_space = true",
        "type = json null_if = ('x')", "type = parquet trim_space = true", "type = csv encoding = 'KLINGON'",
        "type = json skip_header = 1",
    ],
)  # fmt: skip
def test_what_is_not_done_is_refused_by_its_name(cursor: SnowflakeCursor, put: Any, form: str) -> None:
    put("a,b\n")
    with pytest.raises(
        ProgrammingError, match=r"not supported by the embedded Snowflake: (file format|NULL_IF|ENCODING)"
    ):
        cursor.execute(f"create or replace file format REFUSED {form}")
    with pytest.raises(ProgrammingError, match="not supported by the embedded Snowflake"):
        _load(cursor, "A varchar, B varchar", form)


@pytest.mark.parametrize(
    "option", ["on_error = 'SOMETIMES'", "load_mode = full_ingest", "include_metadata = (A = METADATA$FILENAME)"]
)
def test_other_options_of_copy_are_refused(cursor: SnowflakeCursor, put: Any, option: str) -> None:
    put("a,b\n")
    with pytest.raises(ProgrammingError):
        _load(cursor, "A varchar, B varchar", "type = csv", option)


@pytest.mark.parametrize(
    ("column", "text", "options", "shown"),
    [
        ("timestamp_ltz", "2024-01-02 03:04:05.678 +0000", "", "2024-01-02 03:04:05.678 +0000"),
        ("timestamp_ltz", "2024-01-02T03:04:05+01:00", "", "2024-01-02 02:04:05.000 +0000"),
        ("timestamp_ntz", "1704164645", "", "2024-01-02 03:04:05.000"),
        ("timestamp_ntz", "1704164645678", "", "2024-01-02 03:04:05.678"),
        ("timestamp_ntz", "2024-12-31 23:59:59.999999999", "", "2024-12-31 23:59:59.999"),
        ("timestamp_ntz", "02.01.2024 03:04", "timestamp_format = 'DD.MM.YYYY HH24:MI'", "2024-01-02 03:04:00.000"),
        ("date", "02-JAN-2024", "", "2024-01-02"),
        ("date", "2/1/24", "date_format = 'DD/MM/YY'", "2024-01-02"),
        ("time", "03h04", "time_format = 'HH24\"h\"MI'", "03:04:00"),
        ("boolean", "Yes", "", "true"),
        ("number(5, 1)", "1.25", "", "1.3"),
        ("int", "1e3", "", "1000"),
        ("float", "1e3", "", "1000"),
        ("binary", "/w==", "binary_format = base64", "FF"),
        ("binary", "ÿ", "binary_format = utf8", "C3BF"),
        ("variant", '{"a": [1]}', "", '{"a":[1]}'),
        ("array", "[1;2]", "", None),
    ],
)
def test_fields_are_converted_as_casts_convert(
    cursor: SnowflakeCursor, put: Any, column: str, text: str, options: str, shown: str | None
) -> None:
    put(f"{text}\n")
    if shown is None:
        with pytest.raises(ProgrammingError, match="Error parsing JSON"):
            _load(cursor, f"A {column}", f"type = csv {options}")
        return
    _load(cursor, f"A {column}", f"type = csv field_delimiter = none {options}")
    assert cursor.execute("select A::varchar from FORMED").fetchone() == (shown,)


def test_what_is_unloaded_can_be_loaded(cursor: SnowflakeCursor) -> None:
    columns = (
        "N number(10, 2), S varchar, F float, B boolean, D date, T time, A timestamp_ntz, L timestamp_ltz, X binary, V"
        " variant, R array"
    )
    cursor.execute("create or replace stage ROUND")
    cursor.execute(f"create or replace table ROUND_ONE ({columns})")
    cursor.execute("""insert into ROUND_ONE select 1.25, 'a "quoted", one\\n\\\\ two',
        0.1, true, '2024-01-02', '03:04:05.5', '2024-01-02 03:04:05.678',
        '2024-01-02 03:04:05.678 +0000', to_binary('FF00'), parse_json('{"a": [1, null, "x"]}'), array_construct(1, 'b')
        union all select null, '', null, null, null, null, null, null, null, null, null""")
    for form in (
        "type = csv field_optionally_enclosed_by = '\"' compression = none",
        "type = csv field_delimiter = '|' field_optionally_enclosed_by = '\"' null_if = ('NIL')",
        "type = parquet",
    ):
        cursor.execute("remove @ROUND")
        cursor.execute(f"copy into @ROUND/out from ROUND_ONE file_format = ({form}) header = true")
        cursor.execute("create or replace table ROUND_TWO like ROUND_ONE")
        match = "match_by_column_name = case_insensitive"
        loaded = form.replace("type = csv", "type = csv parse_header = true").replace(
            "type = parquet", "type = parquet binary_as_text = false"
        )
        assert cursor.execute(f"copy into ROUND_TWO from @ROUND file_format = ({loaded}) {match}").fetchone()[1:4] == (
            "LOADED",
            2,
            2,
        )
        both = [cursor.execute(f"select * from {table} order by N").fetchall() for table in ("ROUND_ONE", "ROUND_TWO")]
        if "parquet" not in form:  # the clock's fraction is not written out
            both = [
                [tuple(str(value)[:8] if place == 5 else value for place, value in enumerate(row)) for row in rows]
                for rows in both
            ]
        assert both[0] == both[1]


def test_a_header_names_the_columns(cursor: SnowflakeCursor, put: Any) -> None:
    put("b,other,A\n1,x,one\n2,y,two\n")
    options = "type = csv parse_header = true error_on_column_count_mismatch = false"
    rows = _load(cursor, "A varchar, B int, C date", options, "match_by_column_name = case_insensitive")
    assert rows == [("one", 1, None), ("two", 2, None)]
    assert _load(cursor, 'A varchar, "b" int', options, "match_by_column_name = case_sensitive") == [
        ("one", 1),
        ("two", 2),
    ]
    with pytest.raises(ProgrammingError, match="PARSE_HEADER"):
        _load(cursor, "A varchar, B int", "type = csv", "match_by_column_name = case_insensitive")


@pytest.mark.parametrize(
    ("option", "status", "loaded"),
    [
        ("skip_file", "LOAD_FAILED", 0),
        ("skip_file_2", "LOAD_FAILED", 0),
        ("skip_file_3", "PARTIALLY_LOADED", 3),
        ("'skip_file_50%'", "PARTIALLY_LOADED", 3),
        ("'skip_file_10%'", "LOAD_FAILED", 0),
        ("continue", "PARTIALLY_LOADED", 3),
    ],
)
@pytest.mark.parametrize("source", ["csv", "query", "json", "parquet"])
def test_bad_rows_are_forgiven_as_on_error_says(
    cursor: SnowflakeCursor, put: Any, source: str, option: str, status: str, loaded: int
) -> None:
    values = ["1", "x", "2", "y", "3"]
    form, place = "type = csv", "@FORMS"
    if source in ("csv", "query"):
        put("".join(f"{value}\n" for value in values))
        place = "(select $1::int from @FORMS)" if source == "query" else place
    elif source == "json":
        put("".join(json.dumps({"A": value}) + "\n" for value in values))
        form = "type = json"
    else:
        listed = ", ".join(f"('{value}')" for value in values)
        cursor.execute(
            f"copy into @FORMS/rows.parquet from (select column1 as A from values {listed}) file_format = (type ="
            " parquet) single = true"
        )
        form = "type = parquet"
    match = "match_by_column_name = case_insensitive" if source in ("json", "parquet") else ""
    cursor.execute("create or replace table FORMED (A int)")
    row = cursor.execute(f"copy into FORMED from {place} file_format = ({form}) {match} on_error = {option}").fetchone()
    assert row[1:4] + row[5:8] == (status, 5, loaded, 2, "Numeric value 'x' is not recognized", 2)
    assert row[9] == '"FORMED"["A":1]'
    assert cursor.execute("select count(*) from FORMED").fetchone() == (loaded,)


def test_json_options(cursor: SnowflakeCursor, put: Any) -> None:
    put('[{"a": null, "b": {"c": null, "d": 1.50}, "e": [1, null, 2]}]', "rows.json")
    rows = _load(cursor, "V variant", "type = json strip_outer_array = true strip_null_values = true")
    assert [json.loads(row[0]) for row in rows] == [{"b": {"d": 1.5}, "e": [1, 2]}]
    put('{"a": 1, "a": 2}', "rows.json")
    assert _load(cursor, "V variant", "type = json allow_duplicate = true") == [('{\n  "a": 2\n}',)]


def test_a_query_names_its_own_columns(cursor: SnowflakeCursor, put: Any) -> None:
    put("x,1\ny,2\n")
    cursor.execute("create or replace table FORMED (A varchar, B varchar, C int)")
    cursor.execute(
        "copy into FORMED from (select $1 as a, a || 'z', $2::int as n from @FORMS) file_format = (type = csv)"
    )
    assert cursor.execute("select * from FORMED order by 1").fetchall() == [("x", "xz", 1), ("y", "yz", 2)]
    with pytest.raises(ProgrammingError, match="COPY statement only supports simple SELECT"):
        cursor.execute("copy into FORMED (A) from (select $1 from @FORMS limit 1) file_format = (type = csv)")


def test_a_format_of_another_schema(cursor: SnowflakeCursor, put: Any, schema: str) -> None:
    put("h\nx\n")
    cursor.execute("create or replace file format NAMED_HERE type = csv skip_header = 1")
    for name in (
        f"{schema}.NAMED_HERE",
        f"EMBEDDED.{schema}.NAMED_HERE",
        f"'{schema}.NAMED_HERE'",
        f"(format_name = {schema}.named_here)",
    ):
        cursor.execute("create or replace table FORMED (A varchar)")
        cursor.execute(f"copy into FORMED from @FORMS file_format = {name}")
        assert cursor.execute("select * from FORMED").fetchall() == [("x",)]


def test_nulls_for_columns_that_take_none_are_bad_rows(cursor: SnowflakeCursor, put: Any) -> None:
    put("1\n\n2\n")
    cursor.execute("create or replace table FORMED (A int not null)")
    row = cursor.execute("copy into FORMED from @FORMS file_format = (type = csv) on_error = continue").fetchone()
    assert row[1:4] == ("PARTIALLY_LOADED", 3, 2)
    assert row[6].startswith("NULL result in a non-nullable column")


def test_sequences_and_metadata_in_a_query(cursor: SnowflakeCursor, put: Any) -> None:
    put("x\ny\n")
    cursor.execute("create or replace sequence FORM_NUMBERS")
    cursor.execute("create or replace table FORMED (N int, A varchar, F varchar, K varchar, M timestamp_ntz)")
    cursor.execute(
        "copy into FORMED from (select FORM_NUMBERS.nextval, $1, metadata$filename, metadata$file_content_key,"
        " metadata$file_last_modified from @FORMS) file_format = (type = csv)"
    )
    rows = cursor.execute("select N, A, F, length(K), M > '2020-01-01' from FORMED order by N").fetchall()
    assert rows == [(1, "x", "rows.csv", 32, True), (2, "y", "rows.csv", 32, True)]


@pytest.mark.parametrize(
    ("options", "end"),
    [
        ("type = csv", ".csv.gz"),
        ("type = csv compression = zstd", ".csv.zst"),
        ("type = csv compression = none file_extension = 'txt'", ".txt"),
        ("type = json compression = none", ".json"),
        ("type = parquet", ".snappy.parquet"),
        ("type = parquet compression = none", ".parquet"),
    ],
)
def test_unloaded_files_are_called_and_packed_as_the_format_says(
    cursor: SnowflakeCursor, options: str, end: str
) -> None:
    cursor.execute("create or replace stage PACKED_FILES")
    cursor.execute(
        f"copy into @PACKED_FILES/out/ from (select object_construct('a', 1) as V) file_format = ({options})"
    )
    assert [row[0] for row in cursor.execute("list @PACKED_FILES").fetchall()] == [f"packed_files/out/data_0_0_0{end}"]
    cursor.execute("create or replace table FORMED (V variant)")
    match = "match_by_column_name = case_insensitive" if "parquet" in options else ""
    loaded = options.partition(" file_extension")[0].replace("type = csv", "type = csv field_delimiter = none")
    cursor.execute(f"copy into FORMED from @PACKED_FILES file_format = ({loaded}) {match}")
    assert cursor.execute("select V:a::int from FORMED").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "options",
    [
        "type = csv compression = bz2",
        "type = parquet compression = gzip",
        "type = csv record_delimiter = ';'",
        "type = csv time_format = 'HH24'",
    ],
)
def test_what_is_not_written_so_is_refused(cursor: SnowflakeCursor, options: str) -> None:
    cursor.execute("create or replace stage PACKED_FILES")
    with pytest.raises(ProgrammingError, match=r"not supported by the embedded Snowflake: .* for unloading"):
        cursor.execute(f"copy into @PACKED_FILES/out/ from (select 'x' as V) file_format = ({options})")
