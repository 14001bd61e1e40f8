"""What DuckDB is asked about types: once for each question, and the open transaction outlives a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from sqlglot import exp, parse_one

from embedded_snowflake.sql.resolve.types import Types
from embedded_snowflake.sql.rewrite.number_scales import MixedNumbers


class Counted:
    """A connection that counts what it is asked to describe."""

    def __init__(self) -> None:
        self.duck = duckdb.connect()
        self.described: list[str] = []

    def execute(self, sql: str) -> Any:
        self.described.append(sql)
        return self.duck.execute(sql)

    def table(self, name: str) -> Any:
        return self.duck.table(name)


@pytest.fixture
def counted() -> Iterator[Counted]:
    made = Counted()
    made.duck.execute("create table T (A decimal(10, 2), B varchar)")
    yield made
    made.duck.close()


def _values(select: exp.Select) -> list[exp.Expr]:
    return [projection.unalias() for projection in select.expressions]


def test_a_question_is_asked_once(counted: Counted) -> None:
    select = parse_one("select A + 1, B || 'x' from memory.main.T", read="duckdb")
    types = Types(counted, lambda: None)  # type: ignore[arg-type]
    assert types.of_values(select, _values(select)) == ["DECIMAL(13,2)", "VARCHAR"]
    assert types.of_values(select, _values(select)) == ["DECIMAL(13,2)", "VARCHAR"]
    assert len(counted.described) == 1


def test_columns_and_constants_of_one_table_need_no_question(counted: Counted) -> None:
    select = parse_one("select A, B, 1.50, 'x' from memory.main.T", read="duckdb")
    types = Types(counted, lambda: None)  # type: ignore[arg-type]
    assert types.of_values(select, _values(select)) == ["DECIMAL(10,2)", "VARCHAR", "DECIMAL(3,2)", "VARCHAR"]
    assert counted.described == []


def test_what_duckdb_cannot_tell_has_no_type_and_restores_the_transaction(counted: Counted) -> None:
    select = parse_one("select NOWHERE + 1, A + 1 from memory.main.T", read="duckdb")
    restored: list[bool] = []
    types = Types(counted, lambda: restored.append(True))  # type: ignore[arg-type]
    assert types.of_values(select, _values(select)) == [None, "DECIMAL(13,2)"]
    assert len(restored) == sum("NOWHERE" in sql for sql in counted.described)


def test_a_copy_of_mixed_numbers_is_known_too() -> None:
    whole = parse_one("struct_pack(x := coalesce(A, B))", read="duckdb")
    coalesce = whole.find(exp.Coalesce)
    mixed = MixedNumbers()
    mixed.note(coalesce, [exp.column("A"), exp.column("B")], ["DECIMAL(38,2)", "DECIMAL(38,18)"])
    copied = mixed.copy(whole).find(exp.Coalesce)
    assert copied is not coalesce
    assert copied in mixed
    assert whole.copy().find(exp.Coalesce) not in mixed
