"""What random programs found, each with the value that Snowflake gives."""

from __future__ import annotations

from typing import Any

import pytest
from snowflake.connector.cursor import SnowflakeCursor

# A function that the server writes as an operator keeps its arguments apart.
OPERATORS = [
    ("equal_null(not true, false or true)", False),
    ("equal_null(1 = 2, not 2 in (3))", False),
    ("equal_null(true, not md5('b') in ('a'))", True),
    ("equal_null(1 between 0 and 2, 1 = 1 and 2 = 3)", False),
    ("concat(1 = 1, not true)", "truefalse"),
    ("(1 = 2) = (3 = 4)", True),
    ("not 1 is null and 5 not between 1 and 2 and 'a' not like 'b'", True),
    ("2 - (3 - 4) - 1", 2),
    ("mod(7, 2 + 3)", 2),
    # … and is itself an operand, whatever it is written as.
    ("(2 < 1) <= equal_null(1, 2)", True),
    ("false = equal_null(equal_null(1, 1), equal_null(1, 2))", True),
    ("false = boolxor_agg(1 = 1)", False),
    ("'2024-03-05'::date - dateadd(day, 1, '2024-03-01'::date)", 3),
    ("2 * months_between('2024-03-15'::date, '2024-01-15'::date)", 4.0),
]


@pytest.mark.parametrize(("expression", "value"), OPERATORS)
def test_operands_stay_apart(cursor: SnowflakeCursor, expression: str, value: Any) -> None:
    assert cursor.execute(f"select {expression}").fetchall() == [(value,)]


def test_steps_of_a_grouped_variant(cursor: SnowflakeCursor) -> None:
    rows = """(select parse_json('{"id": 1, "tags": ["a", "b"]}') as V)"""
    sql = "select V:id::int, V:id + 1, V:id::varchar, array_size(V:tags), count(*) from {} group by V"
    assert cursor.execute(sql.format(rows)).fetchall() == [(1, 2, "1", 2, 1)]


def test_words_of_initcap_end_at_its_separators(cursor: SnowflakeCursor) -> None:
    sql = "select initcap('it''s'), initcap('été à_la x1y'), initcap('don''t-stop', ''), initcap('a b c', ' ab')"
    assert cursor.execute(sql).fetchall() == [("It's", "Été À_La X1y", "Don't-stop", "a b C")]
