"""Queries: translated, run on DuckDB, and answered as Snowflake answers."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.results import Result
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements import answered, running


def run(statement: Statement, tree: exp.Query | exp.Values) -> Result:
    """Run a query."""
    session = statement.session
    translated, facts = translate(replace_sources(session, answered.put_in(session, tree, answered.RUN)), session)
    sql = duck_sql(translated)
    return running.retried(session, lambda: running.fetch(session, sql, facts))


def describe(statement: Statement, tree: exp.Query | exp.Values) -> Result:
    """Find a query's columns; placeholders may have no values yet."""
    session = statement.session
    read = replace_sources(session, answered.put_in(session, tree, answered.DESCRIBE))
    read = read.transform(lambda node: exp.Null() if isinstance(node, exp.Placeholder) else node, copy=False)
    translated, facts = translate(read, session)
    return running.describe(session, duck_sql(translated), facts)
