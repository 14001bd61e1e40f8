"""Values that a statement needs before it is translated: a table function's arguments, the columns of a PIVOT."""

from __future__ import annotations

from embedded_snowflake.results import Result
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.parse import dialect
from embedded_snowflake.sql.translate import translate
from embedded_snowflake.state import running
from embedded_snowflake.state.statement import Statement


def read(statement: Statement, text: str) -> Result:
    """Run a query that names nothing but tables.

    Args:
        statement: The statement that needs its values.
        text: The query, in Snowflake's SQL.

    Returns:
        Its result.

    Raises:
        SnowflakeError: Snowflake would refuse it, or it is not supported.
    """
    translated, facts = translate(dialect.parse(text), statement)
    return running.fetch(statement.session, duck_sql(translated), facts)
