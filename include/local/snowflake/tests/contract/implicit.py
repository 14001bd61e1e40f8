"""The contract of implicit conversion; test_implicit_conversion.py has a case for each function."""

from __future__ import annotations

import datetime
from decimal import Decimal

from tests.contract.cases import Case

_TEXTS = "(select column1 as S from values ('9'), ('10'), ('100'))"

IMPLICIT = [
    Case(
        "Conversions",
        "texts in aggregates are numbers",
        (f"select median(S), sum(S) from {_TEXTS}",),
        [(10.0, 119.0)],
        ["real", "real"],
    ),
    Case(
        "Conversions",
        "a text beside a number is one",
        ("select '6' - 3, '2' * 1.5",),
        [(3, Decimal("3.0"))],
        ["fixed", "fixed"],
    ),
    Case(
        "Conversions",
        "a text that is no constant is a NUMBER(18, 5)",
        (f"select coalesce(S, 1) from {_TEXTS} order by 1",),
        [(Decimal("9.00000"),), (Decimal("10.00000"),), (Decimal("100.00000"),)],
        ["fixed"],
    ),
    Case(
        "Conversions",
        "and an error where it is none",
        ("select coalesce('foo', 1)",),
        error=(100038, "'foo' is not recognized"),
    ),
    Case(
        "Conversions",
        "GREATEST and LEAST of texts and numbers are numbers",
        ("select greatest(9, '10'), greatest('9', 10), least(column1, 10) from values ('9.5')",),
        [(10, 10, Decimal("9.5"))],
    ),
    Case(
        "Conversions",
        "numbers and dates are texts where texts are wanted",
        ("select left(20240115, 4), upper(5), length('2024-01-15'::date), 17 || '76'",),
        [("2024", "5", 10, "1776")],
    ),
    Case(
        "Conversions",
        "a text is a TIMESTAMP_NTZ to the functions of dates",
        (
            f"select year(S), dateadd(day, 1, S) from (select '2024-0' || length(S) || '-28' as S from {_TEXTS}) order by 1, 2 limit 1",
        ),
        [(2024, datetime.datetime(2024, 1, 29))],
        ["fixed", "timestamp_ntz"],
    ),
    Case(
        "Conversions",
        "an alias in the same SELECT has its expression's type: digits",
        ("select 10 as A, A / 4 as B, B / 3 as C, 1.50 as P, 3 as Q, P * Q as R, R / 2, avg(R) over ()",),
        [
            (
                10,
                Decimal("2.500000"),
                Decimal("0.833333333333"),
                Decimal("1.50"),
                3,
                Decimal("4.50"),
                Decimal("2.25000000"),
                Decimal("4.50000"),
            )
        ],
        ["fixed"] * 8,
    ),
    Case(
        "Conversions",
        "dates, arrays and VARIANTs",
        (
            "select '2024-01-31'::date as D, dateadd(month, 1, D), date_trunc('month', D), array_construct(1) as A, A as B,"
            " parse_json('{\"n\": 3}') as V, V:n + 1, V:n / 2",
        ),
        [
            (
                datetime.date(2024, 1, 31),
                datetime.date(2024, 2, 29),
                datetime.date(2024, 1, 1),
                "[\n  1\n]",
                "[\n  1\n]",
                '{\n  "n": 3\n}',
                4.0,
                1.5,
            )
        ],
        ["date", "date", "date", "array", "array", "variant", "real", "real"],
    ),
    Case(
        "Conversions",
        "texts, in every clause",
        (
            f"select left(S, 3) as M, M - 1 as L, '5' - 3 as N, N + '2' from {_TEXTS} where M - 1 > 8"
            " qualify row_number() over (order by 5 - M) < 3 order by abs(5 - M)",
        ),
        [("10", Decimal("9.00000"), 2, 4), ("100", Decimal("99.00000"), 2, 4)],
    ),
    Case(
        "Conversions",
        "a column of FROM comes before an alias of its name",
        ("select to_date(A) as A, dateadd(day, 1, A), A || 'x' from (select '2024-01-01' as A)",),
        [(datetime.date(2024, 1, 1), datetime.datetime(2024, 1, 2), "2024-01-01x")],
        ["date", "timestamp_ntz", "text"],
    ),
]
