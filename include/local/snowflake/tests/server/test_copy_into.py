from __future__ import annotations

from pathlib import Path

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor

COLUMNS = "ID number, TAKEN timestamp_ntz, DISTANCE float, FLAG varchar, PAID number(10,2)"
HEADER = "id,taken,distance,flag,paid\n"
GOOD = '1,2019-01-01 10:00:00,1.5,"N",10.25\n2,2019-01-02 11:30:00,,"",3\n'
FORMAT = "file_format = (type = csv skip_header = 1 field_optionally_enclosed_by = '\"' null_if = (''))"


@pytest.fixture
def stage(cursor: SnowflakeCursor, tmp_path: Path) -> SnowflakeCursor:
    cursor.execute("create or replace stage LOADS")
    cursor.execute(f"create or replace table TRIPS ({COLUMNS})")
    _put(cursor, tmp_path, "good.csv", GOOD)
    return cursor


def _put(cursor: SnowflakeCursor, folder: Path, name: str, body: str) -> None:
    (folder / name).write_text(HEADER + body)
    cursor.execute(f"put 'file://{folder}/{name}' @LOADS/in overwrite=true")


def _copy(more: str = "") -> str:
    return f"copy into TRIPS from @LOADS/in/ {FORMAT} {more}"


def test_values_and_nulls(stage: SnowflakeCursor) -> None:
    row = stage.execute(_copy()).fetchone()
    assert row[:4] == ("in/good.csv.gz", "LOADED", 2, 2)
    rows = stage.execute("select ID, TAKEN::varchar, DISTANCE, FLAG, PAID::varchar from TRIPS order by ID").fetchall()
    assert rows[0][:2] == (1, "2019-01-01 10:00:00.000")
    assert rows[0][2:] == (1.5, "N", "10.25")
    assert rows[1][2:] == (None, None, "3.00")


def test_a_loaded_file_is_skipped_until_forced_or_changed(stage: SnowflakeCursor, tmp_path: Path) -> None:
    stage.execute(_copy())
    assert stage.execute(_copy()).fetchall() == [("Copy executed with 0 files processed.",)]
    assert stage.execute(_copy("files = ('good.csv.gz')")).fetchone()[:2] == ("in/good.csv.gz", "LOAD_SKIPPED")
    assert stage.execute("select count(*) from TRIPS").fetchone() == (2,)
    assert stage.execute(_copy("force = true")).fetchone()[1] == "LOADED"
    _put(stage, tmp_path, "good.csv", GOOD.replace("1.5", "2.5"))
    assert stage.execute(_copy()).fetchone()[1] == "LOADED"
    assert stage.execute("select count(*) from TRIPS").fetchone() == (6,)


@pytest.mark.parametrize("statement", [f"create or replace table TRIPS ({COLUMNS})", "truncate table TRIPS"])
def test_a_new_or_emptied_table_has_loaded_nothing(stage: SnowflakeCursor, statement: str) -> None:
    stage.execute(_copy())
    stage.execute(statement)
    assert stage.execute(_copy()).fetchone()[1] == "LOADED"


def test_a_rolled_back_load_can_be_done_again(stage: SnowflakeCursor) -> None:
    stage.execute("begin")
    stage.execute(_copy())
    stage.execute("rollback")
    assert stage.execute(_copy()).fetchone()[1] == "LOADED"
    assert stage.execute("select count(*) from TRIPS").fetchone() == (2,)


@pytest.mark.parametrize(
    ("row", "message", "place"),
    [
        ("3,2019-01-03 10:00:00,far,N,1\n", "Numeric value 'far' is not recognized", '"TRIPS"["DISTANCE":3]'),
        ("3,yesterday,1,N,1\n", "Timestamp 'yesterday' is not recognized", '"TRIPS"["TAKEN":2]'),
        ("3,2019-01-03 10:00:00,1\n", r"Number of columns in file \(3\) does not match", "line 4"),
    ],
)
def test_a_broken_row_names_file_line_and_column_and_loads_nothing(
    stage: SnowflakeCursor, tmp_path: Path, row: str, message: str, place: str
) -> None:
    _put(stage, tmp_path, "broken.csv", GOOD + row)
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match=message) as caught:
        stage.execute(_copy("on_error = abort_statement"))
    assert "File 'in/broken.csv.gz', line 4" in str(caught.value)
    assert place in str(caught.value)
    assert stage.execute("select count(*) from TRIPS").fetchone() == (0,)


def test_on_error_continue_and_skip_file(stage: SnowflakeCursor, tmp_path: Path) -> None:
    _put(stage, tmp_path, "broken.csv", GOOD + "x,2019-01-03 10:00:00,1,N,1\n")
    outcome = {row[0]: row for row in stage.execute(_copy("on_error = continue")).fetchall()}
    assert outcome["in/broken.csv.gz"][1:4] == ("PARTIALLY_LOADED", 3, 2)
    stage.execute(f"create or replace table TRIPS ({COLUMNS})")
    outcome = {row[0]: row for row in stage.execute(_copy("on_error = skip_file")).fetchall()}
    assert outcome["in/broken.csv.gz"][1] == "LOAD_FAILED"
    assert stage.execute("select count(*) from TRIPS").fetchone() == (2,)


def test_a_file_of_bad_structure_is_skipped_and_the_others_load(stage: SnowflakeCursor, tmp_path: Path) -> None:
    _put(stage, tmp_path, "a_broken.csv", GOOD + "1,2\n")
    stage.execute("begin")
    outcome = {row[0]: row for row in stage.execute(_copy("on_error = skip_file")).fetchall()}
    stage.execute("commit")
    assert (outcome["in/a_broken.csv.gz"][1], outcome["in/good.csv.gz"][1]) == ("LOAD_FAILED", "LOADED")
    assert stage.execute("select count(*) from TRIPS").fetchone() == (2,)


def test_unknown_table_and_no_files(stage: SnowflakeCursor) -> None:
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match=r"Table 'NOWHERE' does not exist"):
        stage.execute("copy into NOWHERE from @LOADS")
    assert stage.execute("copy into TRIPS from @LOADS/nothing/").fetchone() == (
        "Copy executed with 0 files processed.",
    )


def test_an_option_that_is_not_there_is_refused(stage: SnowflakeCursor) -> None:
    with pytest.raises(
        snowflake.connector.errors.ProgrammingError, match="not supported by the embedded Snowflake: COPY INTO option"
    ):
        stage.execute(_copy("include_metadata = (FLAG = METADATA$FILENAME)"))


def test_texts_are_held_to_their_column(stage: SnowflakeCursor, tmp_path: Path) -> None:
    stage.execute(
        "create or replace table TRIPS (ID number, TAKEN timestamp_ntz, DISTANCE float, FLAG varchar(1), PAID"
        " number(10,2))"
    )
    _put(stage, tmp_path, "good.csv", GOOD.replace('"N"', '"No"'))
    with pytest.raises(snowflake.connector.errors.ProgrammingError) as caught:
        stage.execute(_copy())
    assert caught.value.errno == 100074
    assert "User character length limit (1) exceeded by string 'No'" in str(caught.value)
    assert """line 2, character 27\n  Row 1, column "TRIPS"["FLAG":4]""" in str(caught.value)
    row = stage.execute(_copy("on_error = continue")).fetchone()
    assert row[1:4] == ("PARTIALLY_LOADED", 2, 1)
    assert row[5:7] == (1, "User character length limit (1) exceeded by string 'No'")


@pytest.mark.parametrize("option", ["truncatecolumns = true", "enforce_length = false"])
def test_texts_may_be_cut(stage: SnowflakeCursor, tmp_path: Path, option: str) -> None:
    stage.execute(
        "create or replace table TRIPS (ID number, TAKEN timestamp_ntz, DISTANCE float, FLAG varchar(1), PAID"
        " number(10,2))"
    )
    _put(stage, tmp_path, "good.csv", GOOD.replace('"N"', '"No"'))
    stage.execute(_copy(option))
    assert stage.execute("select FLAG from TRIPS where ID = 1").fetchone() == ("N",)


def test_a_transformation_is_held_to_its_columns(stage: SnowflakeCursor) -> None:
    stage.execute("create or replace table FLAGS (FLAG varchar(1), ID number)")
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="User character length limit"):
        stage.execute(f"copy into FLAGS from (select $2, $1 from @LOADS/in/) {FORMAT}")
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="expecting 2 but got 3"):
        stage.execute(f"copy into FLAGS from (select $4, $1, $2 from @LOADS/in/) {FORMAT}")
    assert stage.execute("select count(*) from FLAGS").fetchone() == (0,)


def test_numbers_of_38_digits_and_no_more(stage: SnowflakeCursor, tmp_path: Path) -> None:
    digits = "9" * 38
    _put(stage, tmp_path, "good.csv", f"{digits},,,,\n1,,,,\n")
    stage.execute(_copy())
    assert stage.execute("select max(ID) from TRIPS").fetchone() == (int(digits),)
    _put(stage, tmp_path, "good.csv", f"1,,,,\n{digits}0,,,,\n")
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match=f"Numeric value '{digits}0' is out of range"):
        stage.execute(_copy())


def test_a_file_is_unpacked_by_what_is_in_it(cursor: SnowflakeCursor) -> None:
    cursor.execute("create or replace stage PACKED")
    cursor.execute(
        "copy into @PACKED/rows.csv from (select 1, 'a') file_format = (type = csv compression = gzip) single = true"
    )
    assert cursor.execute("select $1, $2 from @PACKED/rows.csv").fetchall() == [("1", "a")]
    cursor.execute("create or replace table UNPACKED (A number, B varchar)")
    assert cursor.execute("copy into UNPACKED from @PACKED/rows.csv file_format = (type = csv)").fetchone()[1:4] == (
        "LOADED",
        1,
        1,
    )


def test_partitions_are_folders(cursor: SnowflakeCursor) -> None:
    cursor.execute("create or replace stage PARTED")
    rows = "select column1 as A from values ('x'), ('y'), (null)"
    cursor.execute(f"copy into @PARTED/out from ({rows}) partition by 'a=' || A file_format = (type = csv)")
    names = [row[0].rpartition("/")[0] for row in cursor.execute("list @PARTED").fetchall()]
    assert sorted(names) == ["parted/out/__NULL__", "parted/out/a=x", "parted/out/a=y"]
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="leaves the stage"):
        cursor.execute("copy into @PARTED from (select '../../x' as A) partition by A file_format = (type = csv)")


@pytest.mark.parametrize(
    ("flag", "options", "value"),
    [
        ('"  N "', "trim_space = true", "  N "),
        (' "N" ', "trim_space = true", "N"),
        ("  N ", "trim_space = true", "N"),
        ("Martha\\'s", "", "Martha's"),
        ("a\\,b\\\\", "", "a,b\\"),
        ("a\\\nb", "", "a\nb"),
        ("a^,b", "escape = '^'", "a,b"),
        ('"a^"b"', "escape = '^'", 'a"b'),
        ("a^,b", "escape_unenclosed_field = '^'", "a,b"),
        ("a^^b", "escape_unenclosed_field = '^'", "a^b"),
        ('a"b\\\\c"', "escape = '\\\\'", 'a"b\\c"'),
        ('"a\\"b\\\\"', "escape = '\\\\'", 'a"b\\'),
        ('"a\\,b\\\nc"', "escape = '\\\\'", "a,b\nc"),
        ('"a""b"', "", 'a"b'),
    ],
)
def test_quotes_blanks_and_escapes(stage: SnowflakeCursor, tmp_path: Path, flag: str, options: str, value: str) -> None:
    _put(stage, tmp_path, "good.csv", f"3,2019-01-01 10:00:00,1.5,{flag},1\n")
    stage.execute(_copy().replace("skip_header", f"{options} skip_header"))
    assert stage.execute("select FLAG from TRIPS").fetchone() == (value,)


def test_lines_that_end_as_on_windows(stage: SnowflakeCursor, tmp_path: Path) -> None:
    _put(stage, tmp_path, "good.csv", '3,2019-01-01 10:00:00,1.5,"a\\"b",1\r\n4,2019-01-01 10:00:00,1.5,"C,\nD",1\r\n')
    stage.execute(_copy().replace("skip_header", "escape = '\\\\' skip_header"))
    assert stage.execute("select FLAG from TRIPS order by ID").fetchall() == [('a"b',), ("C,\nD",)]


def test_an_escape_without_a_documented_meaning_is_refused(stage: SnowflakeCursor, tmp_path: Path) -> None:
    _put(stage, tmp_path, "hard.csv", "3,2019-01-01 10:00:00,1.5,C:\\temp,1\n")
    with pytest.raises(
        snowflake.connector.errors.ProgrammingError, match="not supported by the embedded Snowflake"
    ) as caught:
        stage.execute(_copy())
    assert "hard.csv.gz" in str(caught.value)
    assert "line 2" in str(caught.value)
    assert stage.execute("select count(*) from TRIPS").fetchone() == (0,)


@pytest.mark.parametrize(
    ("flag", "options"), [('"C:\\temp"', ""), ("C:\\temp", "escape_unenclosed_field = none"), ("\\N", "")]
)
def test_backslashes_that_are_no_escapes(stage: SnowflakeCursor, tmp_path: Path, flag: str, options: str) -> None:
    _put(stage, tmp_path, "good.csv", f"3,2019-01-01 10:00:00,1.5,{flag},1\n")
    stage.execute(_copy().replace("skip_header", f"{options} skip_header").replace("('')", "('', '\\\\N')"))
    assert stage.execute("select FLAG from TRIPS").fetchone() == (None if flag == "\\N" else "C:\\temp",)


def test_rows_are_loaded_with_the_names_of_their_files(stage: SnowflakeCursor, tmp_path: Path) -> None:
    _put(stage, tmp_path, "more.csv", "7,,,,\n")
    stage.execute("create or replace table NAMED (ID number, FILE varchar, ROW_NUMBER number)")
    stage.execute(
        f"copy into NAMED from (select $1, metadata$filename, metadata$file_row_number from @LOADS/in/) {FORMAT}"
    )
    rows = stage.execute("select * from NAMED order by ID").fetchall()
    assert rows == [(1, "in/good.csv.gz", 1), (2, "in/good.csv.gz", 2), (7, "in/more.csv.gz", 1)]


def test_an_unload_that_would_be_several_files_writes_none(cursor: SnowflakeCursor) -> None:
    rows = "(select seq4() as N, mod(N, 2)::varchar as P from table(generator(rowcount => 20000)))"
    for more in ("", "single = true", "partition by P"):
        with pytest.raises(
            snowflake.connector.errors.ProgrammingError, match=r"not supported .*: MAX_FILE_SIZE = 1000"
        ):
            cursor.execute(f"copy into @~/one_file_only/ from {rows} {more} max_file_size = 1000")
    assert cursor.execute("list @~/one_file_only/").fetchall() == []
    cursor.execute(f"copy into @~/one_file_only/ from {rows} max_file_size = 1000000")
    assert len(cursor.execute("list @~/one_file_only/").fetchall()) == 1
