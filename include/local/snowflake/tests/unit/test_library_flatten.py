from __future__ import annotations

from typing import Any

import duckdb
import pytest

COLUMNS = '"KEY", "PATH", "INDEX", "VALUE"'
INPUT = '{"a": 1, "b": [77, {"c": 8}]}'


def _rows(library: duckdb.DuckDBPyConnection, call: str) -> list[tuple[Any, ...]]:
    return library.execute(f"select {COLUMNS} from {call}").fetchall()


def test_a_row_per_element(library: duckdb.DuckDBPyConnection) -> None:
    assert _rows(library, f"_sf_flatten('{INPUT}'::json, '', false, 'BOTH')") == [
        ("a", "a", None, "1"),
        ("b", "b", None, '[77,{"c":8}]'),
    ]
    assert _rows(library, "_sf_flatten('[7, null]'::json, 'x', false, 'BOTH')") == [
        (None, "x[0]", 0, "7"),
        (None, "x[1]", 1, "null"),
    ]


@pytest.mark.parametrize(("mode", "rows"), [("ARRAY", 0), ("OBJECT", 2), ("BOTH", 2)])
def test_of_arrays_or_objects_alone(library: duckdb.DuckDBPyConnection, mode: str, rows: int) -> None:
    assert len(_rows(library, f"_sf_flatten('{INPUT}'::json, '', false, '{mode}')")) == rows


def test_outer_keeps_what_has_no_elements(library: duckdb.DuckDBPyConnection) -> None:
    for given in ("[]", "null"):
        assert _rows(library, f"_sf_flatten('{given}'::json, 'p', false, 'BOTH')") == []
        assert _rows(library, f"_sf_flatten('{given}'::json, 'p', true, 'BOTH')") == [(None, "p", None, None)]


def test_an_element_comes_before_what_is_in_it(library: duckdb.DuckDBPyConnection) -> None:
    rows = _rows(library, f"_sf_flatten_recursive('{INPUT}'::json, '', false, 'BOTH')")
    assert [(key, path, index) for key, path, index, _ in rows] == [
        ("a", "a", None),
        ("b", "b", None),
        (None, "b[0]", 0),
        (None, "b[1]", 1),
        ("c", "b[1].c", None),
    ]


def test_inputs_have_a_number_and_elements_know_their_parent(library: duckdb.DuckDBPyConnection) -> None:
    sql = """select count(distinct "SEQ"), list("THIS" order by "PATH")
        from _sf_flatten_recursive('[[1]]'::json, '', false, 'BOTH')"""
    assert library.execute(sql).fetchone() == (1, ["[[1]]", "[1]"])


def test_words(library: duckdb.DuckDBPyConnection) -> None:
    sql = 'select "INDEX", "VALUE" from {}'
    assert library.execute(sql.format("_sf_split_to_table('a..b', '.')")).fetchall() == [(1, "a"), (2, ""), (3, "b")]
    assert library.execute(sql.format("_sf_strtok_split_to_table('a.-b', '-.')")).fetchall() == [(1, "a"), (2, "b")]
