"""Parts of a session: where a procedure runs within its caller's statement, and where statements run side by side.

https://docs.snowflake.com/en/developer-guide/stored-procedure/stored-procedures-rights
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.state.session import Session

# The caller's parameters that have a meaning here and hold in a procedure with its owner's rights.
_OWNERS_PARAMETERS = frozenset(
    {
        *(
            "AUTOCOMMIT",
            "LOCK_TIMEOUT",
            "QUERY_TAG",
            "STATEMENT_TIMEOUT_IN_SECONDS",
            "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
        ),
        *("TIMEZONE", "TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_DAY_IS_ALWAYS_24H", "TWO_DIGIT_CENTURY_START"),
        *(
            "WEEK_START",
            "WEEK_OF_YEAR_POLICY",
            "JSON_INDENT",
            "STRICT_JSON_OUTPUT",
            "ROWS_PER_RESULTSET",
            "USE_CACHED_RESULT",
        ),
        *(
            "BINARY_INPUT_FORMAT",
            "BINARY_OUTPUT_FORMAT",
            "DATE_INPUT_FORMAT",
            "DATE_OUTPUT_FORMAT",
            "TIME_INPUT_FORMAT",
        ),
        *("TIME_OUTPUT_FORMAT", "TIMESTAMP_INPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT", "TIMESTAMP_LTZ_OUTPUT_FORMAT"),
        *("TIMESTAMP_NTZ_OUTPUT_FORMAT", "TIMESTAMP_TZ_OUTPUT_FORMAT", "ERROR_ON_NONDETERMINISTIC_MERGE"),
        *("ERROR_ON_NONDETERMINISTIC_UPDATE", "TRANSACTION_ABORT_ON_ERROR", "TRANSACTION_DEFAULT_ISOLATION_LEVEL"),
    }
)


@contextlib.contextmanager
def of_call(caller: Session, rights: str, place: tuple[str, str] | None) -> Iterator[Session]:
    """Open the part of a session in which a procedure's statements run, and end it with the CALL.

    Args:
        caller: Session or part that the CALL runs in; it runs no other statement meanwhile.
        rights: OWNER or CALLER.
        place: Database and schema of the procedure; None for an anonymous one.

    Yields:
        The part.

    Raises:
        SnowflakeError: The procedure has left a transaction open.
    """
    frame = caller.part()
    frame.caller = caller
    frame.rights = "OWNER" if caller.rights == "OWNER" else rights
    if frame.rights == "OWNER":
        frame.variables = {}
        frame.parameters = {name: value for name, value in caller.parameters.items() if name in _OWNERS_PARAMETERS}
        if place is not None:
            frame.use(*place)
    caller.called, mark = frame, caller.transaction.mark()
    try:
        yield frame
    except BaseException:
        _end(caller, frame)
        caller.transaction.undo(mark)
        raise
    if _end(caller, frame):
        text = (
            "Stored procedure execution error: Scoped transaction started in stored procedure is incomplete and it was"
            " rolled back."
        )
        raise SnowflakeError(text, 90232, "25000")
    if frame.rights == "CALLER":
        caller.take_over(frame)


def _end(caller: Session, frame: Session) -> bool:
    """End what a procedure still runs, and its transaction; tell whether it had left one open."""
    try:
        frame.stop()
        left_open = frame.transaction.is_open and frame.transaction.scope is frame
        if left_open:
            frame.end_transaction(commit=False)
        caller.search()
        return left_open
    finally:
        caller.called = None


@contextlib.contextmanager
def beside(session: Session) -> Iterator[Session]:
    """Find where a statement runs that may run beside others.

    On the session's connection, where that is free, or on another.

    Yields:
        The session, or a part of it.
    """
    if session.lock.acquire(blocking=False):
        try:
            yield session
        finally:
            session.lock.release()
        return
    with aside(session) as part:
        yield part


@contextlib.contextmanager
def aside(session: Session) -> Iterator[Session]:
    """Make a part of a session with a connection of its own.

    Yields:
        The part.
    """
    part = session.part()
    part.connect()
    session.beside.add(part)
    try:
        yield part
    finally:
        session.beside.discard(part)
        part.duck.close()
