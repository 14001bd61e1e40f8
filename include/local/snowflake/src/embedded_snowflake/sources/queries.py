"""Queries: translated, run on DuckDB, and answered as Snowflake answers."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.sources import system_functions
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.parse import dialect
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state import running
from embedded_snowflake.state.statement import Statement


def run(statement: Statement, tree: exp.Query | exp.Values) -> Result:
    """Run a query."""
    session = statement.session
    read = replace_sources(statement, system_functions.put_in(session, tree, system_functions.RUN))
    translated, facts = translate(read, statement)
    sql = duck_sql(translated)
    return running.retried(session, lambda: running.fetch(session, sql, facts))


def describe(statement: Statement, tree: exp.Query | exp.Values) -> Result:
    """Find a query's columns; placeholders may have no values yet."""
    read = replace_sources(statement, system_functions.put_in(statement.session, tree, system_functions.DESCRIBE))
    read = read.transform(lambda node: exp.Null() if isinstance(node, exp.Placeholder) else node, copy=False)
    translated, facts = translate(read, statement)
    return running.describe(statement.session, duck_sql(translated), facts)


def evaluate(statement: Statement, text: str) -> Result:
    """Run a query whose result a statement needs.

    Args:
        text: The query, in Snowflake's SQL.

    Returns:
        Its result.

    Raises:
        SnowflakeError: Snowflake would refuse it, or it is not supported.
    """
    tree = dialect.parse(text)
    if not isinstance(tree, (exp.Query, exp.Values)):
        raise not_supported(f"{' '.join(text.split()[:4])} … in the place of a query")
    return run(statement, tree)
