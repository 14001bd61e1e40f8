"""Types of tables' columns as DuckDB has them, each table asked once for a statement."""

from __future__ import annotations

import duckdb
from sqlglot import exp

from embedded_snowflake.names import decoded
from embedded_snowflake.sql.written import duck_sql
from embedded_snowflake.state.session import Session


class TableTypes:
    """What the tables of one statement hold, while it is translated.

    Args:
        session: The session, whose DuckDB connection is asked.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, dict[str, str]] = {}

    def of(self, table: exp.Table) -> dict[str, str]:
        """Give the types of a table's columns.

        Args:
            table: A table or view, its name as placement.py writes it.

        Returns:
            DuckDB's types by the columns' names; empty for a common table expression, or what does not exist.
        """
        name = duck_sql(exp.Table(this=table.this.copy(), db=table.args.get("db"), catalog=table.args.get("catalog")))
        if name not in self._known:
            try:
                # Bound and not run: quicker than DESCRIBE, and an error does not end the open transaction.
                found = self._session.duck.table(name)
                self._known[name] = dict(zip(map(decoded, found.columns), map(str, found.types), strict=True))
            except duckdb.Error:
                self._known[name] = {}
        return self._known[name]
