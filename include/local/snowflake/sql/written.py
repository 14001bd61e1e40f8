"""Translated statements as DuckDB's SQL."""

from __future__ import annotations

from sqlglot import exp


def duck_sql(tree: exp.Expr) -> str:
    """Write a translated statement, or a part of one, for DuckDB.

    Args:
        tree: What `translate` returned, or a part of it.

    Returns:
        DuckDB's SQL.
    """
    # Quoted, for DuckDB reserves words that Snowflake does not: AT, END, SHOW, PIVOT, …
    sql: str = tree.sql(dialect="duckdb", identify=True)
    return sql
