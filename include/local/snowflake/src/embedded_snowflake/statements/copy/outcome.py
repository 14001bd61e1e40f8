"""How each file fared: its counts, its first bad row, and the statement's answer."""

from __future__ import annotations

from dataclasses import dataclass

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.results import Column, Result
from embedded_snowflake.state.stages import StageFile
from embedded_snowflake.statements.copy.plan import CopyPlan

_REMEDY = (
    "If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' or"
    " 'CONTINUE' for the ON_ERROR option. For more information on loading options, please run 'info loading_data' in a"
    " SQL client."
)
COPY = 0x3600  # statement type


@dataclass
class Loaded:
    """How one file fared.

    Attributes:
        file: The file.
        status: LOADED, LOAD_SKIPPED, PARTIALLY_LOADED or LOAD_FAILED.
        parsed: Rows read.
        loaded: Rows written.
        errors: Rows with errors.
        first_error: The first error's message.
        line: Its line, from 1.
        column: Its column, as Snowflake writes it.
        character: Its place in the line, from 1.
        limit: How many bad rows ON_ERROR takes before the file fails.
    """

    file: StageFile
    status: str = "LOADED"
    parsed: int = 0
    loaded: int = 0
    errors: int = 0
    first_error: str | None = None
    line: int | None = None
    column: str | None = None
    character: int | None = None
    limit: int = 1


class RowError(Exception):
    """A row that cannot be loaded.

    Args:
        message: Snowflake's first line about it.
        line: Line in the file, from 1.
        column: Name and number of the column, or None.
        code: Snowflake's error number.
        sqlstate: SQLSTATE.
        character: Place in the line, from 1.
        row: Number of the row in the file, from 1, headers not counted.
    """

    def __init__(
        self,
        message: str,
        line: int,
        column: tuple[str, int] | None,
        code: int,
        sqlstate: str,
        character: int,
        row: int,
    ) -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.code, self.sqlstate = message, line, column, code, sqlstate
        self.character, self.row = character, row


def wrong_count(found: int, expected: int, line: int, row: int) -> RowError:
    """Make the error of a record with another number of fields than the table has columns.

    Args:
        found: Fields.
        expected: Columns.
        line: Line of the record, from 1.
        row: Its number, from 1.

    Returns:
        Error 100080 (22000).
    """
    message = (
        f"Number of columns in file ({found}) does not match that of the corresponding table ({expected}), "
        "use file format option error_on_column_count_mismatch=false to ignore this error"
    )
    return RowError(message, line, None, 100080, "22000", 1, row)


def column_name(plan: CopyPlan, error: RowError) -> str | None:
    """Name the column of a bad row.

    Args:
        plan: What the statement says.
        error: The bad row.

    Returns:
        For example "T"["A":1], or None.
    """
    if error.column is None:
        return None
    return f'"{plan.target.name}"["{error.column[0]}":{error.column[1]}]'


def abort(plan: CopyPlan, file: StageFile, error: RowError) -> SnowflakeError:
    """Word the error that ends the statement under ON_ERROR = ABORT_STATEMENT.

    Args:
        plan: What the statement says.
        file: File of the bad row.
        error: The bad row.

    Returns:
        The error, with file, line, character, row and column.
    """
    where = f"  File '{file.relative}', line {error.line}, character {error.character}\n"
    column = column_name(plan, error)
    where += (
        f"  Row {error.row}, column {column}\n"
        if column
        else f'  Row {error.row} starts at line {error.line}, column "{plan.target.name}"\n'
    )
    return SnowflakeError(f"{error.message}\n{where}  {_REMEDY}", error.code, error.sqlstate)


def report(outcome: list[Loaded]) -> Result:
    """Make the statement's answer.

    Args:
        outcome: How each file fared.

    Returns:
        One row per file.
    """
    columns = [
        Column("file"),
        Column("status"),
        Column("rows_parsed", "fixed", precision=38, scale=0),
        Column("rows_loaded", "fixed", precision=38, scale=0),
        Column("error_limit", "fixed", precision=38, scale=0),
        Column("errors_seen", "fixed", precision=38, scale=0),
        Column("first_error"),
        Column("first_error_line", "fixed", precision=38, scale=0),
        Column("first_error_character", "fixed", precision=38, scale=0),
        Column("first_error_column_name"),
    ]
    rows = [
        (
            one.file.relative,
            one.status,
            one.parsed,
            one.loaded,
            one.limit,
            one.errors,
            one.first_error,
            one.line,
            one.character,
            one.column,
        )
        for one in outcome
    ]
    return Result(columns, rows=rows, statement_type=COPY, affected=sum(one.loaded for one in outcome))
