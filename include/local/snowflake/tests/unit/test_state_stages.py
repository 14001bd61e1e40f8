from __future__ import annotations

from pathlib import Path

import pytest

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.state.stages import StageFolders, StageReference, parse_reference

STAGE = StageReference("DB", "SC", "ST", "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("@st", ("DB", "SC", "ST", "")),
        ("st", ("DB", "SC", "ST", "")),
        ("@st/a/b.csv", ("DB", "SC", "ST", "a/b.csv")),
        ("'@st/it''s'", ("DB", "SC", "ST", "it's")),
        ("@other.st", ("DB", "OTHER", "ST", "")),
        ("@db2.other.st/x", ("DB2", "OTHER", "ST", "x")),
        ('@"Db"."S/1"."St"/x/y', ("Db", "S/1", "St", "x/y")),
        ("@~", ("", "", "~", "")),
        ("@~/x", ("", "", "~", "x")),
        ("@%t/x", ("DB", "SC", "%T", "x")),
        ('@%"t"', ("DB", "SC", "%t", "")),
        ('@"%t"', ("DB", "SC", "%t", "")),
        ("@other.%t", ("DB", "OTHER", "%T", "")),
    ],
)
def test_a_reference_is_read(text: str, parts: tuple[str, str, str, str]) -> None:
    assert parse_reference(text, "DB", "SC") == StageReference(*parts)


@pytest.mark.parametrize("text", ["@", "@%", "@a.b.c.d", '@"open', "''"])
def test_what_is_no_reference_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SnowflakeError, match="syntax error"):
        parse_reference(text, "DB", "SC")


def test_a_name_needs_a_current_schema() -> None:
    assert parse_reference("@a.b.st", None, None).name == "ST"
    assert parse_reference("@~/x", None, None).name == "~"
    for text, database, schema in (("@st", "DB", None), ("@b.st", None, "SC")):
        with pytest.raises(SnowflakeError, match="does not have a current database") as caught:
            parse_reference(text, database, schema)
        assert caught.value.code == 90105


def test_list_writes_a_named_stage_in_lower_case() -> None:
    assert STAGE.prefix == "st/"
    assert [parse_reference(text, "DB", "SC").prefix for text in ("@~", "@%t")] == ["", ""]
    assert [parse_reference(text, "DB", "SC").is_named for text in ("@st", "@~", "@%t")] == [True, False, False]


@pytest.fixture
def folders(tmp_path: Path) -> StageFolders:
    return StageFolders(tmp_path / "stages")


def _put(folders: StageFolders, reference: StageReference, name: str, text: str = "") -> Path:
    path = folders.folder(reference, "ME") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_files_are_those_whose_path_begins_so(folders: StageFolders) -> None:
    for name in ("b.csv", "a/2.csv", "a/1.csv", "ab.csv", "a/.upload-3"):
        _put(folders, STAGE, name)
    found = {path: [file.relative for file in _files(folders, path)] for path in ("", "a", "a/", "a/1.csv", "c")}
    assert found == {
        "": ["a/1.csv", "a/2.csv", "ab.csv", "b.csv"],
        "a": ["a/1.csv", "a/2.csv", "ab.csv"],
        "a/": ["a/1.csv", "a/2.csv"],
        "a/1.csv": ["a/1.csv"],
        "c": [],
    }


def test_a_file_knows_its_size_and_sum(folders: StageFolders) -> None:
    _put(folders, STAGE, "a.txt", "abc")
    [file] = _files(folders, "")
    assert (file.size(), file.md5()) == (3, "900150983cd24fb0d6963f7d28e17f72")
    assert file.modified().endswith(" GMT")


@pytest.mark.parametrize("path", ["../x", "a/../../x", "a/../../../etc/passwd"])
def test_a_path_does_not_leave_its_stage(folders: StageFolders, path: str) -> None:
    reference = StageReference("DB", "SC", "ST", path)
    for find in (folders.path, folders.files):
        with pytest.raises(SnowflakeError, match="leaves the stage"):
            find(reference, "ME")


def test_a_link_does_not_lead_out_of_its_stage(folders: StageFolders, tmp_path: Path) -> None:
    folder = folders.folder(STAGE, "ME")
    folder.mkdir(parents=True)
    (folder / "out").symlink_to(tmp_path)
    with pytest.raises(SnowflakeError, match="leaves the stage"):
        folders.path(StageReference("DB", "SC", "ST", "out/x"), "ME")


@pytest.mark.parametrize("name", ["..", ".", "a/b", "%", "é", "~"])
def test_any_name_is_one_folder(folders: StageFolders, name: str) -> None:
    folder = folders.folder(StageReference("DB", "SC", name, ""), "ME")
    if name != "~":
        assert folder.parent == folders.root / "DB" / "SC"
    assert folder.resolve().is_relative_to(folders.root.resolve() / ("~" if name == "~" else "DB"))


def test_users_have_stages_of_their_own(folders: StageFolders) -> None:
    home = parse_reference("@~", None, None)
    assert folders.folder(home, "ME") != folders.folder(home, "YOU")


def test_files_go_with_their_stage_their_schema_their_database(folders: StageFolders) -> None:
    other = StageReference("DB", "OTHER", "ST", "")
    elsewhere = StageReference("DB2", "SC", "ST", "")
    for reference in (STAGE, other, elsewhere):
        _put(folders, reference, "a.txt")
    folders.drop(STAGE, "ME")
    assert [bool(folders.files(reference, "ME")) for reference in (STAGE, other, elsewhere)] == [False, True, True]
    _put(folders, STAGE, "a.txt")
    folders.drop_schema("DB", "SC")
    assert [bool(folders.files(reference, "ME")) for reference in (STAGE, other, elsewhere)] == [False, True, True]
    folders.drop_schema("DB")
    assert [bool(folders.files(reference, "ME")) for reference in (STAGE, other, elsewhere)] == [False, False, True]


def _files(folders: StageFolders, path: str) -> list:
    return folders.files(StageReference("DB", "SC", "ST", path), "ME")
