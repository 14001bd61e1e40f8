"""Queries: translated, run on DuckDB, and answered as Snowflake answers."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.results import Result
from embedded_snowflake.sources.replacing import replace_sources
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.sql.written import duck_sql
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.answered import put_in
from embedded_snowflake.statements.running import describe, fetch, retried


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run a query: a `Handler`."""
    if not isinstance(tree, (exp.Query, exp.Values)):
        return None
    tree = replace_sources(session, put_in(session, tree))
    if session.describe_only:
        tree = tree.transform(lambda node: exp.Null() if isinstance(node, exp.Placeholder) else node, copy=False)
    translated, facts = translate(tree, session)
    sql = duck_sql(translated)
    if session.describe_only:
        return describe(session, sql, facts)
    return retried(session, lambda: fetch(session, sql, facts))
