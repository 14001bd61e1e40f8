"""Tables of a side-by-side run are equal or not: what Snowflake is asked, and what is said of a difference."""

from __future__ import annotations

import pytest
from snowflake.snowpark import Session

from include.tasks.compare import compare_tables
from tests.scripted_snowflake import ScriptedSnowflake


@pytest.fixture
def tables(scripted: ScriptedSnowflake) -> ScriptedSnowflake:
    """Two of three rows each, HERE and THERE."""
    scripted.answers = {
        "EXCEPT": [],
        r"^SELECT count\(": [{"COUNT": 3}],
        r"FROM (HERE|THERE)$": [{"ID": 1, "VALUE": "a"}],
    }
    return scripted


def test_equal_is_no_row_that_one_alone_has_as_often(tables: ScriptedSnowflake, session: Session) -> None:
    assert compare_tables(session, [["HERE", "THERE"]]) == {
        "equal": True,
        "compared": [{"tables": ["HERE", "THERE"], "rows": 3}],
    }
    one, other = (f"SELECT ID, VALUE, COUNT(*) AS TIMES FROM {name} GROUP BY ID, VALUE" for name in ("HERE", "THERE"))
    assert tables.statements("EXCEPT") == [
        f"{one} EXCEPT {other} ORDER BY 1 LIMIT 3",
        f"{other} EXCEPT {one} ORDER BY 1 LIMIT 3",
    ]


def test_rows_that_differ_are_shown(tables: ScriptedSnowflake, session: Session) -> None:
    tables.answers = {"FROM HERE .*EXCEPT.*FROM THERE": [{"ID": 2, "VALUE": "b", "TIMES": 1}], **tables.answers}
    with pytest.raises(ValueError, match=r"HERE and THERE differ \(3 and 3 rows\)") as caught:
        compare_tables(session, [["HERE", "THERE"]])
    assert "Only in HERE: {'ID': 2, 'VALUE': 'b', 'TIMES': 1}. Only in THERE: nothing." in str(caught.value)


def test_columns_that_differ_are_named(tables: ScriptedSnowflake, session: Session) -> None:
    tables.answers = {"FROM THERE$": [{"ID": 1}], **tables.answers}
    with pytest.raises(ValueError, match="HERE and THERE differ in their columns: ID, VALUE against ID"):
        compare_tables(session, [["HERE", "THERE"]])


def test_one_table_alone_is_equal_to_itself(tables: ScriptedSnowflake, session: Session) -> None:
    assert compare_tables(session, [["HERE"]])["compared"] == [{"tables": ["HERE"], "rows": 3}]
