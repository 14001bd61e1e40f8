"""Numbers written and read in formats, with the examples of Snowflake's documentation and others."""

from __future__ import annotations

import pytest

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.library.number_formats import read_format, write_number
from embedded_snowflake.library.number_parsing import parse_number

WRITTEN = [
    ("-12.391", '">"$99.0"<"', ">-$12.4<"),
    ("0", '">"$99.0"<"', ">  $0.0<"),
    ("3987", '">"$99.0"<"', "> $##.#<"),
    ("-12.391", '">"B9,999.0"<"', ">   -12.4<"),
    ("0", '">"B9,999.0"<"', ">      .0<"),
    ("12454.8", "99,999.9S", "12,454.8+"),
    ("-12454.8", "99,999.9S", "12,454.8-"),
    ("12454.8", "99,999.9MI", "12,454.8 "),
    ("1234.5", "999,990.00", "   1,234.50"),
    ("123.456", "FM999,999.999", "123.456"),
    ("0.5", "FM9.99", "0.5"),
    ("0.005", "0.00", " 0.01"),
    ("-0.004", "0.00", " 0.00"),
    ("7", "0000", " 0007"),
    ("255", "XXX", " FF"),
    ("255", "0xxx", "00ff"),
    ("-12.391", "0XXX", "FFF4"),
    ("-12.391", "TM9", "-12.391"),
    ("12345", "TME", "1.2345E4"),
    ("12345", "tme", "1.2345e4"),
    ("0.25", "99%", " 25%"),
    ("nan", "99", " ##"),
]
READ = [
    (" 12,345.67", "999,999.99", "12345.67"),
    ("12,345.67", "000,000.00", None),
    ("102-", "MI999|999MI", "-102"),
    ("2.34-", "9.99MI", "-2.34"),
    ("-$12", "$99", "-12"),
    ("12", "$99", None),
    ("ff", "XX", "255"),
    ("1,23", "9,99", "123"),
    ("12,3", "9,99", None),
    ("123", "99", None),
    ("1.5", "99", None),
    ("1.5", "9.0", "1.5"),
    ("1", "9.0", None),
    ("1", "FX99", None),
    ("1e3", "TME", "1000"),
    ("1e3", "TM9", None),
    ("50%", "99%", "0.5"),
    ("", "99", None),
]


@pytest.mark.parametrize(("number", "form", "text"), WRITTEN)
def test_a_number_is_written(number: str, form: str, text: str) -> None:
    assert write_number(number, form) == text


@pytest.mark.parametrize(("text", "forms", "number"), READ)
def test_a_number_is_read(text: str, forms: str, number: str | None) -> None:
    assert parse_number(text, forms) == number


@pytest.mark.parametrize("text", ["YYYY-MM-DD", "9..9", "", "abc", "99SS"])
def test_what_is_no_format_of_numbers(text: str) -> None:
    assert read_format(text) is None


@pytest.mark.parametrize("text", ["9EE", "9_9", '9"open', '9"x"9'])
def test_a_format_that_is_refused(text: str) -> None:
    with pytest.raises(SnowflakeError, match="not supported by the embedded Snowflake"):
        read_format(text)


def test_a_number_that_is_none_is_an_error() -> None:
    with pytest.raises(SnowflakeError, match="Numeric value 'x' is not recognized"):
        write_number("x", "99")
