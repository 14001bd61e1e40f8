"""Which failures another try cannot fix, told by Snowflake's own error codes.

| cause | another try |
|---|---|
| no such module or function, wrong arguments, a result that is not JSON | no |
| login refused; no such role, warehouse, database or schema | no |
| login refused for some minutes after too many wrong passwords; nothing answers | yes |
| SQL that Snowflake cannot understand, an unknown column or function, no privilege | no |
| an object that does not exist (another pipeline may be about to make it) | yes |
| whatever else a statement or a function raises; `sys.exit`; a process that was killed | yes |

The operators add what only they see: `include.operators.refusals`.
"""

from __future__ import annotations

from snowflake.connector.errorcode import ER_FAILED_TO_CONNECT_TO_DB
from snowflake.connector.errors import Error as ConnectorError
from snowflake.connector.errors import ForbiddenError, OperationalError

from include.runtime.errors import TaskError

LOGIN_CODES = range(390_000, 391_000)
"""Snowflake's error codes of logins.

A wrong password, a role that is not the user's, an address that is not allowed, …
"""
PASSING_LOGIN_CODES = (390_102, 390_114, 390_318)
"""Those of this moment alone: a user locked out for a while, a token that has expired (each try gets another)."""
LOCKED = "temporarily locked"
"""In Snowflake's refusal of a user whom too many wrong passwords have locked out for some minutes."""

FINAL_CODES = {
    606: "No active warehouse selected in the current session",
    904: "invalid identifier",
    1003: "syntax error",
    1044: "Invalid argument types for function",
    2140: "Unknown function",
    2141: "Unknown user-defined function",
    3001: "Insufficient privileges to operate on",
    90105: "This session does not have a current database",
}
"""Snowflake's error codes of statements that fail each time, and what it says with them."""


def is_final(error: BaseException) -> bool:
    """Whether another try, with nothing fixed, would end the same way.

    Args:
        error: what a task raised: a TaskError, an error of the connector or of Snowpark, or anything else.

    Returns:
        True only where that is known.
    """
    if isinstance(error, TaskError):
        return error.final
    if isinstance(error, ConnectorError):
        return error.errno in FINAL_CODES or login_refused(error)
    return getattr(error, "sql_error_code", None) in FINAL_CODES


def login_refused(error: ConnectorError) -> bool:
    """Whether Snowflake answered a login, and said no for good."""
    code = error.errno or 0
    answered = isinstance(error, ForbiddenError) or code == ER_FAILED_TO_CONNECT_TO_DB or code in LOGIN_CODES
    return (
        answered
        and not isinstance(error, OperationalError)
        and code not in PASSING_LOGIN_CODES
        and LOCKED not in str(error)
    )
