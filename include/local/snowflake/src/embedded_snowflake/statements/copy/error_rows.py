"""Rows that cannot be loaded, as VALIDATION_MODE and VALIDATE tell of them."""

from __future__ import annotations

from embedded_snowflake.results import TEXT_LENGTH, Column
from embedded_snowflake.sources.csv_records import Position
from embedded_snowflake.state.load_flaws import Flaws
from embedded_snowflake.state.stages import StageFile
from embedded_snowflake.statements.assignment import TargetColumn
from embedded_snowflake.statements.copy import file_rows
from embedded_snowflake.statements.copy.file_rows import FileRows
from embedded_snowflake.statements.copy.outcome import RowError, column_name
from embedded_snowflake.statements.copy.plan import CopyPlan
from embedded_snowflake.statements.copy.row_checks import NULL_IN_REQUIRED

_NUMBERS = ("LINE", "CHARACTER", "BYTE_OFFSET", "CODE", "ROW_NUMBER", "ROW_START_LINE")
COLUMNS = [
    "ERROR",
    "FILE",
    "LINE",
    "CHARACTER",
    "BYTE_OFFSET",
    "CATEGORY",
    "CODE",
    "SQL_STATE",
    "COLUMN_NAME",
    "ROW_NUMBER",
]
COLUMNS += ["ROW_START_LINE", "REJECTED_RECORD"]
_PARSING = frozenset(
    {100016, 100065, 100080, 100144, NULL_IN_REQUIRED}
)  # error numbers of parsing; the others are of conversion


def shown() -> list[Column]:
    """Describe the columns that tell of flaws.

    Returns:
        The columns.
    """
    return [
        Column(name, "fixed", precision=38, scale=0) if name in _NUMBERS else Column(name, length=TEXT_LENGTH)
        for name in COLUMNS
    ]


def of_rows(
    plan: CopyPlan, columns: list[TargetColumn], file: StageFile, source: FileRows, bad: dict[int, RowError]
) -> Flaws:
    """Tell of the rows of a file that cannot be loaded.

    Args:
        plan: What the statement says.
        columns: The columns to fill.
        file: The file.
        source: Its rows.
        bad: The bad ones, by number.

    Returns:
        One row of `COLUMNS` for each.
    """
    return [_flaw(plan, columns, file, source, error) for error in bad.values()]


def _flaw(
    plan: CopyPlan, columns: list[TargetColumn], file: StageFile, source: FileRows, error: RowError
) -> tuple[object, ...]:
    category = "parsing" if error.code in _PARSING else "conversion"
    record = source.record(error.row) if source.record is not None else None
    column, place = column_name(plan, error), Position(error.line, error.character, 0)
    if record is not None and error.column is not None:
        place = file_rows.place_of(source, error.row, error.column[1])
        if error.code == NULL_IN_REQUIRED:  # found when the field has been read: the place is behind its delimiter
            place = Position(place.line, place.character + 1, place.offset + 1)
    elif record is not None and error.code == 100080:
        place, column = record.end, _beyond(plan, columns, len(record.fields))
    where = (place.line, place.character, place.offset, category, error.code, error.sqlstate, column)
    start = record.start.line if record is not None else error.line
    return (error.message, file.relative, *where, error.row, start, record.text if record is not None else None)


def _beyond(plan: CopyPlan, columns: list[TargetColumn], fields: int) -> str:
    """Name the column of a record with another number of fields: "T"["A":1], or "T"[5] where the table has fewer."""
    named = f'"{columns[fields - 1].name}":{fields}' if fields <= len(columns) else str(fields)
    return f'"{plan.target.name}"[{named}]'
