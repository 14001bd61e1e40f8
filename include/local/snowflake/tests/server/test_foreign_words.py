"""What the server is made of is no client's affair: every error is Snowflake's own, or a refusal that names the SQL."""

from __future__ import annotations

import random
import re

import pytest
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import DatabaseError

from tests import reference


def test_no_foreign_word_in_errors_about_what_the_reference_knows(cursor: SnowflakeCursor) -> None:
    """The short form of `python -m benchmarks.fuzz`."""
    chance = random.Random(2024)
    for statement in reference.TABLE:
        cursor.execute(statement)
    for _ in range(120):
        statement = reference.made(chance)
        told = _error(cursor, statement)
        assert told is None or not reference.is_foreign(told, statement), f"{statement}: {told}"


@pytest.mark.parametrize(
    ("statement", "number", "text"),
    [
        ("select abs()", 938, "not enough arguments for function [ABS()], expected 1, got 0"),
        (
            "select split_part('a', 'b')",
            938,
            "not enough arguments for function [SPLIT_PART('a', 'b')], expected 3, got 2",
        ),
        ("select upper('a', 2 * (3))", 939, "too many arguments for function [UPPER('a', 2 * (3))] expected 1, got 2"),
        ("select max(N, S) from R", 939, "too many arguments for function [MAX(N, S)] expected 1, got 2"),
        (
            "select N from R group by date_part(null)",
            938,
            "not enough arguments for function [DATE_PART], expected 2, got 1",
        ),
        ("select add_months(distinct N, 1) from R", 1003, "unexpected 'DISTINCT'"),
        (
            "copy into R from @~/nothing file_format = (type = 1.5)",
            1003,
            "unexpected words in FILE_FORMAT = (type=1.5)",
        ),
        (
            "copy into @~/x from (select 1) file_format = (type = csv,null_if = ())",
            1003,
            "unexpected words in FILE_FORMAT",
        ),
        (
            "copy into @~/ from (select , ),validation_mode = return_rows",
            1003,
            "COPY INTO a stage has no table or query",
        ),
        (
            "select object_construct('a')",
            2,
            "not supported by the embedded Snowflake: OBJECT_CONSTRUCT with these arguments",
        ),
        ("select S, sum(N) from R group by N", 979, "'S' is not a valid group by expression"),
        ("select N from R where sum(N) > 1", 2038, "Invalid aggregate function in where clause"),
        ("select (select column1 from values (1), (2))", 90150, "Single-row subquery returns more than one row."),
        ("select 1 union select 1, 2", 2057, "invalid number of result columns for set operator input branches"),
        ("select X.N from R", 904, "invalid identifier 'X"),
        ("select * from R, R", 2032, "duplicate alias 'R'"),
        ("select * || 1 from R", 1003, "unexpected '*'"),
        ("select 'abc", 1003, "is not closed"),
        ("select abs(A) from R", 100038, "Numeric value '[1]' is not recognized"),
        ("select -B from R", 2, "operator -"),
        ("select sqrt(O) within group (order by N) from R", 2, "SQRT"),
        ("select * from R sample (null)", 2, "SELECT with SAMPLE"),
    ],
)
def test_whose_words_an_error_has(cursor: SnowflakeCursor, statement: str, number: int, text: str) -> None:
    for first in reference.TABLE:
        cursor.execute(first)
    with pytest.raises(DatabaseError, match=re.escape(text)) as caught:
        cursor.execute(statement)
    assert caught.value.errno == number
    assert not reference.FOREIGN.search(str(caught.value))


def _error(cursor: SnowflakeCursor, statement: str) -> str | None:
    try:
        cursor.execute(statement)
    except DatabaseError as error:
        return str(error)
    return None
