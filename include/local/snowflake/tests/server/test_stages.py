from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
import snowflake.connector
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.snowpark import Session


def test_put_compresses_lists_and_gets_back(cursor: SnowflakeCursor, tmp_path: Path) -> None:
    cursor.execute("create stage if not exists ST")
    for number in range(3):
        (tmp_path / f"part{number}.csv").write_text(f"{number}\n" * 100)
    results = cursor.execute(f"put 'file://{tmp_path}/part*.csv' @ST/in").fetchall()
    assert [(row[1], row[6]) for row in sorted(results)] == [
        (f"part{number}.csv.gz", "UPLOADED") for number in range(3)
    ]
    listed = cursor.execute("list @ST/in").fetchall()
    assert [row[0] for row in listed] == [f"st/in/part{number}.csv.gz" for number in range(3)]
    target = tmp_path / "back"
    target.mkdir()
    cursor.execute(f"get @ST/in 'file://{target}'")
    assert gzip.decompress((target / "part2.csv.gz").read_bytes()) == b"2\n" * 100


def test_put_skips_what_is_there_unless_told(cursor: SnowflakeCursor, tmp_path: Path) -> None:
    cursor.execute("create or replace stage AGAIN")
    file = tmp_path / "model.bin"
    file.write_bytes(bytes(range(256)))
    put = f"put 'file://{file}' @AGAIN auto_compress=false"
    assert cursor.execute(put).fetchone()[6] == "UPLOADED"
    file.write_bytes(b"changed")
    assert cursor.execute(put).fetchone()[6] == "SKIPPED"
    assert cursor.execute(put + " overwrite=true").fetchone()[6] == "UPLOADED"
    assert cursor.execute("list @AGAIN").fetchone()[1] == len(b"changed")


def test_remove_by_path_and_pattern(cursor: SnowflakeCursor, tmp_path: Path) -> None:
    cursor.execute("create or replace stage CLEANED")
    for name in ("a.csv", "b.csv", "c.txt"):
        (tmp_path / name).write_text(name)
    cursor.execute(f"put 'file://{tmp_path}/*' @CLEANED/d auto_compress=false")
    assert cursor.execute("remove @CLEANED pattern='.*[.]csv'").fetchall() == [
        ("cleaned/d/a.csv", "removed"),
        ("cleaned/d/b.csv", "removed"),
    ]
    assert cursor.execute("rm @CLEANED/d").fetchall() == [("cleaned/d/c.txt", "removed")]
    assert cursor.execute("list @CLEANED").fetchall() == []


def test_streams(session: Session) -> None:
    session.sql("create stage if not exists STREAMS").collect()
    session.file.put_stream(io.BytesIO(b"\x00\x01model"), "@STREAMS/models/m 1.bin", auto_compress=False)
    assert session.file.get_stream("@STREAMS/models/m 1.bin").read() == b"\x00\x01model"


def test_user_and_table_stages(cursor: SnowflakeCursor, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("1\n")
    cursor.execute("create or replace table OWN (A int)")
    cursor.execute(f"put 'file://{tmp_path}/f.csv' @%OWN")
    cursor.execute(f"put 'file://{tmp_path}/f.csv' @~/mine")
    assert [row[0] for row in cursor.execute("list @%OWN").fetchall()] == ["f.csv.gz"]
    assert [row[0] for row in cursor.execute("list @~/mine").fetchall()] == ["mine/f.csv.gz"]


@pytest.mark.parametrize("statement", ["list @MISSING", "remove @MISSING/x", "put 'file:///etc/hostname' @MISSING"])
def test_missing_stage(cursor: SnowflakeCursor, schema: str, statement: str) -> None:
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="does not exist or not authorized") as caught:
        cursor.execute(statement)
    assert (caught.value.errno, caught.value.sqlstate) == (2003, "02000")
    assert f"Stage 'EMBEDDED.{schema}.MISSING'" in str(caught.value)


@pytest.mark.parametrize("path", ["../../../../settings.json", "x/../../../y"])
def test_no_way_out_of_a_stage(cursor: SnowflakeCursor, path: str, tmp_path: Path) -> None:
    cursor.execute("create stage if not exists CLOSED")
    with pytest.raises(snowflake.connector.errors.Error, match="leaves the stage"):
        cursor.execute(f"get '@CLOSED/{path}' 'file://{tmp_path}'")


def test_a_temporary_stage_ends_with_its_session(connection_parameters: dict[str, object], schema: str) -> None:
    parameters = {**connection_parameters, "schema": schema}
    with snowflake.connector.connect(**parameters) as first:
        first.cursor().execute("create temporary stage SHORT")
        first.cursor().execute("list @SHORT")
    with (
        snowflake.connector.connect(**parameters) as second,
        pytest.raises(snowflake.connector.errors.ProgrammingError),
    ):
        second.cursor().execute("list @SHORT")


def test_copy_files_from_a_stage_and_from_a_query(cursor: SnowflakeCursor, tmp_path: Path) -> None:
    cursor.execute("create or replace stage ORIGIN")
    cursor.execute("create or replace stage COPIED")
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(name)
        cursor.execute(f"put file://{tmp_path / name} @ORIGIN/in auto_compress=false")
    copied = cursor.execute("copy files into @COPIED/all/ from @ORIGIN/in/ pattern='.*o.*'").fetchall()
    assert sorted(copied) == [("all/one.txt",), ("all/two.txt",)]
    assert cursor.execute(
        "copy files into @COPIED/some from @ORIGIN/in/ files=('two.txt') detailed_output=false"
    ).fetchall() == [(1,)]
    cursor.execute("copy files into @COPIED from (select '@ORIGIN/in/one.txt', 'new/name.txt')")
    names = [row[0] for row in cursor.execute("list @COPIED").fetchall()]
    assert names == ["copied/all/one.txt", "copied/all/two.txt", "copied/new/name.txt", "copied/some/two.txt"]
    cursor.execute(f"get @COPIED/new/ file://{tmp_path}/")
    assert (tmp_path / "name.txt").read_text() == "one.txt"
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="was not found"):
        cursor.execute("copy files into @COPIED from @ORIGIN/in/ files=('three.txt')")


def test_a_directory_table_has_the_files_of_its_last_refresh(cursor: SnowflakeCursor, tmp_path: Path) -> None:
    cursor.execute(
        "create or replace stage LISTED directory = (enable = true auto_refresh = false) file_format = (type = csv)"
    )
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(name)
        cursor.execute(f"put file://{tmp_path / name} @LISTED/in auto_compress=false")
    query = (
        "select relative_path, size, md5 is not null, last_modified > '2020-01-01' from directory(@LISTED) order by 1"
    )
    assert cursor.execute(query).fetchall() == []
    refreshed = cursor.execute("alter stage LISTED refresh").fetchall()
    assert [row[:2] for row in refreshed] == [("in/a.csv", "REGISTERED_NEW"), ("in/b.csv", "REGISTERED_NEW")]
    assert cursor.execute(query).fetchall() == [("in/a.csv", 5, True, True), ("in/b.csv", 5, True, True)]
    cursor.execute("remove @LISTED/in/a.csv")
    (tmp_path / "b.csv").write_text("longer")
    cursor.execute(f"put file://{tmp_path}/b.csv @LISTED/in auto_compress=false overwrite=true")
    assert len(cursor.execute(query).fetchall()) == 2
    refreshed = cursor.execute("alter stage LISTED refresh subpath = 'in/'").fetchall()
    assert [row[:2] for row in refreshed] == [("in/a.csv", "UNREGISTERED"), ("in/b.csv", "REGISTERED_UPDATE")]
    assert cursor.execute("select d.size from directory(@LISTED) d where d.relative_path like '%.csv'").fetchall() == [
        (6,)
    ]
    assert cursor.execute("alter stage LISTED refresh").fetchall() == []


def test_a_stage_has_a_directory_table_once_it_is_enabled(cursor: SnowflakeCursor) -> None:
    cursor.execute("create or replace stage UNLISTED")
    for statement in ("select * from directory(@UNLISTED)", "alter stage UNLISTED refresh"):
        with pytest.raises(snowflake.connector.errors.ProgrammingError, match="does not have a directory table"):
            cursor.execute(statement)
    cursor.execute("alter stage UNLISTED set directory = (enable = true)")
    assert cursor.execute("select * from directory(@UNLISTED)").fetchall() == []
    with pytest.raises(
        snowflake.connector.errors.ProgrammingError, match="not supported by the embedded Snowflake: DIRECTORY"
    ):
        cursor.execute("create or replace stage UNLISTED directory = (enable = true auto_refresh = true)")


@pytest.mark.parametrize(
    "call",
    [
        "get_presigned_url(@ADDRESSED, 'a')",
        "build_scoped_file_url(@ADDRESSED, 'a')",
        "build_stage_file_url('@ADDRESSED', 'a')",
        "get_stage_location(@ADDRESSED)",
        "get_relative_path(@ADDRESSED, 's3://b/a')",
        "get_absolute_path(@ADDRESSED, 'a')",
    ],
)
def test_addresses_in_a_cloud_are_refused(cursor: SnowflakeCursor, call: str) -> None:
    cursor.execute("create stage if not exists ADDRESSED")
    name = call.partition("(")[0].upper()
    with pytest.raises(
        snowflake.connector.errors.ProgrammingError,
        match=f"not supported by the embedded Snowflake: the function {name}",
    ):
        cursor.execute(f"select {call}")


def test_a_story_of_files(session: Session, cursor: SnowflakeCursor, tmp_path: Path) -> None:
    """Load, transform, unload, load again: equal rows."""
    rows = '1,2019-01-01 10:00:00,9.5,"a, b"\n2,2019-01-02 11:00:00,,\n3,2019-01-03 12:30:00,7,c\n'
    (tmp_path / "trips.csv").write_text(f"id,at,fare,note\n{rows}")
    session.sql("create or replace stage STORY").collect()
    session.file.put(f"file://{tmp_path}/trips.csv", "@STORY/raw", overwrite=True)
    reader = session.read.option("PARSE_HEADER", True).option("FIELD_OPTIONALLY_ENCLOSED_BY", '"')
    trips = reader.csv("@STORY/raw")
    assert [name.upper().strip('"') for name in trips.columns] == ["ID", "AT", "FARE", "NOTE"]
    trips.write.save_as_table("STORY_TRIPS", mode="overwrite")
    dear = session.table("STORY_TRIPS")
    dear.write.copy_into_location("@STORY/out/", file_format_type="parquet", header=True, overwrite=True)
    assert session.sql("list @STORY/out pattern = '.*parquet'").count() == 1
    again = session.read.parquet("@STORY/out/")
    assert sorted(map(tuple, again.collect())) == sorted(map(tuple, dear.collect()))
    session.sql("create or replace table STORY_TWO like STORY_TRIPS").collect()
    session.sql(
        "copy into STORY_TWO from @STORY/out/ file_format = (type = parquet) match_by_column_name = case_sensitive"
        " purge = true"
    ).collect()
    assert session.table("STORY_TWO").count() == 3
    assert session.table("STORY_TWO").minus(dear).count() == 0
    assert session.sql("list @STORY/out").collect() == []
    (tmp_path / "back").mkdir()
    assert [row.file for row in session.file.get("@STORY/raw", f"file://{tmp_path}/back")] == ["trips.csv.gz"]
