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


@pytest.mark.parametrize(
    ("tolerance", "differing"),
    [
        (0.5, 1),
        ({"absolute": 0.5}, 1),
        ({"relative": 0.1}, 1),
        ({"relative": 0.009}, 2),
        ({"absolute": 0.9, "relative": 0.0011}, 0),
    ],
)
def test_a_tolerance_is_absolute_and_relative_to_the_first_target(
    snowflake: Session, tolerance: Any, differing: int
) -> None:
    here = "SELECT 1 AS ID, 1.0::FLOAT AS P UNION ALL SELECT 2, 100.0"
    there = "SELECT 1 AS ID, 1.5::FLOAT AS P UNION ALL SELECT 2, 101.0"
    found = compared(snowflake, here, there, key=["ID"], tolerance={"P": tolerance})
    assert found["differing"] == differing
    assert found["equal"] == (differing == 0)


@pytest.mark.parametrize("other", ["NULL", "'NaN'", "'inf'"])
def test_no_tolerance_makes_a_number_of_what_is_none(snowflake: Session, other: str) -> None:
    here, there = "SELECT 1 AS ID, 'inf'::FLOAT AS P", f"SELECT 1 AS ID, {other}::FLOAT AS P"
    found = compared(snowflake, here, there, tolerance={"P": {"relative": 0.5, "absolute": 1e300}})
    assert found["equal"] == (other == "'inf'")
    found = compared(snowflake, "SELECT 1 AS ID, 1::FLOAT AS P", there, tolerance={"P": {"relative": 0.5}})
    assert not found["equal"]
    (column,) = found["columns"]
    assert (column["differing"], column["largest"], column["mean"], found["differences"]) == (1, None, None, None)


def test_without_a_key_a_tolerance_still_matches_rows(snowflake: Session) -> None:
    here = "SELECT 1 AS A, 2.5::FLOAT AS B UNION ALL SELECT 1, 7.5 UNION ALL SELECT NULL, 'NaN'::FLOAT"
    there = "SELECT 1 AS A, 7.500001::FLOAT AS B UNION ALL SELECT NULL, 'NaN'::FLOAT UNION ALL SELECT 1, 2.500001"
    assert not compared(snowflake, here, there)["equal"]
    found = compared(snowflake, here, there, tolerance={"B": 0.001})
    assert (found["equal"], found["exact"], found["key"]) == (True, False, None)


def test_keys_are_those_named_then_declared_then_kept_then_found(snowflake: Session) -> None:
    made = "(ID INT PRIMARY KEY, K INT, N INT, X FLOAT)"

    def key(here: str, there: str, **asked: Any) -> tuple[Any, Any]:
        found = compared(snowflake, here, there, **asked)
        assert found["problem"] is None
        return found["key"], found["key_source"]

    rows = "SELECT SEQ4() AS ID, SEQ4() AS K, 1 AS N, SEQ4()::FLOAT AS X FROM TABLE(GENERATOR(ROWCOUNT => 5))"
    assert key(made, made, key=["K"], keep=["N"]) == (["K"], "compare.key")
    assert key(made, made, keep=["K"]) == (["ID"], "primary key")
    assert key(rows, rows, keep=["K", "N"], column="X") == (["K", "N"], "keep")
    assert key(rows, rows, keep=["N"], column="X") == (["ID"], "unique column")
    # A column that is unique and has nothing in common with the other's is no key beside one that has.
    assert key(rows, rows.replace("SEQ4() AS ID", "SEQ4() + 100 AS ID"))[0] == ["K"]


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"key": ["NO"]}, "`key: [NO]` is no key: P_snowpark has no column NO; it has ID, P, T"),
        ({"key": ["id"]}, "`key: [id]` is no key: P_snowpark has no column id; it has ID"),
        (
            {"key": ["N"]},
            "`key: [N]` is no key: 99 of the 100 rows of P_snowpark have NULL or the values of another row",
        ),
        ({"tolerance": {"Q": 1}}, "`tolerance` names Q, which neither table has; they have ID, P, T"),
        ({"tolerance": {"T": 1}}, "`tolerance` names T, which is VARCHAR(16777216): a tolerance is for numbers"),
        ({"tolerance": {"P": "x"}}, "`tolerance` of P: 'x' is no number"),
    ],
)
def test_a_mistake_of_the_task_is_told(snowflake: Session, asked: dict[str, Any], problem: str) -> None:
    rows = f"SELECT *, 1 AS N FROM ({ROWS})" if asked.get("key") == ["N"] else ROWS
    found = compared(snowflake, rows, rows, **asked)
    assert not found["equal"]
    assert found["problem"].startswith(problem)
    assert problem in found["words"]


def test_rows_without_columns_in_common(snowflake: Session) -> None:
    found = compared(snowflake, "SELECT 1 AS A", "SELECT 1 AS B UNION ALL SELECT 2")
    assert (found["equal"], found["rows"], found["columns_only"]) == (False, both(1, 2), both(["A"], ["B"]))


def test_tables_without_rows_are_equal_and_said_to_be_empty(snowflake: Session) -> None:
    found = compared(snowflake, "(ID INT, P FLOAT)", "(ID INT, P FLOAT)")
    assert (found["equal"], found["words"]) == (True, "P is equal, row by row (P has no rows).")
    found = compared(snowflake, "(ID INT, P FLOAT, T VARCHAR)", ROWS)
    assert (found["rows"], found["only"]) == (both(0, 100), both(0, 100))
    found = compared(snowflake, "(A VARIANT)", "(A VARIANT)", tolerance={})
    assert found["equal"]


def test_views_are_compared_as_tables(snowflake: Session) -> None:
    snowflake.sql(f"CREATE OR REPLACE VIEW V_snowpark AS {ROWS}").collect()
    snowflake.sql(f"CREATE OR REPLACE TABLE V_kubernetes AS {ROWS}").collect()
    given = [{"task": "t", "tables": both("V_snowpark", "V_kubernetes")}]
    assert compare_tables(snowflake, given)["words"] == "V is equal, row by row."


def test_nothing_to_compare_is_said(snowflake: Session) -> None:
    found = compare_tables(snowflake, [{"task": "t", "tables": both(None, None)}])
    assert (found["equal"], found["tables"]) == (True, [])
    assert found["words"] == "There was nothing to compare: no task returned a table of its target's own."


def test_a_million_rows_stay_in_snowflake(snowflake: Session) -> None:
    many = "SELECT SEQ4() AS ID, SEQ4() * 1.5::FLOAT AS P FROM TABLE(GENERATOR(ROWCOUNT => 1000000))"
    found = compared(snowflake, many, f"SELECT ID, IFF(ID = 7, P + 1, P) AS P FROM ({many})")
    assert (found["rows"], found["differing"], found["key"]) == (both(10**6, 10**6), 1, ["ID"])
    assert found["words"] == "P: 1 of 1,000,000 rows differs in P (by 1 at most)."


def test_a_hundred_columns(snowflake: Session) -> None:
    wide = {
        f"{kind}{number}": value.format(number)
        for number in range(25)
        for kind, value in (
            ("N", "(ID + {})::NUMBER(38,0)"),
            ("F", "ID * 1.5::FLOAT + {}"),
            ("T", "'t' || ID"),
            ("M", "DATEADD(second, ID + {}, '2026-01-01'::TIMESTAMP_NTZ)"),
        )
    }
    ids = "SELECT SEQ4() AS ID FROM TABLE(GENERATOR(ROWCOUNT => 1000))"
    rows = f"SELECT ID, {', '.join(f'{value} AS {name}' for name, value in wide.items())} FROM ({ids})"
    found = compared(snowflake, rows, rows, key=["ID"])
    assert (found["equal"], found["differing"], found["examples"]) == (True, 0, [])
    assert [column["name"] for column in found["columns"]] == list(wide)
    assert {(column["differing"], column["largest"], column["mean"]) for column in found["columns"]} == {
        (0, None, None)
    }
    # Each column has another row that differs, numbers by 2; F3 is within its tolerance.
    changed = {
        name: f"IFF(ID = {place}, {f'{name} + 2' if name[0] in 'NF' else 'NULL'}, {name})"
        for place, name in enumerate(wide)
    }
    other = f"SELECT ID, {', '.join(f'{value} AS {name}' for name, value in changed.items())} FROM ({rows})"
    found = compared(snowflake, rows, other, key=["ID"], tolerance={"F3": 2.5})
    assert (found["equal"], found["exact"], found["differing"], found["only"]) == (False, False, 99, both(0, 0))
    for column in found["columns"]:
        beyond, within = (0, 1) if column["name"] == "F3" else (1, 0)
        distance = 2.0 if column["name"][0] in "NF" else None
        assert (column["differing"], column["within_tolerance"]) == (beyond, within), column
        assert (column["largest"], column["mean"]) == (distance, distance), column
    assert len(found["examples"]) == 5
    assert (found["differences"]["column"], sum(found["differences"]["counts"])) == ("N0", 1)
    keyless = compared(snowflake, rows.replace("SELECT ID, ", "SELECT "), other.replace("SELECT ID, ", "SELECT ", 1))
    assert (keyless["key"], keyless["rows"], keyless["only"]) == (None, both(1000, 1000), both(100, 100))
