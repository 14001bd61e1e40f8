"""Python table functions (UDTF) and aggregate functions (UDAF)."""

from __future__ import annotations

from typing import Any

import pytest
from snowflake.connector.cursor import SnowflakeCursor
from snowflake.connector.errors import ProgrammingError

from .conftest import Define

SPELL = (
    "class Run:\n    def process(self, word, times):\n        for number in range(times):\n            yield (word,"
    " number)"
)


@pytest.fixture
def words(cursor: SnowflakeCursor) -> None:
    cursor.execute("create or replace table words (part int, word varchar, times int)")
    cursor.execute("insert into words values (0, 'a', 1), (0, 'b', 2), (1, 'c', 0), (1, 'd', 1)")


@pytest.mark.parametrize(
    "source", ["table(spell('x', 2))", "table(spell(times => 2, word => 'x')) t", "(table(spell('x', 2::int)))"]
)
def test_a_table_function_alone(cursor: SnowflakeCursor, define: Define, source: str) -> None:
    define("function spell(word varchar, times int) returns table (w varchar, n int)", SPELL, "Run")
    assert cursor.execute(f"select * from {source}").fetchall() == [("x", 0), ("x", 1)]
    assert [column.name for column in cursor.description] == ["W", "N"]


@pytest.mark.usefixtures("words")
def test_a_table_function_beside_a_table(cursor: SnowflakeCursor, define: Define, schema: str) -> None:
    define("function spell(word varchar, times int) returns table (w varchar, n int)", SPELL, "Run")
    expected = [("a", "a", 0), ("b", "b", 0), ("b", "b", 1), ("d", "d", 0)]
    for join in (
        ", table(spell(word, times)) t",
        f"s join table({schema}.spell(s.word, s.times)) t",
        ", lateral spell(word, times) t",
    ):
        assert cursor.execute(f"select word, t.* from words {join} order by 1, 3").fetchall() == expected
    rows = cursor.execute(
        "select words.word, t.n from words left join table(spell(word, times)) t on true order by 1, 2"
    ).fetchall()
    assert ("c", None) in rows
    assert len(rows) == 5


@pytest.mark.usefixtures("words")
def test_table_functions_over_subqueries_with_table_functions(cursor: SnowflakeCursor, define: Define) -> None:
    define("function spell(word varchar, times int) returns table (w varchar, n int)", SPELL, "Run")
    code = "class Run:\n    n = 0\n    def process(self, x): self.n += x\n    def end_partition(self): yield (self.n,)"
    define("function total(x int) returns table (t int)", code, "Run")
    inner = "select part, word, n from words, table(spell(word, times))"
    twice = f"select x.word, x.n, y.n from ({inner}) x, table(spell(x.word, x.n)) y"
    for query in (
        twice,
        f"select * from ({twice})",
        f"with q as ({inner}) select q.word, q.n, y.n from q join table(spell(q.word, q.n)) y",
    ):
        assert cursor.execute(f"{query} order by 1, 2, 3").fetchall() == [("b", 1, 0)]
    query = f"select part, t from ({inner}) x, table(total(x.n + 1) over (partition by part)) order by 1"
    assert cursor.execute(query).fetchall() == [(0, 4), (1, 1)]
    cursor.execute(f"create or replace view spelled as {twice.replace('y.n', 'y.n as m')}")
    assert cursor.execute("select * from spelled").fetchall() == [("b", 1, 0)]
    rows = cursor.execute(
        "select t from table(total((select max(n) from words, table(spell(word, times)))))"
    ).fetchall()
    assert rows == [(1,)]
    rows = cursor.execute(
        "select w, n from (select word, times from words) s, table(spell(s.*)) order by 1, 2"
    ).fetchall()
    assert rows == [("a", 0), ("b", 0), ("b", 1), ("d", 0)]


def test_a_table_function_that_gives_none_gives_no_row(cursor: SnowflakeCursor, define: Define) -> None:
    for body in ("yield None", "return None", "return [None]", "pass"):
        code = (
            f"class Run:\n    def process(self, x):\n        {body}\n    def end_partition(self):\n        yield (7,)\n"
            "        yield None"
        )
        define("function quiet(x int) returns table (n int)", code, "Run")
        assert cursor.execute(
            "select n from values (1), (2) v, table(quiet(v.column1) over (partition by 1))"
        ).fetchall() == [(7,)]


@pytest.mark.usefixtures("words")
def test_partitions_have_a_handler_each_and_its_last_rows(cursor: SnowflakeCursor, define: Define) -> None:
    code = (
        "class Run:\n    def __init__(self): self.seen = []\n"
        "    def process(self, word):\n        self.seen.append(word)\n        yield (len(self.seen),)\n"
        "    def end_partition(self): yield (-len(self.seen),)"
    )
    define("function counted(word varchar) returns table (n int)", code, "Run")
    rows = cursor.execute(
        "select * from words, table(counted(word) over (partition by part order by times desc))"
    ).fetchall()
    assert sorted(rows, key=str) == sorted(
        [(0, "b", 2, 1), (0, "a", 1, 2), (0, None, None, -2), (1, "d", 1, 1), (1, "c", 0, 2), (1, None, None, -2)],
        key=str,
    )
    (row,) = cursor.execute("select max(n), min(n) from words, table(counted(word) over (partition by 1))").fetchall()
    assert row == (4, -4)
    assert (
        cursor.execute("select * from words, table(counted(word) over (partition by part)) where part > 9").fetchall()
        == []
    )


def test_what_a_table_function_gives_must_be_rows(cursor: SnowflakeCursor, define: Define) -> None:
    define("function wrong() returns table (n int)", "class Run:\n    def process(self):\n        yield 1", "Run")
    with pytest.raises(ProgrammingError, match="a table function gives tuples"):
        cursor.execute("select * from table(wrong())")
    define(
        "function wrong() returns table (n int, m int)", "class Run:\n    def process(self):\n        yield (1,)", "Run"
    )
    with pytest.raises(ProgrammingError, match="a row of 1 values, 2 columns are declared"):
        cursor.execute("select * from table(wrong())")


@pytest.mark.usefixtures("words")
def test_an_aggregate_by_group_over_a_window_and_of_nothing(cursor: SnowflakeCursor, define: Define) -> None:
    code = (
        "class Run:\n    def __init__(self): self.parts = []\n    def accumulate(self, word): self.parts.append(word)\n"
        "    @property\n    def aggregate_state(self): return self.parts\n    def merge(self, other): self.parts +="
        " other\n    def finish(self): return '-'.join(self.parts)"
    )
    define("aggregate function glued(word varchar) returns varchar", code, "Run")
    assert cursor.execute("select part, glued(word) from words group by part order by part").fetchall() == [
        (0, "a-b"),
        (1, "c-d"),
    ]
    rows = cursor.execute(
        "select word, glued(word) over (partition by part order by word) from words order by word"
    ).fetchall()
    assert rows == [("a", "a"), ("b", "a-b"), ("c", "c"), ("d", "c-d")]
    assert cursor.execute("select glued(word) from words where part > 9").fetchall() == [("",)]
    (row,) = cursor.execute("show user functions like 'glued'").fetchall()
    assert row[4] == "Y"


def test_an_aggregates_merge_is_really_used(cursor: SnowflakeCursor, define: Define) -> None:
    code = (
        "class Run:\n    def __init__(self): self.n = 0\n    def accumulate(self, x): self.n += 1\n"
        "    aggregate_state = property(lambda self: self.n)\n"
        "    def merge(self, other): raise RuntimeError('merge was called')\n    def finish(self): return self.n"
    )
    define("aggregate function counts(x int) returns int", code, "Run")
    with pytest.raises(ProgrammingError, match="merge was called"):
        cursor.execute("select counts(x) from values (1), (2) as t(x)")


def test_registered_through_snowpark(snowpark: Any) -> None:
    snowpark("tables")


def test_a_procedures_table_stands_in_from(cursor: SnowflakeCursor, define: Define) -> None:
    code = "def run(session, n):\n    return session.create_dataframe([[n, 'x'], [n + 1, 'y']], schema=['a', 'b'])"
    options = "packages=('snowflake-snowpark-python')"
    define("procedure rows_of(n int default 1) returns table(a int, b varchar)", code, options=options)
    assert cursor.execute("select t.a * 10, b from table(rows_of(n => 4)) t where a > 4").fetchall() == [(50, "y")]
    assert cursor.execute("select count(*) from table(rows_of())").fetchall() == [(2,)]
    define("procedure rows_of_any() returns table()", code, options=options)
    with pytest.raises(ProgrammingError, match="declares no columns"):
        cursor.execute("select * from table(rows_of_any())")
