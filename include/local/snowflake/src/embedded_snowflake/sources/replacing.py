"""Replace what a FROM may name besides tables: staged files, the history, earlier results."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.sources import pivots, staged_query, table_functions
from embedded_snowflake.state.statement import Statement


def replace_sources(statement: Statement, tree: exp.Expr) -> exp.Expr:
    """Replace such sources by DuckDB's temporary tables and views.

    Args:
        tree: Statement as parsed; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: A source does not exist or is not supported.
    """
    return pivots.rewrite(statement, table_functions.replace(statement, staged_query.read_stages(statement, tree)))
