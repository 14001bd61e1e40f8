"""What the query history says of a statement that has ended."""

from __future__ import annotations

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.results import Result
from embedded_snowflake.state.history import Took
from embedded_snowflake.state.session import Session
from embedded_snowflake.statements.changes import INSERT, MERGE
from embedded_snowflake.statements.copy.outcome import COPY
from embedded_snowflake.statements.multi_insert import MULTI_INSERT

_DEFAULT_SIZE = "X-Small"
_COMPILATION = "SQL compilation error"  # the heading of an error of a statement that did not come to run
_COMPUTES = frozenset({"SELECT", "CALL", "COPY", "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE_TABLE_AS_SELECT"})
"""Statements that need a warehouse; all else is done by Snowflake's cloud services."""


def told(kind: str, result: Result, session: Session) -> tuple[str, Took]:
    """Tell what a statement did.

    Args:
        kind: Its first word.
        result: Its result.
        session: Where it ran.

    Returns:
        Its QUERY_TYPE, and what it took.
    """
    if result.inserted is not None:
        kind = "CREATE_TABLE_AS_SELECT"
    size = result.table.nbytes if result.table is not None else None
    return kind, Took(result.row_count, _inserted(result), size, _size(session) if kind in _COMPUTES else None)


def failed(kind: str, error: SnowflakeError, session: Session) -> Took:
    """Tell what a statement took that failed.

    Args:
        kind: Its first word.
        error: Its error.
        session: Where it ran.

    Returns:
        The warehouse's size, if it came to run: what does not compile has not been in the warehouse.
    """
    ran = kind in _COMPUTES and not error.message.startswith(_COMPILATION)
    return Took(warehouse_size=_size(session) if ran else None)


def _inserted(result: Result) -> int:
    if result.inserted is not None:
        return result.inserted
    if result.statement_type == MERGE:
        return int(result.tuples()[0][0]) if result.columns and result.columns[0].name.endswith("inserted") else 0
    return result.affected or 0 if result.statement_type in (INSERT, MULTI_INSERT, COPY) else 0


def _size(session: Session) -> str | None:
    if session.warehouse is None:
        return None
    warehouse = session.engine.account.objects.find("WAREHOUSE", session.warehouse)
    return warehouse.properties.get("WAREHOUSE_SIZE", _DEFAULT_SIZE) if warehouse is not None else None
