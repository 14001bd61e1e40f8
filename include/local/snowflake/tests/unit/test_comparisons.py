"""How often DuckDB is asked for the types of comparisons."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
import sqlglot

from embedded_snowflake.sql.resolve.types import Types
from embedded_snowflake.sql.rewrite import comparisons


class Counting:
    """A connection to DuckDB that counts what it is asked.

    Attributes:
        asked: Statements so far.
    """

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck
        self.asked = 0

    def execute(self, sql: str) -> Any:
        self.asked += 1
        return self._duck.execute(sql)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._duck, name)


@pytest.mark.parametrize("columns", [2, 50])
def test_as_often_for_many_columns_as_for_few(library: duckdb.DuckDBPyConnection, columns: int) -> None:
    made = ", ".join(f"1 as A{number}, '1' as B{number}" for number in range(columns))
    compared = ", ".join(f"A{number} = B{number}, A{number} + 1 < 3" for number in range(columns))
    tree = sqlglot.parse_one(f"with P as (select {made}) select {compared} from P", dialect="duckdb")
    duck = Counting(library)
    types: Any = Types(duck, lambda: None)  # type: ignore[arg-type]
    assert comparisons.apply(tree, types).sql(dialect="duckdb").count("CAST(B") == columns
    assert duck.asked == 1
