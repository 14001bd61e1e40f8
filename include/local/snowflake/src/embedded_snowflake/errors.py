"""Snowflake's errors: message, code and SQLSTATE as the clients know them.

`SnowflakeError` is what every part of the embedded server raises for a mistake in a statement. The server turns it into
Snowflake's error JSON; the connector raises it again as its own `ProgrammingError`.

Codes and SQLSTATEs: https://docs.snowflake.com/en/developer-guide/snowpark/reference/python and the errors that the
connector's own tests expect.
"""

from __future__ import annotations


class SnowflakeError(Exception):
    """A statement that Snowflake would refuse.

    Args:
        message: Text shown to the user, worded as Snowflake words it.
        code: Snowflake's error number, for example 2003.
        sqlstate: Five-character SQLSTATE, for example "42S02".
    """

    def __init__(self, message: str, code: int = 1003, sqlstate: str = "42000") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.sqlstate = sqlstate


def compilation_error(text: str, code: int = 2043, sqlstate: str = "02000") -> SnowflakeError:
    """Make an error of the statement's meaning.

    Args:
        text: What is wrong, without Snowflake's heading.
        code: Error number.
        sqlstate: SQLSTATE.

    Returns:
        The error, headed "SQL compilation error:".
    """
    return SnowflakeError(f"SQL compilation error:\n{text}", code, sqlstate)


def syntax_error(text: str) -> SnowflakeError:
    """Make the error of a statement that cannot be parsed.

    Args:
        text: Where and what, for example "syntax error line 1 at position 7 unexpected 'frm'.".

    Returns:
        Error 001003 (42000).
    """
    return compilation_error(text, 1003, "42000")


def does_not_exist(kind: str, name: str) -> SnowflakeError:
    """Make the error of a missing (or forbidden: Snowflake does not say which) object.

    Args:
        kind: Kind as Snowflake says it: "Object", "Table", "Stage", "Schema", "Database", …
        name: Name as the user sees it, qualified where known.

    Returns:
        Error 002003 (42S02; 02000 for what is not a table).
    """
    sqlstate = "42S02" if kind in ("Object", "Table", "View") else "02000"
    return compilation_error(f"{kind} '{name}' does not exist or not authorized.", 2003, sqlstate)


def cannot_use() -> SnowflakeError:
    """Make the error of USE with a database or schema that does not exist.

    Returns:
        Error 002043 (02000).
    """
    return compilation_error("Object does not exist, or operation cannot be performed.", 2043, "02000")


def already_exists(name: str) -> SnowflakeError:
    """Make the error of creating what is there.

    Args:
        name: Name of the object.

    Returns:
        Error 002002 (42710).
    """
    return compilation_error(f"Object '{name}' already exists.", 2002, "42710")


def invalid_identifier(name: str) -> SnowflakeError:
    """Make the error of an unknown column.

    Args:
        name: Column as written.

    Returns:
        Error 000904 (42000).
    """
    return compilation_error(f"error line 1 at position 0\ninvalid identifier '{name}'", 904, "42000")


def wrong_number_of_values(expected: int, given: int) -> SnowflakeError:
    """Make the error of an INSERT with more or fewer values than columns.

    Args:
        expected: Columns.
        given: Values.

    Returns:
        Error 002020 (21S01).
    """
    return compilation_error(
        f"Insert value list does not match column list expecting {expected} but got {given}", 2020, "21S01"
    )


def not_supported(what: str) -> SnowflakeError:
    """Make the error of a feature that the embedded Snowflake does not have.

    Args:
        what: The feature, in a few words.

    Returns:
        Error 000002 (0A000), Snowflake's own number for an unsupported feature.
    """
    return SnowflakeError(f"not supported by the embedded Snowflake: {what}", 2, "0A000")


def variable_of_caller(name: str) -> SnowflakeError:
    """Make the error of a procedure with owner's rights that reads a variable of its caller's session.

    Args:
        name: The variable's name.

    Returns:
        The error.
    """
    text = f"Use of session variable '${name.upper()}' is not allowed in owners rights stored procedure"
    return SnowflakeError(text, 90244, "42601")
