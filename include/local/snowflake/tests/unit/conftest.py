from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from embedded_snowflake.library import macros, native

Evaluate = Callable[[str], Any]


@pytest.fixture(scope="session")
def library() -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection that has the library, and nothing else of the embedded Snowflake."""
    with duckdb.connect(":memory:", config={"lambda_syntax": "ENABLE_SINGLE_ARROW"}) as duck:
        native.register(duck)
        duck.execute("attach ':memory:' as \"DB\"")
        duck.execute(macros.creation_sql("DB"))
        duck.execute("""set schema = '"DB".main'""")
        duck.execute("set TimeZone = 'UTC'")
        yield duck


@pytest.fixture
def value(library: duckdb.DuckDBPyConnection) -> Evaluate:
    """What an expression of DuckDB's with the library's macros is."""

    def evaluate(expression: str) -> Any:
        row = library.execute(f"select {expression}").fetchone()
        assert row is not None
        return row[0]

    return evaluate
