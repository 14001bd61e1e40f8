"""Translated statements run on DuckDB: again after a conflict, all or nothing, and their results taken."""

from __future__ import annotations

import contextlib
import random
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import duckdb
import pyarrow as pa

from embedded_snowflake.names import TableName, decoded
from embedded_snowflake.results import Result
from embedded_snowflake.state.duck_errors import is_conflict
from embedded_snowflake.state.facts import Fact, refine
from embedded_snowflake.state.session import Session
from embedded_snowflake.wire import column_of

T = TypeVar("T")
CONFLICT_TRIES = 40


def retried(session: Session, action: Callable[[], T]) -> T:
    """Run something again while other sessions' writes get in its way.

    Inside a transaction there is one try: what came before it would be lost.

    Args:
        session: Session on whose connection it runs.
        action: What to run; it must undo itself on an error.

    Returns:
        What it returns.

    Raises:
        duckdb.Error: Its error, or the last conflict.
    """
    for attempt in range(CONFLICT_TRIES):
        try:
            return action()
        except duckdb.TransactionException as error:
            if session.transaction.is_open or not is_conflict(error) or attempt == CONFLICT_TRIES - 1:
                raise
            time.sleep(random.uniform(0.5, 1.5) * min(0.01 * 2**attempt, 0.5))
    raise AssertionError("unreachable")


def atomic(session: Session, action: Callable[[], T]) -> T:
    """Run several DuckDB statements as one, all of them or none; again while other sessions' writes get in their way.

    Args:
        session: The session; inside its transaction they simply belong to it.
        action: What to run.

    Returns:
        What it returns.

    Raises:
        duckdb.Error: Its error, after everything was undone.
    """
    return retried(session, lambda: _at_once(session, action))


def _at_once(session: Session, action: Callable[[], T]) -> T:
    if session.transaction.is_open:
        return action()
    session.duck.begin()
    try:
        result = action()
        session.duck.commit()
    except BaseException:
        with contextlib.suppress(duckdb.Error):  # a failed commit has rolled back already
            session.duck.rollback()
        raise
    return result


@contextlib.contextmanager
def locked(session: Session, table: TableName) -> Iterator[None]:
    """Hold a table's lock while its rows are changed, and on to the end of the open transaction.

    Args:
        session: Session on whose connection it runs.
        table: Full name of the table.

    Yields:
        Nothing.

    Raises:
        SnowflakeError: As for `Session.lock_table`.
    """
    session.lock_table(table)
    try:
        yield
    finally:
        session.transaction.unlock()


def count(session: Session, sql: str) -> int:
    """Run DuckDB SQL that answers with one number.

    Args:
        session: Session on whose connection it runs.
        sql: An insert, update or delete, or a query of one number.

    Returns:
        The number: rows changed, or what was asked; 0 without an answer.
    """
    rows = session.duck.execute(sql).fetchall()
    return int(rows[0][0]) if rows else 0


def fetch(session: Session, sql: str, facts: Sequence[Fact] = ()) -> Result:
    """Run DuckDB SQL and take its rows.

    Args:
        session: Session on whose connection it runs.
        sql: A query, in DuckDB's SQL.
        facts: What is known about its columns beyond DuckDB's types.

    Returns:
        Its result.
    """
    session.duck.execute(sql)
    columns = [column_of(decoded(str(name)), str(kind)) for name, kind, *_ in session.duck.description or []]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a relation would run the query a second time
        table: pa.Table = session.duck.to_arrow_table()
    # In one piece, so that its layout for the wire needs no copy of it.
    return Result(refine(columns, facts), table=table.combine_chunks())


def describe(session: Session, sql: str, facts: Sequence[Fact] = ()) -> Result:
    """Find the columns of a query without running it.

    Args:
        session: Session on whose connection it runs.
        sql: A query, in DuckDB's SQL.
        facts: What is known about its columns beyond DuckDB's types.

    Returns:
        A result without rows.
    """
    rows = session.duck.execute(f"describe {sql}").fetchall()
    columns = [column_of(decoded(str(row[0])), str(row[1])) for row in rows]
    return Result(refine(columns, facts), rows=[])
