"""Values of every type of Snowflake's in compared tables, and names as they come."""

from __future__ import annotations

from typing import Any

import pytest
from snowflake.snowpark import Session

from include.tasks.compare import compare_tables
from tests.tasks.test_compare import both, compared, snowflake

__all__ = ["snowflake"]  # a fixture

NUMBERED = "SELECT 1 AS ID, {} AS X UNION ALL SELECT 2, {}"


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("'a'", "'b'", ("a", "b")),
        ("TRUE", "FALSE", (True, False)),
        ("1::NUMBER(38,0)", "2::NUMBER(38,0)", (1, 2)),
        ("1.10::NUMBER(10,2)", "1.11::NUMBER(10,2)", (1.1, 1.11)),
        # Told apart though no FLOAT can.
        ("9007199254740992::NUMBER(38,0)", "9007199254740993::NUMBER(38,0)", (9007199254740992, 9007199254740993)),
        ("99999999999999999999999999999999999999", "-1", (99999999999999999999999999999999999999, -1)),
        ("'2026-01-31'::DATE", "'2026-02-01'::DATE", ("2026-01-31", "2026-02-01")),
        ("'10:00:00.000001'::TIME", "'10:00:00'::TIME", ("10:00:00.000001000", "10:00:00.000000000")),
        (
            "'2026-01-31 10:00:00.000001'::TIMESTAMP_NTZ",
            "'2026-01-31 10:00:00'::TIMESTAMP_NTZ",
            ("2026-01-31 10:00:00.000001000", "2026-01-31 10:00:00.000000000"),
        ),
        ("TO_BINARY('AB00', 'HEX')", "TO_BINARY('AB01', 'HEX')", ("AB00", "AB01")),
        ("PARSE_JSON('{\"a\":1}')", "PARSE_JSON('{\"a\":2}')", ('{"a":1}', '{"a":2}')),
        ("ARRAY_CONSTRUCT(1, 2)", "ARRAY_CONSTRUCT(2, 1)", ("[1,2]", "[2,1]")),
        ("OBJECT_CONSTRUCT('a', 1)", "OBJECT_CONSTRUCT('a', 2)", ('{"a":1}', '{"a":2}')),
        ("NULL::FLOAT", "0::FLOAT", (None, 0.0)),
        ("'NaN'::FLOAT", "0::FLOAT", ("nan", 0.0)),
        ("'inf'::FLOAT", "'-inf'::FLOAT", ("inf", "-inf")),
        ("''", "NULL", ("", None)),
    ],
)
def test_a_value_that_differs_is_shown_whole(snowflake: Session, one: str, other: str, shown: Any) -> None:
    found = compared(snowflake, NUMBERED.format(one, one), NUMBERED.format(one, other), key=["ID"])
    assert (found["differing"], found["only"], found["types"]) == (1, both(0, 0), [])
    (example,) = found["examples"]
    assert (example["key"], example["column"]) == ({"ID": 2}, "X")
    assert (example["snowpark"], example["kubernetes"]) == shown
    # As multisets too, where there is no key: the whole row is only here, another one only there.
    rows = "SELECT {0} AS X UNION ALL SELECT {0} UNION ALL SELECT {1}"
    found = compared(snowflake, rows.format(one, one), rows.format(one, other))
    assert (found["key"], found["only"]) == (None, both(1, 1))
    assert [example["row"]["X"] for example in found["examples"]] == list(shown)


@pytest.mark.parametrize(
    "value",
    [
        "NULL::FLOAT",
        "NULL::VARIANT",
        "'NaN'::FLOAT",
        "'-inf'::FLOAT",
        "PARSE_JSON('null')",
        "PARSE_JSON('[1, {\"a\": null}]')",
        "TO_BINARY('AB00', 'HEX')",
        "'2026-01-31 10:00:00.123456'::TIMESTAMP_TZ",
        "'2026-01-31 10:00:00.123456'::TIMESTAMP_LTZ",
        "'10:00:00'::TIME",
        "'it''s \"quoted\" ü'",
    ],
)
def test_a_value_equals_itself(snowflake: Session, value: str) -> None:
    assert compared(snowflake, NUMBERED.format(value, value), NUMBERED.format(value, value))["equal"]
    rows = f"SELECT {value} AS X UNION ALL SELECT {value}"
    assert compared(snowflake, rows, rows)["equal"]


def test_minus_zero_equals_zero(snowflake: Session) -> None:
    assert compared(snowflake, NUMBERED.format("0::FLOAT", 1), NUMBERED.format("-0.0::FLOAT", 1))["equal"]


def test_types_that_differ_are_a_difference_and_sizes_are_none(snowflake: Session) -> None:
    found = compared(snowflake, "(ID INT, X FLOAT)", "(ID INT, X NUMBER(10, 2))")
    assert (found["equal"], found["types"]) == (False, [{"name": "X", **both("FLOAT", "NUMBER(10,2)")}])
    found = compared(
        snowflake, "(ID INT, X TIMESTAMP_NTZ, Y NUMBER(10, 2))", "(ID INT, X TIMESTAMP_TZ, Y NUMBER(10, 3))"
    )
    assert [one["name"] for one in found["types"]] == ["X", "Y"]
    assert compared(snowflake, "(ID INT, X VARCHAR(10))", "(ID NUMBER(10, 0), X VARCHAR)")["equal"]
    found = compared(snowflake, "SELECT 1 AS ID, 'a' AS X", "SELECT 1 AS ID, 2 AS X")
    assert (found["equal"], found["differing"]) == (False, 0)  # texts and numbers are not compared


def test_the_order_of_columns_is_none_of_their_differences(snowflake: Session) -> None:
    assert compared(snowflake, "SELECT 1 AS ID, 2 AS X", "SELECT 2 AS X, 1 AS ID")["equal"]


def test_names_in_lower_case_and_with_quotes_in_them(snowflake: Session) -> None:
    rows = 'SELECT SEQ4() AS "i d", SEQ4()::FLOAT{} AS "sa""y", 1 AS "Select" FROM TABLE(GENERATOR(ROWCOUNT => 3))'
    tables = {"snowpark": '"low er_snowpark"', "kubernetes": '"low er_kubernetes"'}
    for table, more in zip(tables.values(), ("", " + 1"), strict=True):
        snowflake.sql(f"CREATE OR REPLACE TABLE {table} AS {rows.format(more)}").collect()
    result = compare_tables(snowflake, [{"task": "t", "tables": tables, "asked": {"tolerance": {'sa"y': 0.5}}}])
    assert result["words"] == '"low er": 3 of 3 rows differ in sa"y (by 1 at most).'
    assert result["tables"][0]["examples"][0]["key"] == {"i d": 0}
    assert not compared(snowflake, '(ID INT, "x" INT)', "(ID INT, X INT)")["equal"]


def test_tables_in_other_schemas(snowflake: Session) -> None:
    for target in ("snowpark", "kubernetes"):
        snowflake.sql(f"CREATE OR REPLACE SCHEMA OF_{target}").collect()
        snowflake.sql(f"CREATE TABLE OF_{target}.SAME AS SELECT 1 AS ID, '{target}' AS X").collect()
    snowflake.sql("USE SCHEMA COMPARED").collect()
    places = {target: {"schema": f"OF_{target}"} for target in ("snowpark", "kubernetes")}
    given = [{"task": "t", "tables": both("SAME", "SAME"), "places": places, "asked": {"key": ["ID"]}}]
    (found,) = compare_tables(snowflake, given)["tables"]
    assert (found["tables"], found["differing"]) == (both("OF_snowpark.SAME", "OF_kubernetes.SAME"), 1)
    for target in ("snowpark", "kubernetes"):
        snowflake.sql(f"DROP SCHEMA OF_{target}").collect()


def test_texts_that_differ_late_are_shown_where_they_do(snowflake: Session) -> None:
    found = compared(
        snowflake, "SELECT 1 AS ID, REPEAT('a', 5000) || 'x' AS X", "SELECT 1 AS ID, REPEAT('a', 5000) || 'y' AS X"
    )
    (example,) = found["examples"]
    assert example["snowpark"].startswith("…a")
    assert example["snowpark"].endswith("ax")
    assert example["kubernetes"].endswith("ay")
