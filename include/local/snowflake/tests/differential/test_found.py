"""What random programs found, each with the value that Snowflake gives."""

from __future__ import annotations

import datetime
from decimal import Decimal
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
    sql = (
        "select initcap('it''s'), initcap('été à_la x1y'), initcap('don''t-stop', ''), initcap('a b c', ' ab'),"
        " initcap('a]b^c', ']^')"
    )
    assert cursor.execute(sql).fetchall() == [("It's", "Été À_La X1y", "Don't-stop", "a b C", "A]B^C")]


def test_initcap_of_initcap(cursor: SnowflakeCursor) -> None:
    sql = "select initcap(substr(initcap(column1), 2)), initcap(initcap(column1, 'b'), 'c') from values ('a bcd')"
    assert cursor.execute(sql).fetchall() == [(" Bcd", "A bcd")]


# Where numbers meet, the digits after the point of the one that has most are kept, and no other is rounded.
LONG, SHORT = Decimal("1.123456"), Decimal("2.25")
PRICES = "(select 2.25::number(38, 2) as A, 1.123456::number(38, 18) as B, 7 as I, 1.67::number(10, 2) as C)"
MEETING = [
    ("select coalesce(iff(I = 8, A, null), B), nvl(null, A), nvl2(I, B, A) from {}", [(LONG, SHORT, LONG)]),
    (
        "select iff(I = 7, B, A), case when I = 8 then A when I = 7 then B end, decode(I, 8, A, B) from {}",
        [(LONG, LONG, LONG)],
    ),
    ("select greatest(B, A - 2), least(A, B) from {}", [(LONG, LONG)]),
    ("select lag(A, 1, B) over (order by I) from {}", [(LONG,)]),
    (
        "select coalesce(null, avg(C), sum(A)), iff(I = 7, avg(I / 7 * 1.1234567), sum(A)) from {} group by I",
        [(Decimal("1.67"), Decimal("1.1234567"))],
    ),
    ("select A from {} union all select B from {}", [(LONG,), (SHORT,)]),
    ("select A from {} union all (select 1 union select B from {})", [(1,), (LONG,), (SHORT,)]),
    ("(select A from {}) union select avg(C) / 3 from {}", [(Decimal("0.556666666667"),), (SHORT,)]),
    ("select A, I from {} union all by name select 'x' as T, B as A from {}", [(LONG, None, "x"), (SHORT, 7, None)]),
    (
        "with W as (select * from {}) select A from W union all select B from W except select 2.25::number(38, 6)",
        [(LONG,)],
    ),
    (
        "select column1 from values (2.25::number(38, 2)), (1.123456::number(38, 18)), (-1), (null)",
        [(-1,), (LONG,), (SHORT,), (None,)],
    ),
]


@pytest.mark.parametrize(("sql", "rows"), MEETING)
def test_numbers_that_meet_keep_their_digits(cursor: SnowflakeCursor, sql: str, rows: list[tuple[Any, ...]]) -> None:
    found = cursor.execute(sql.replace("{}", PRICES)).fetchall()
    assert sorted(found, key=lambda row: (row[0] is None, row)) == rows


def test_numbers_cast_in_place_have_room_for_their_product(cursor: SnowflakeCursor) -> None:
    price = "99999999999.99::number(13, 2)"
    assert cursor.execute(f"select {price} * {price}").fetchall() == [(Decimal("9999999999998000000000.0001"),)]


def test_medians_are_exact(cursor: SnowflakeCursor) -> None:
    prices = "(select -111.67::number(38, 18) as A, column1 as B from values (12345678901234.51), (12345678901234.52))"
    sql = f"""select median(A), median(B), median(B) over (partition by 1),
        percentile_cont(0.25) within group (order by B desc),
        median(1.25::number(10, 2)) from {prices}
        group by A, B qualify row_number() over (order by B) = 1"""
    first = Decimal("12345678901234.51")
    found = cursor.execute(sql).fetchall()
    assert found == [(Decimal("-111.67"), first, Decimal("12345678901234.515"), first, Decimal("1.25"))]


def test_names_of_from_in_a_circle_of_aliases(cursor: SnowflakeCursor) -> None:
    table = "(select '2024-03-05 10:11:12'::timestamp_ntz as A, '2024-03-05'::date as B, 10 as M, 20 as N)"
    cursor.execute(
        f"select date_trunc('hour', A) as B, date_trunc('year', B) as A, M / 3 as N, N / 3 as M from {table}"
    )
    moment = datetime.datetime(2024, 3, 5, 10)
    assert cursor.fetchall() == [(moment, datetime.date(2024, 1, 1), Decimal("3.333333"), Decimal("6.666667"))]
