"""COPY_HISTORY and VALIDATE tell of loads as COPY INTO answered them."""

from __future__ import annotations

from pathlib import Path

import pytest
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import ProgrammingError

ERRORS = (
    "select error, file, line, code, column_name, row_number, rejected_record from table(validate({}, job_id => '{}'))"
)
BAD = [
    ("Numeric value 'x' is not recognized", "bad.csv", 2, 100038, '"LOADED"["A":1]', 2, "x,2024-01-01"),
    ("Date 'never' is not recognized", "bad.csv", 3, 100040, '"LOADED"["B":2]', 3, "3,never"),
]


@pytest.fixture
def loads(cursor: SnowflakeCursor, tmp_path: Path) -> SnowflakeCursor:
    """Two files, one of them with bad rows, and an empty table."""
    cursor.execute("create or replace stage HISTORY")
    for name, content in (("bad.csv", "1,2024-01-01\nx,2024-01-01\n3,never\n"), ("good.csv", "4,2024-01-02\n")):
        (tmp_path / name).write_text(content)
        cursor.execute(f"put file://{tmp_path / name} @HISTORY auto_compress=false")
    cursor.execute("create or replace table LOADED (A int, B date)")
    return cursor


def _history(
    cursor: SnowflakeCursor, what: str, table: str = "LOADED", start: str = "dateadd(hour, -1, current_timestamp())"
) -> list[object]:
    query = f"select {what} from table(information_schema.copy_history(table_name => '{table}', start_time => {start}))"
    return cursor.execute(f"{query} order by file_name, status").fetchall()


@pytest.mark.parametrize("kind", ["", "temporary"])
def test_history_of_loads(loads: SnowflakeCursor, schema: str, kind: str) -> None:
    loads.execute(f"create or replace {kind} table LOADED (A int, B date)")
    loads.execute("copy into LOADED from @HISTORY file_format = (type = csv) on_error = continue")
    what = (
        "file_name, stage_location, row_count, row_parsed, file_size, error_count, first_error_line_number, status,"
        " table_name"
    )
    stage = f"@EMBEDDED.{schema}.HISTORY/"
    assert _history(loads, what) == [
        ("bad.csv", stage, 1, 3, 34, 2, 2, "Partially loaded", "LOADED"),
        ("good.csv", stage, 1, 1, 13, 0, None, "Loaded", "LOADED"),
    ]
    assert _history(loads, "file_name", f"EMBEDDED.{schema}.LOADED", "'2020-01-01'::timestamp_ltz") == [
        ("bad.csv",),
        ("good.csv",),
    ]
    assert _history(loads, "file_name", start="dateadd(hour, 1, current_timestamp())") == []


def test_a_failed_file_is_tried_again_and_both_tries_are_in_the_history(loads: SnowflakeCursor) -> None:
    copy = "copy into LOADED from @HISTORY file_format = (type = csv) on_error = skip_file"
    assert sorted(row[1] for row in loads.execute(copy).fetchall()) == ["LOADED", "LOAD_FAILED"]
    assert [row[:2] for row in loads.execute(copy).fetchall()] == [("bad.csv", "LOAD_FAILED")]
    assert _history(loads, "file_name, status") == [("bad.csv", "Load failed")] * 2 + [("good.csv", "Loaded")]


def test_a_load_that_was_rolled_back_is_no_history(loads: SnowflakeCursor) -> None:
    loads.execute("begin")
    loads.execute("copy into LOADED from @HISTORY file_format = (type = csv) on_error = continue")
    loads.execute("rollback")
    assert _history(loads, "file_name") == []


@pytest.mark.parametrize("on_error", ["continue", "skip_file", "abort_statement"])
def test_validate_gives_every_bad_row(loads: SnowflakeCursor, on_error: str) -> None:
    copy = f"copy into LOADED from @HISTORY file_format = (type = csv) on_error = {on_error}"
    if on_error == "abort_statement":
        with pytest.raises(ProgrammingError, match="Numeric value 'x' is not recognized"):
            loads.execute(copy)
        assert loads.execute(ERRORS.format("LOADED", "_last")).fetchall() == BAD
        return
    query_id = loads.execute(copy).sfqid
    assert loads.execute(ERRORS.format("LOADED", "_last")).fetchall() == BAD
    assert loads.execute(ERRORS.format("LOADED", query_id)).fetchall() == BAD


def test_what_is_not_known(loads: SnowflakeCursor) -> None:
    with pytest.raises(ProgrammingError, match="Statement 01a not found"):
        loads.execute(ERRORS.format("LOADED", "01a"))
    with pytest.raises(ProgrammingError, match="Table 'NOWHERE' does not exist"):
        _history(loads, "file_name", "NOWHERE")
    with pytest.raises(ProgrammingError, match="COPY_HISTORY needs TABLE_NAME and START_TIME"):
        loads.execute("select * from table(information_schema.copy_history(table_name => 'LOADED'))")
