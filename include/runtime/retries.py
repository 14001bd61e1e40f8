"""Which failures another try cannot mend, told by Snowflake's own error codes.

| cause | another try |
|---|---|
| no such module or function, wrong arguments, a result that is not JSON | no |
| log-in refused; no such role, warehouse, database or schema | no |
| log-in refused for some minutes after too many wrong passwords; nothing answers | yes |
| SQL that Snowflake cannot understand, an unknown column or function, no privilege | no |
| an object that does not exist (another pipeline may be about to make it) | yes |
| whatever else a statement or a function raises; `sys.exit`; a process that was killed | yes |

The operators add what only they see: `include.operators.refusals`.
"""

from __future__ import annotations

from include.runtime.errors import TaskMistake

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
    """Whether another try, with nothing mended, would end the same way.

    Args:
        error: what a task raised: a TaskMistake, an error of the connector or of Snowpark, or anything else.

    Returns:
        True only where that is known.
    """
    if isinstance(error, TaskMistake):
        return error.final
    code = getattr(error, "sql_error_code", None) or getattr(error, "errno", None)
    return isinstance(code, int) and code in FINAL_CODES and hasattr(error, "sfqid")
