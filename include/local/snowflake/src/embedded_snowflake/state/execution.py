"""How a statement runs in its session: one at a time, within its transaction, and with Snowflake's errors."""

from __future__ import annotations

import logging
from collections.abc import Callable

import duckdb
from snowflake.connector.errors import Error as ConnectorError

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.results import Result
from embedded_snowflake.state import duck_errors, statement_words
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.state.transaction import Change

logger = logging.getLogger(__name__)
Interpret = Callable[[Statement], Result]


def run(statement: Statement, interpret: Interpret) -> Result:
    """Run a statement in its session.

    Args:
        interpret: Reads it and does what it says; called again where numbers need more than 64 bits, or where the
            transaction that it changes rows in is brought back.

    Returns:
        Its result.

    Raises:
        SnowflakeError: Snowflake would refuse the statement, or the embedded Snowflake does not support it.
    """
    session = statement.session
    with session.lock:
        try:
            session.awake()
            if statement.outer is None and not statement.describe_only:
                session.transaction.refresh()
            result = _as_wide_as_needed(statement, interpret)
            if statement.outer is None and not statement.describe_only:
                _remember(statement, result, interpret)
            return result
        except duckdb.Error as error:
            session.transaction.restore()
            handler_error = session.engine.python.error_of(error) if session.engine.python is not None else None
            raise handler_error or duck_errors.translate(error, statement.text, statement.qualified) from error
        except SnowflakeError:
            session.transaction.restore()
            raise
        except ConnectorError as error:  # what fakesnow's own steps raise
            session.transaction.restore()
            raise SnowflakeError(str(error.raw_msg), error.errno or 2043, error.sqlstate or "02000") from error
        except NotImplementedError as error:
            logger.info("not implemented: %s", statement.text[:1000], exc_info=True)
            raise not_supported(statement_words.named(statement.text, str(error))) from error
        finally:
            statement.clear()
            if statement.outer is None:
                session.rest()


def _as_wide_as_needed(statement: Statement, interpret: Interpret) -> Result:
    try:
        return interpret(statement)
    except duckdb.Error as error:
        if not duck_errors.needs_width(error):
            raise
        statement.session.transaction.restore()
        statement.clear()
        statement.wide = True
        try:
            return interpret(statement)
        except (duckdb.BinderException, duckdb.CatalogException, SnowflakeError):
            raise error from None  # what 128 bits cannot do says nothing about the statement


def _remember(statement: Statement, result: Result, interpret: Interpret) -> None:
    """Note a change of rows, to be made again as it was, whatever schema, variables and widths there are by then."""
    if result.affected is None and not statement.within:
        return
    again = statement.anew(statement.session.as_now())

    def change() -> int | None:
        try:
            return interpret(again).affected
        finally:
            again.clear()

    statement.session.transaction.remember(Change(statement.text, change, result.affected or 0, statement.within))
