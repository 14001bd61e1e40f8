from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor

WRONG_COUNT = "Number of columns in file ({}) does not match that of the corresponding table (3)"
FORMAT = "file_format = (type = csv skip_header = 1 field_optionally_enclosed_by = '\"')"
FLAWED = 'id,name,paid\n1,"a, b",2\nx,c,3\n2,d\n3,"e\nf",far\n,g,1\n4,h,1,2\n5,i,5\n'


@pytest.fixture
def stage(cursor: SnowflakeCursor, tmp_path: Path) -> SnowflakeCursor:
    cursor.execute("create or replace stage CHECKED")
    cursor.execute("create or replace table PAYMENTS (ID number not null, NAME varchar(5), PAID float)")
    (tmp_path / "flawed.csv").write_text(FLAWED)
    cursor.execute(f"put 'file://{tmp_path}/flawed.csv' @CHECKED")
    return cursor


def _validate(cursor: SnowflakeCursor, mode: str, more: str = "") -> list[dict[str, Any]]:
    cursor.execute(f"copy into PAYMENTS from @CHECKED {FORMAT} {more} validation_mode = {mode}")
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_bad_record_is_told_with_its_place_and_nothing_is_loaded(stage: SnowflakeCursor) -> None:
    errors = _validate(stage, "return_errors")
    places = (
        "LINE",
        "CHARACTER",
        "BYTE_OFFSET",
        "CODE",
        "COLUMN_NAME",
        "ROW_NUMBER",
        "ROW_START_LINE",
        "REJECTED_RECORD",
    )
    assert [tuple(error[name] for name in places) for error in errors] == [
        (3, 1, 24, 100038, '"PAYMENTS"["ID":1]', 2, 3, "x,c,3"),
        (5, 1, 34, 100080, '"PAYMENTS"["NAME":2]', 3, 4, "2,d"),
        (6, 4, 42, 100038, '"PAYMENTS"["PAID":3]', 4, 5, '3,"e\nf",far'),
        (7, 2, 47, 100088, '"PAYMENTS"["ID":1]', 5, 7, ",g,1"),
        (9, 1, 59, 100080, '"PAYMENTS"[4]', 6, 8, "4,h,1,2"),
    ]
    assert errors[0]["ERROR"] == "Numeric value 'x' is not recognized"
    assert errors[1]["ERROR"].startswith(WRONG_COUNT.format(2))
    assert errors[3]["ERROR"].startswith("NULL result in a non-nullable column.")
    assert [error["CATEGORY"] for error in errors] == ["conversion", "parsing", "conversion", "parsing", "parsing"]
    assert {error["FILE"] for error in errors} == {"flawed.csv.gz"}
    assert stage.execute("select count(*) from PAYMENTS").fetchone() == (0,)


def test_a_missing_file_is_an_error_among_them(stage: SnowflakeCursor) -> None:
    error, *_ = _validate(stage, "return_errors", "files = ('gone.csv', 'flawed.csv.gz')")
    assert error["FILE"] == "gone.csv"
    assert "Remote file 'gone.csv' was not found." in error["ERROR"]


def test_the_first_rows_are_shown_as_they_would_be_loaded(stage: SnowflakeCursor) -> None:
    assert _validate(stage, "return_1_rows") == [{"ID": 1, "NAME": "a, b", "PAID": 2.0}]
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="line 3, character 1") as caught:
        _validate(stage, "'RETURN_2_ROWS'")
    assert caught.value.errno == 100038
    assert _validate(stage, "return_2_rows", "pattern = '.*json'") == []


def test_an_open_transaction_goes_on(stage: SnowflakeCursor) -> None:
    stage.execute("begin")
    stage.execute("insert into PAYMENTS (ID) values (1)")
    assert len(_validate(stage, "return_errors")) == 5
    stage.execute("commit")
    assert stage.execute("select count(*) from PAYMENTS").fetchone() == (1,)


def test_files_loaded_before_are_left_out_of_return_errors_only(stage: SnowflakeCursor, tmp_path: Path) -> None:
    (tmp_path / "flawed.csv").write_text("id,name,paid\n1,a,2\nx,b,3\n")
    stage.execute(f"put 'file://{tmp_path}/flawed.csv' @CHECKED overwrite = true")
    stage.execute(f"copy into PAYMENTS from @CHECKED {FORMAT} on_error = continue")
    assert _validate(stage, "return_errors") == []
    assert [error["LINE"] for error in _validate(stage, "return_all_errors")] == [3]
    assert [row["ID"] for row in _validate(stage, "return_1_rows")] == [1]
