"""Functions of arrays, objects and VARIANTs, which are DuckDB's JSON."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from tests.unit.conftest import Evaluate

# Values are JSON where they are of its type.
VALUES = [
    ("_sf_array_except('[1, 1, 2]'::json, '[1]'::json)", [1, 2]),
    ("_sf_array_intersection('[1, 1, 2]'::json, '[1, 1, 3]'::json)", [1, 1]),
    ("_sf_array_sort('[20, null, 9, \"a\"]'::json)", [9, 20, "a", None]),
    ("_sf_array_sort('[20, null, 9]'::json, false)", [None, 20, 9]),
    ("_sf_array_sort('[20, null, 9]'::json, true, true)", [None, 9, 20]),
    ("_sf_array_max('[9, 10, null]'::json)", 10),
    ('_sf_array_min(\'["b", "a"]\'::json)', "a"),
    ("_sf_array_min('[]'::json)", None),
    ("_sf_array_to_string('[1, null, \"x\", true]'::json, '-')", "1--x-true"),
    ("_sf_array_to_string('[]'::json, '-')", ""),
    ("_sf_array_to_string(null::json, '-')", None),
    ("_sf_array_flatten('[[1, [2]], [3]]'::json)", [1, [2], 3]),
    ("_sf_array_flatten('[[1], 2]'::json)", None),
    ("_sf_arrays_zip('[1, 2]'::json, '[\"a\"]'::json)", [{"$1": 1, "$2": "a"}, {"$1": 2, "$2": None}]),
    ("_sf_array_slice('[0, 1, 2, 3]'::json, 1, -1)", [1, 2]),
    ("_sf_array_slice('[0, 1]'::json, 1, 9)", [1]),
    ("_sf_array_position(2, '[1, 2]'::json)", 1),
    ("_sf_array_position(3, '[1, 2]'::json)", None),
    ("_sf_array_contains(1, '[1, 2]'::json)", True),
    ("_sf_array_contains('1', '[1, 2]'::json)", False),
    ("_sf_array_remove('[1, 2, 1]'::json, 1)", [2]),
    ("_sf_array_remove_at('[0, 1, 2]'::json, -1)", [0, 1]),
    ("_sf_array_insert('[0, 1]'::json, 1, 9)", [0, 9, 1]),
    ("_sf_array_insert('[0, 1]'::json, -1, 9)", [0, 9, 1]),
    ("_sf_array_distinct('[1, 2, 1]'::json)", [1, 2]),
    ("_sf_arrays_overlap('[1]'::json, '[2, 1]'::json)", True),
    ("_sf_arrays_to_object('[\"a\", \"b\"]'::json, '[1, 2]'::json)", {"a": 1, "b": 2}),
    ("_sf_array_generate_range(0, 5, 2)", [0, 2, 4]),
    ("_sf_array_append('[1]'::json, 'x')", [1, "x"]),
    ("_sf_array_prepend('[1]'::json, null)", [None, 1]),
    ("_sf_array_cat('[1]'::json, '[2]'::json)", [1, 2]),
    ("_sf_array_compact('[1, null]'::json)", [1]),
    ("_sf_array_size('[1, null]'::json)", 2),
    ("_sf_array_size('{}'::json)", None),
    ("_sf_strtok_to_array('a.b@.c', '.@')", ["a", "b", "c"]),
    ('_sf_object_keys(\'{"b": 1, "a": 2}\'::json)', ["a", "b"]),
    ("_sf_object_insert('{\"a\": 1}'::json, 'b', 2)", {"a": 1, "b": 2}),
    ("_sf_object_insert('{\"a\": 1}'::json, 'b', null)", {"a": 1}),
    ("_sf_object_insert('{\"a\": 1}'::json, 'a', 2, true)", {"a": 2}),
    ("_sf_object_delete('{\"a\": 1, \"b\": 2}'::json, json_array('a'))", {"b": 2}),
    ("_sf_object_pick('{\"a\": 1, \"b\": 2}'::json, json_array('a', 'c'))", {"a": 1}),
    ("_sf_get('[1, 2]'::json, 1)", 2),
    ("_sf_get('[1, 2]'::json, -1)", None),
    ("_sf_get('{\"a.b\": 1}'::json, 'a.b')", 1),
    ("_sf_get('{\"A\": 1}'::json, 'a')", None),
    ("_sf_get_ignore_case('{\"A\": 1}'::json, 'a')", 1),
    ("_sf_get_path('{\"a\": {\"b\": [7]}}'::json, 'a.b[0]')", 7),
    ("_sf_parse_json('{a: 1, $b_2 :{c:[2]}}')", {"a": 1, "$b_2": {"c": [2]}}),
    ('_sf_parse_json(\'{"a": "x, b: c"}\')', {"a": "x, b: c"}),
    ("_sf_parse_json(' ')", None),
    ("_sf_try_parse_json('{a')", None),
    ("_sf_check_json('{a')", "Error parsing JSON: {a"),
    ("_sf_check_json('{\"a\": 1}')", None),
    ("_sf_to_array(5)", [5]),
    ("_sf_to_array('null'::json)", None),
    ("_sf_to_object('{\"a\": 1}'::json)", {"a": 1}),
    ("_sf_strip_null_value('null'::json)", None),
]
TYPES = {
    "{}": "OBJECT",
    "[]": "ARRAY",
    '"x"': "VARCHAR",
    "1": "INTEGER",
    "-1": "INTEGER",
    "1.5": "DECIMAL",
    "true": "BOOLEAN",
    "null": "NULL_VALUE",
}
PREDICATES = {
    "is_array": ["[]"],
    "is_object": ["{}"],
    "is_varchar": ['"x"'],
    "is_integer": ["1", "-1"],
    "is_decimal": ["1", "-1", "1.5"],
    "is_boolean": ["true"],
    "is_null_value": ["null"],
}


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_a_function_of_variants(
    library: duckdb.DuckDBPyConnection, value: Evaluate, expression: str, expected: Any
) -> None:
    found = value(expression)
    is_json = value(f"typeof({expression})") == "JSON"
    assert (json.loads(found) if is_json and found is not None else found) == expected


@pytest.mark.parametrize(("text", "name"), TYPES.items())
def test_typeof(value: Evaluate, text: str, name: str) -> None:
    assert value(f"_sf_typeof('{text}'::json)") == name


@pytest.mark.parametrize(("predicate", "texts"), PREDICATES.items())
def test_what_a_value_is(value: Evaluate, predicate: str, texts: list[str]) -> None:
    assert [text for text in TYPES if value(f"_sf_{predicate}('{text}'::json)")] == texts


def test_as_a_type_gives_what_is_of_it(value: Evaluate) -> None:
    assert value("_sf_as_integer('7'::json)") == 7
    assert value("""_sf_as_integer('"7"'::json)""") is None
    assert value("""_sf_as_varchar('"7"'::json)""") == "7"
    assert value("_sf_as_varchar('7'::json)") is None
    assert value("_sf_as_double('1.5'::json)") == 1.5
    assert value("_sf_as_boolean('true'::json)") is True


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("_sf_parse_json('{a: 1, b}')", "alformed JSON"),
        ("_sf_to_object('[1]'::json)", r"Failed to cast variant value \[1\] to OBJECT"),
        ("_sf_object_insert('{\"a\": 1}'::json, 'a', 2)", "Duplicate field key 'a'"),
        ("_sf_is_array('text')", "Invalid argument types for function IS_ARRAY"),
    ],
)
def test_what_is_no_variant_is_an_error(value: Evaluate, expression: str, message: str) -> None:
    with pytest.raises(duckdb.Error, match=message):
        value(expression)


def test_variants_are_ordered_numbers_first(library: duckdb.DuckDBPyConnection) -> None:
    sql = """select v from (values ('"b"'::json), ('10'::json), ('9'::json), ('"a"'::json)) t(v)
             order by _sf_variant_key(v)"""
    assert [row[0] for row in library.execute(sql).fetchall()] == ["9", "10", '"a"', '"b"']


def test_the_most_frequent_come_first(library: duckdb.DuckDBPyConnection) -> None:
    sql = "select _sf_approx_top_k(v, 2) from (values ('a'), ('b'), ('b'), ('c'), ('c'), ('c')) t(v)"
    assert library.execute(sql).fetchall() == [('[["c",3],["b",2]]',)]


def test_an_object_leaves_nulls_out_or_keeps_them(value: Evaluate) -> None:
    pairs = "['a', 'b', null], [to_json(1), null, to_json(3)]"
    assert value(f"_fs_object_construct({pairs}, false)") == '{"a":1}'
    assert value(f"_fs_object_construct({pairs}, true)") == '{"a":1,"b":null}'
