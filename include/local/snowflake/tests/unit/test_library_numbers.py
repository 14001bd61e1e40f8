from __future__ import annotations

import decimal
import math
from typing import Any

import duckdb
import pytest

from tests.unit.conftest import Evaluate

VALUES = [
    ("_sf_trunc(-1.27, 1)", decimal.Decimal("-1.2")),
    ("_sf_trunc(127, -1)", 120),
    ("_sf_factorial(5)", 120),
    ("_sf_sqrt(2.25)", 1.5),
    ("_sf_ln(1)", 0.0),
    ("_sf_log(2, 8)", pytest.approx(3)),
    ("_sf_cbrt(64)", 4.0),
    ("_sf_cbrt(-27)", -3.0),
    ("_sf_getbit(11, 3)", 1),
    ("_sf_getbit(11, 2)", 0),
    ("_sf_width_bucket(-1, 0, 10, 5)", 0),
    ("_sf_width_bucket(0, 0, 10, 5)", 1),
    ("_sf_width_bucket(9.99, 0, 10, 5)", 5),
    ("_sf_width_bucket(10, 0, 10, 5)", 6),
    ("_sf_square(-3)", 9.0),
    ("_sf_bitshiftleft(5, 2)", 20),
    ("_sf_bitshiftright(5, 1)", 2),
    # What quotients are made of: halves are rounded away from zero.
    ("_sf_rounded_quotient(5::hugeint, 2::hugeint)", 3),
    ("_sf_rounded_quotient(-5::hugeint, 2::hugeint)", -3),
    ("_sf_rounded_quotient(5::hugeint, -2::hugeint)", -3),
    ("_sf_rounded_quotient(4::hugeint, 3::hugeint)", 1),
    ("_sf_rounded_quotient(null::hugeint, 0::hugeint)", None),
    ("_sf_digits(-1.25::decimal(10, 2), 100::hugeint)", -125),
    ("_sf_ratio(1, 0)", None),
    ("_sf_divide(1.5::double, 2)", 0.75),
    ("_sf_divide(null::double, 0)", None),
    # Conversions.
    ("_sf_to_integer(2.5::double)", 3),
    ("_sf_to_integer(-2.5::double)", -3),
    ("_sf_to_integer(3.5::decimal(3, 1))", 4),
    ("""_sf_to_integer('"7"'::json)""", 7),
    ("_sf_try_to_integer('x')", None),
    ("_sf_to_wide_integer(9223372036854775808.0::double)", 9223372036854775808),
    ("_sf_to_double('1e3')", 1000.0),
    ("_sf_to_double('true'::json)", 1.0),
    ("_sf_try_to_double('x')", None),
    ("_sf_to_boolean('Yes')", True),
    ("_sf_to_boolean('OFF')", False),
    ("_sf_to_boolean(2)", True),
    ("_sf_to_boolean(null::varchar)", None),
    ("_sf_try_to_boolean('maybe')", None),
    ("_sf_float_text(0.1::double + 0.2::double)", "0.3"),
    ("_sf_float_text(1e20::double)", "1e+20"),
    ("_sf_float_text('nan'::double)", "NaN"),
    ("_sf_varchar(1::double)", "1"),
    ("_sf_varchar(2.50::decimal(5, 2))", "2.50"),
    ("_sf_varchar(timestamp '2024-01-31 10:11:12.345678')", "2024-01-31 10:11:12.345"),
    ("_sf_varchar(timestamptz '2024-01-31 10:11:12+00')", "2024-01-31 10:11:12.000 +0000"),
    ("_sf_varchar(time '10:11:12.5')", "10:11:12"),
    ("""_sf_varchar('"a"'::json)""", "a"),
    ("""_sf_varchar('{"a":1}'::json)""", '{"a":1}'),
    ("_sf_varchar('\\xFF\\x00'::blob)", "FF00"),
    ("_sf_to_binary('ff00')", b"\xff\x00"),
    ("_sf_try_to_binary('f')", None),
    ("_sf_short_varchar('ab', 2)", "ab"),
    ("_sf_try_short_varchar('abc', 2)", None),
    # Numbers that are equal hash alike, whatever their types.
    ("_sf_hash_key(1.50::decimal(5, 2)) = _sf_hash_key(1.5::double)", True),
    ("_sf_hash_key(2) = _sf_hash_key(2.0::double)", True),
    ("_sf_hash_key(100::decimal(5, 0)) = _sf_hash_key(100)", True),
    ("_sf_hash_key(1) = _sf_hash_key('1')", False),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_a_function_of_numbers(value: Evaluate, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert not isinstance(found, float) or not math.isnan(found)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("_sf_sqrt(-1)", "Invalid floating point operation: sqrt"),
        ("_sf_ln(0)", "Invalid floating point operation: ln"),
        ("_sf_rounded_quotient(1::hugeint, 0::hugeint)", "Division by zero"),
        ("_sf_divide(1::double, 0)", "Division by zero"),
        ("_sf_to_boolean('maybe')", "Boolean value 'maybe' is not recognized"),
        ("_sf_to_boolean(date '2024-01-01')", r"invalid type \[DATE\] for parameter TO_BOOLEAN"),
        ("_sf_to_double(date '2024-01-01')", r"invalid type \[DATE\] for parameter TO_DOUBLE"),
        ("_sf_to_binary('xyz')", "not a legal hex-encoded value: xyz"),
        ("_sf_short_varchar('abc', 2)", "String 'abc' is too long and would be truncated"),
        ("_sf_short_binary('\\xFF\\x00'::blob, 1)", "Binary 'FF00' is too long"),
        ("_sf_loaded_varchar('abc', 2)", r"User character length limit \(2\) exceeded by string 'abc'"),
        ("_sf_assigned_to_date(1, 'DATE', 'D')", r"expecting DATE but got NUMBER\(38,0\) for column D"),
        ("_sf_assigned_to_variant('x', 'VARIANT', 'V')", "expecting VARIANT but got VARCHAR for column V"),
    ],
)
def test_what_has_no_value_is_an_error(value: Evaluate, expression: str, message: str) -> None:
    with pytest.raises(duckdb.Error, match=message):
        value(expression)


def test_what_may_be_assigned_is(value: Evaluate) -> None:
    assert value("_sf_assigned_to_date('2024-01-31', 'DATE', 'D')::varchar") == "2024-01-31"
    assert value("_sf_assigned_to_array('[1]'::json, 'ARRAY', 'A')") == "[1]"
    assert value("_sf_assigned_to_variant(null, 'VARIANT', 'V')") is None
