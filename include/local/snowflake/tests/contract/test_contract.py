from __future__ import annotations

import os

import pytest
import snowflake.connector
from snowflake.connector.constants import FIELD_ID_TO_NAME
from snowflake.connector.cursor import SnowflakeCursor

from tests.contract import page
from tests.contract.access import ACCESS
from tests.contract.calls import CALLS, REFUSED_CALLS
from tests.contract.cases import DIFFERENT, REFUSED, ROW, SUPPORTED, Case, Difference, T
from tests.contract.commands import COMMANDS, REFUSED_COMMANDS
from tests.contract.functions import FUNCTIONS
from tests.contract.hierarchies import HIERARCHIES, REFUSED_HIERARCHIES
from tests.contract.implicit import IMPLICIT
from tests.contract.names import NAMES
from tests.contract.transactions import TRANSACTIONS

embedded_only = pytest.mark.skipif("SNOWFLAKE_CONNECTION" in os.environ, reason="it is about the embedded server")


@pytest.mark.parametrize(
    "case",
    [*SUPPORTED, *FUNCTIONS, *IMPLICIT, *CALLS, *COMMANDS, *HIERARCHIES, *NAMES, *ACCESS, *TRANSACTIONS],
    ids=lambda case: f"{case.topic}: {case.what}",
)
def test_supported(account_cursor: SnowflakeCursor, case: Case) -> None:
    names = {"{database}": account_cursor.connection.database, "{schema}": account_cursor.connection.schema}
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


def _named(statement: str, names: dict[str, str | None]) -> str:
    """Put the session's own names into a statement that must name them."""
    for mark, name in names.items():
        statement = statement.replace(mark, name or mark)
    return statement


@embedded_only
@pytest.mark.parametrize(
    ("topic", "what", "sql"),
    [*REFUSED, *REFUSED_CALLS, *REFUSED_COMMANDS, *REFUSED_HIERARCHIES],
    ids=[f"{topic}: {what}" for topic, what, _ in [*REFUSED, *REFUSED_CALLS, *REFUSED_COMMANDS, *REFUSED_HIERARCHIES]],
)
def test_refused_clearly(account_cursor: SnowflakeCursor, topic: str, what: str, sql: str) -> None:
    account_cursor.execute(T)
    account_cursor.execute(ROW)
    with pytest.raises(snowflake.connector.errors.ProgrammingError, match="not supported by the embedded Snowflake"):
        account_cursor.execute(sql)


@embedded_only
@pytest.mark.parametrize(
    "difference",
    [one for one in DIFFERENT if one.sql],
    ids=lambda difference: f"{difference.topic}: {difference.embedded}",
)
def test_different_as_the_page_says(account_cursor: SnowflakeCursor, difference: Difference) -> None:
    *first, last = difference.sql
    for statement in first:
        account_cursor.execute(statement)
    assert account_cursor.execute(last).fetchall() == difference.rows


def test_the_page_is_up_to_date() -> None:
    assert page.PAGE.read_text() == page.text(), "write it anew: python -m tests.contract.page"
