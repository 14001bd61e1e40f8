"""Two tables beside each other, in an embedded Snowflake: what is equal, and what is said of what is not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from snowflake.snowpark import Session

from include.runtime.session import open_session
from include.tasks.compare import compare_tables
from tests.laptop import Laptop

SCHEMA = "COMPARED"
HERE, THERE = "P_snowpark", "P_kubernetes"
ROWS = "SELECT SEQ4() AS ID, SEQ4() * 1.5::FLOAT AS P, 't' || SEQ4() AS T FROM TABLE(GENERATOR(ROWCOUNT => 100))"


@pytest.fixture(scope="module")
def snowflake(laptop: Laptop) -> Iterator[Session]:
    """A session on the laptop's embedded Snowflake, in a schema of its own."""
    session = open_session(laptop.parameters, {})
    session.sql(f"CREATE OR REPLACE SCHEMA {SCHEMA}").collect()
    yield session
    session.sql(f"DROP SCHEMA {SCHEMA}").collect()
    session.close()


def compared(session: Session, here: str | None, there: str | None, **asked: Any) -> dict[str, Any]:
    """Compare two tables made by queries, or by a list of columns; None for a table that is not there."""
    for name, made in ((HERE, here), (THERE, there)):
        session.sql(f"DROP TABLE IF EXISTS {name}").collect()
        if made is not None:
            columns = made if made.startswith("(") else f"AS {made}"
            session.sql(f"CREATE TABLE {name} {columns}").collect()
    output = {"task": "predict", "tables": {"snowpark": HERE, "kubernetes": THERE}, "asked": asked}
    result = compare_tables(session, [output])
    json.dumps(result, allow_nan=False)  # as the runtime hands it over
    assert result["equal"] == result["tables"][0]["equal"]
    return {**result["tables"][0], "words": result["words"]}


def both(one: Any, other: Any) -> dict[str, Any]:
    return {"snowpark": one, "kubernetes": other}


def test_equal_tables(snowflake: Session) -> None:
    found = compared(snowflake, ROWS, ROWS)
    assert (found["equal"], found["exact"]) == (True, True)
    assert found["words"] == "P is equal, row by row."
    assert found["rows"] == both(100, 100)
    assert (found["key"], found["key_source"]) == (["ID"], "unique column")
    assert (found["differing"], found["only"], found["examples"], found["differences"]) == (0, both(0, 0), [], None)


def test_rows_that_differ_are_counted_by_column_the_largest_first(snowflake: Session) -> None:
    found = compared(snowflake, ROWS, f"SELECT ID, IFF(ID IN (3, 7, 9), P + ID, P) AS P, T FROM ({ROWS})")
    assert not found["equal"]
    assert found["differing"] == 3
    columns = {column["name"]: column for column in found["columns"]}
    assert (columns["P"]["differing"], columns["P"]["largest"], columns["P"]["mean"]) == (3, 9.0, 19 / 3)
    assert columns["T"]["differing"] == 0
    assert [(example["key"]["ID"], example["snowpark"], example["kubernetes"]) for example in found["examples"]] == [
        (9, 13.5, 22.5),
        (7, 10.5, 17.5),
        (3, 4.5, 7.5),
    ]
    assert found["words"] == "P: 3 of 100 rows differ in P (by 9 at most)."
    spread = found["differences"]
    assert (spread["column"], spread["edges"][0], spread["edges"][-1], sum(spread["counts"])) == ("P", 3.0, 9.0, 3)
    assert len(spread["edges"]) == len(spread["counts"]) + 1


def test_rows_that_one_target_alone_has(snowflake: Session) -> None:
    found = compared(snowflake, f"SELECT * FROM ({ROWS}) WHERE ID > 1", f"SELECT * FROM ({ROWS}) WHERE ID < 99")
    assert found["only"] == both(1, 2)
    assert found["rows"] == both(98, 99)
    assert found["examples"] == [
        {"only": "snowpark", "row": {"ID": 99, "P": 148.5, "T": "t99"}},
        {"only": "kubernetes", "row": {"ID": 0, "P": 0.0, "T": "t0"}},
        {"only": "kubernetes", "row": {"ID": 1, "P": 1.5, "T": "t1"}},
    ]
    assert found["words"] == "P: 1 of 98 rows is only on snowpark; 2 of 99 rows are only on kubernetes."


def test_a_table_that_is_not_there(snowflake: Session) -> None:
    found = compared(snowflake, ROWS, None)
    assert (found["equal"], found["missing"], found["rows"]) == (False, ["kubernetes"], both(100, None))
    assert found["words"] == "P: P_kubernetes is not there."


def test_columns_that_one_target_alone_has(snowflake: Session) -> None:
    found = compared(snowflake, ROWS, f"SELECT ID, P, 1 AS EXTRA FROM ({ROWS})")
    assert found["columns_only"] == both(["T"], ["EXTRA"])
    assert not found["equal"]
    assert found["differing"] == 0
    assert "the column T is only on snowpark" in found["words"]


def test_rows_without_a_key_are_compared_as_often_as_they_are_there(snowflake: Session) -> None:
    rows = "SELECT 1 AS A, 2.5::FLOAT AS B UNION ALL SELECT 1, 2.5 UNION ALL SELECT NULL, 'NaN'::FLOAT"
    assert compared(snowflake, rows, rows)["equal"]
    found = compared(snowflake, rows, "SELECT 1 AS A, 2.5::FLOAT AS B UNION ALL SELECT NULL, 'NaN'::FLOAT")
    assert (found["key"], found["differing"], found["only"]) == (None, None, both(1, 0))
    assert found["examples"] == [{"only": "snowpark", "row": {"A": 1, "B": 2.5}}]


def test_a_tolerance_decides_and_is_shown(snowflake: Session) -> None:
    found = compared(snowflake, ROWS, f"SELECT ID, P + 1e-9 AS P, T FROM ({ROWS})", tolerance={"P": 1e-6})
    assert (found["equal"], found["exact"], found["differing"]) == (True, False, 0)
    (column,) = [column for column in found["columns"] if column["name"] == "P"]
    assert (column["within_tolerance"], column["tolerance"]) == (100, 1e-6)
    assert column["largest"] == pytest.approx(1e-9, rel=1e-3)
    assert found["words"] == "P is equal, within the tolerance of P."
