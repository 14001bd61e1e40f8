"""Exact numbers of rows: those in DuckDB's catalog are estimates that still count deleted rows."""

from __future__ import annotations

from collections.abc import Iterable

from embedded_snowflake.names import TableName, held, verbatim
from embedded_snowflake.state.session import Session


def count(session: Session, tables: Iterable[TableName]) -> dict[TableName, int]:
    """Count the rows of tables, all at the same moment.

    Args:
        session: The session, which sees its own transaction's changes.
        tables: Their full names.

    Returns:
        The numbers, without tables that have been dropped meanwhile.
    """
    wanted = {held(session.place_of(name)): name for name in tables}
    if not wanted:
        return {}
    own = not session.transaction.is_open
    if own:
        session.duck.begin()
    try:
        rows = session.duck.execute(
            "select database_name, schema_name, table_name from duckdb_tables() where not internal"
        ).fetchall()
        places = sorted(place for place in ((str(row[0]), str(row[1]), str(row[2])) for row in rows) if place in wanted)
        if not places:
            return {}
        counts = " union all ".join(
            f"select {number}, count(*) from {'.'.join(verbatim(part) for part in place)}"
            for number, place in enumerate(places)
        )
        return {wanted[places[number]]: int(found) for number, found in session.duck.execute(counts).fetchall()}
    finally:
        if own:
            session.duck.rollback()
