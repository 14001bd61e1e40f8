"""Which type an argument of a CALL has, as far as the statement shows it."""

from __future__ import annotations

import pytest

from embedded_snowflake.python.overloads import built, family_of
from embedded_snowflake.sql.parse import dialect

FAMILIES = {
    "1": "NUMBER",
    "'a' || 'b'": "VARCHAR",
    "to_date('2020-01-01')": "DATE",
    "to_double('1') + 1": "FLOAT",
    "parse_json('1')": "VARIANT",
    "array_construct(1)": "ARRAY",
    "A": None,
    "MY_OWN(1)": None,
}


@pytest.mark.parametrize("sql", FAMILIES)
def test_the_family_of_an_argument(sql: str) -> None:
    (argument,) = dialect.parse(f"call P({sql})").expressions
    assert family_of(built(argument)) == FAMILIES[sql]
