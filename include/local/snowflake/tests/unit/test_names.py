from __future__ import annotations

import duckdb
import pytest

from embedded_snowflake import names
from embedded_snowflake.errors import SnowflakeError


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("t", ["T"]),
        ('db.schema."My table"', ["DB", "SCHEMA", "My table"]),
        (' "a""b" ', ['a"b']),
        ('"a.b".c', ["a.b", "C"]),
        ("db..t", ["DB", "", "T"]),
        ("a . b", ["A", "B"]),
    ],
)
def test_a_name_is_split_as_it_is_stored(text: str, parts: list[str]) -> None:
    assert names.split_name(text) == parts


@pytest.mark.parametrize("text", ["", ".t", '"open', '"a"b', '""', "a..b..c"])
def test_what_is_no_name_is_a_syntax_error(text: str) -> None:
    with pytest.raises(SnowflakeError, match="syntax error"):
        names.split_name(text)


def test_duckdb_tells_names_apart_that_differ_in_case() -> None:
    stored = ["year", "Year", "YEAR", 'y"r', "größe", "Größe"]
    with duckdb.connect(":memory:") as duck:
        duck.execute(f"create table T ({', '.join(f'{names.quote(name)} int' for name in stored)})")
        found = [row[0] for row in duck.execute("describe T").fetchall()]
        assert [names.decoded(name) for name in found] == stored
        decoding = f"select {names.decoding('column_name')} from duckdb_columns() where table_name = 'T'"
        decoded = duck.execute(f"{decoding} order by column_index")
        assert [name for (name,) in decoded.fetchall()] == stored


def test_upper_case_is_as_it_is_and_encoding_twice_is_once() -> None:
    assert names.encoded("YEAR_1") == "YEAR_1"
    assert names.encoded(names.encoded("year")) == names.encoded("year")
    assert names.decoded(f"table {names.encoded('year')} is gone") == "table year is gone"


def test_the_stand_ins_are_refused_in_names() -> None:
    assert names.allowed("naïve") == "naïve"
    with pytest.raises(SnowflakeError, match=r"private character U\+10FE61"):
        names.split_name(f'"{names.encoded("a")}"')


def test_where_duckdb_has_an_object() -> None:
    assert names.held(names.TableName("DB", "SC", "T")) == ("DB", "SC", "T")
    assert names.held((*names.TEMPORARY, "DB.SC.t")) == ("temp", "main", f"DB.SC.{names.encoded('t')}")
    assert names.path(names.TableName("DB", "SC", "T")) == '"DB"."SC"."T"'
    assert names.path(("DB", "_fs_information_schema", "T")) == '"DB"."_fs_information_schema"."T"'


def test_texts_are_quoted() -> None:
    assert names.literal("it's") == "'it''s'"
    assert names.verbatim('a"b') == '"a""b"'


@pytest.mark.parametrize(
    ("name", "shown"),
    [("T", "T"), ("T_$1", "T_$1"), ("t", '"t"'), ("1T", '"1T"'), ("A B", '"A B"'), ("É", '"É"'), ('A"', '"A"""')],
)
def test_a_name_is_printed_in_quotes_where_it_needs_them(name: str, shown: str) -> None:
    assert names.display(name) == shown
    assert names.display_path(["DB", name]) == f"DB.{shown}"


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("t%", ["T", "TABLE", "t1"], ["AT"]),
        ("T_", ["T1", "ta"], ["T", "T12"]),
        (r"t\_1", ["T_1"], ["TA1"]),
        (r"100\%", ["100%"], ["1000"]),
        ("a.c", ["A.C"], ["ABC"]),
        ("é%", ["É1", "é"], ["E"]),
        ("%", ["", "a\nb"], []),
    ],
)
def test_a_pattern_ignores_case(pattern: str, matching: list[str], others: list[str]) -> None:
    compiled = names.like(pattern)
    assert all(compiled.fullmatch(name) for name in matching)
    assert not any(compiled.fullmatch(name) for name in others)


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [("t%", ["T", "table"], ["AT"]), (r"t\_1", ["T_1", "t_1"], ["TA1"]), ("a.c", ["A.c"], ["ABC"])],
)
def test_a_pattern_for_names_that_duckdb_holds(pattern: str, matching: list[str], others: list[str]) -> None:
    with duckdb.connect(":memory:") as duck:
        matches = "select regexp_full_match(?, ?)"
        for name in (*matching, *others):
            found = duck.execute(matches, [names.encoded(name), names.like_held(pattern)]).fetchone()
            assert found == (name in matching,), name
