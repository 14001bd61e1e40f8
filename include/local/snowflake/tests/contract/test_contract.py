from __future__ import annotations

import os

import pytest
import snowflake.connector
from snowflake.connector.constants import FIELD_ID_TO_NAME
from snowflake.connector.cursor import SnowflakeCursor

from tests.contract import page
from tests.contract.loading import Case, Difference, Refusal, load_cases, load_differences, load_refusals

embedded_only = pytest.mark.skipif("SNOWFLAKE_CONNECTION" in os.environ, reason="it is about the embedded server")


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: f"{case.topic}: {case.what}")
def test_supported(account_cursor: SnowflakeCursor, names: dict[str, str], case: Case) -> None:
    *first, last = (_named(statement, names) for statement in case.sql)
    for statement in first:
        account_cursor.execute(statement)
    if case.error is not None:
        with pytest.raises(snowflake.connector.errors.Error) as caught:
            account_cursor.execute(last)
        number, text = case.error
        assert text in str(caught.value)
        assert caught.value.errno == number
        return
    answered = account_cursor.execute(last)
    types = [FIELD_ID_TO_NAME[column.type_code].lower() for column in answered.description]
    assert answered.fetchall() == case.rows
    if case.types is not None:
        assert types == case.types


def _named(statement: str, names: dict[str, str]) -> str:
    """Put the account's own names into a statement that must name them."""
    for mark, name in names.items():
        statement = statement.replace(mark, name)
    return statement


@embedded_only
@pytest.mark.parametrize("refusal", load_refusals(), ids=lambda refusal: f"{refusal.topic}: {refusal.what}")
def test_refused_clearly(account_cursor: SnowflakeCursor, refusal: Refusal) -> None:
    *first, last = refusal.sql
    for statement in first:
        account_cursor.execute(statement)
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="not supported by the embedded Snowflake"):
        account_cursor.execute(last)


@embedded_only
@pytest.mark.parametrize(
    "difference",
    [one for one in load_differences() if one.sql],
    ids=lambda difference: f"{difference.topic}: {difference.embedded}",
)
def test_different_as_the_page_says(account_cursor: SnowflakeCursor, difference: Difference) -> None:
    *first, last = difference.sql
    for statement in first:
        account_cursor.execute(statement)
    assert account_cursor.execute(last).fetchall() == difference.rows


def test_the_page_is_up_to_date() -> None:
    assert page.PAGE.read_text() == page.text(), "write it anew: python -m tests.contract.page"
