"""COPY INTO a table with VALIDATION_MODE: what a load would meet, and nothing is loaded.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#optional-parameters (VALIDATION_MODE) has the modes; the columns
and positions of errors are those of the examples there and of
https://docs.snowflake.com/en/user-guide/tutorials/data-load-internal-tutorial-sort-files.
"""

from __future__ import annotations

from include.local.snowflake.errors import not_supported
from include.local.snowflake.results import TEXT_LENGTH, Column, Result
from include.local.snowflake.sources.csv_records import Position
from include.local.snowflake.state import declarations
from include.local.snowflake.state.facts import refine
from include.local.snowflake.state.session import Session
from include.local.snowflake.state.stages import StageFile
from include.local.snowflake.statements import running
from include.local.snowflake.statements.assignment import TargetColumn
from include.local.snowflake.statements.copy import file_rows, history
from include.local.snowflake.statements.copy import plan as plans
from include.local.snowflake.statements.copy.file_rows import FileRows
from include.local.snowflake.statements.copy.judging import NULL_IN_REQUIRED, Judged
from include.local.snowflake.statements.copy.outcome import RowError, abort, column_name
from include.local.snowflake.statements.copy.plan import CopyPlan
from include.local.snowflake.wire import column_of

_NUMBERS = ("LINE", "CHARACTER", "BYTE_OFFSET", "CODE", "ROW_NUMBER", "ROW_START_LINE")
COLUMNS = ["ERROR", "FILE", "LINE", "CHARACTER", "BYTE_OFFSET", "CATEGORY", "CODE", "SQL_STATE", "COLUMN_NAME", "ROW_NUMBER"]
COLUMNS += ["ROW_START_LINE", "REJECTED_RECORD"]
_PARSING = frozenset({100016, 100065, 100080, 100144, NULL_IN_REQUIRED})  # error numbers of parsing; the others are of conversion
Flaws = list[tuple[object, ...]]


def shown() -> list[Column]:
    """Describe the columns that tell of flaws.

    Returns:
        The columns.
    """
    return [Column(name, "fixed", precision=38, scale=0) if name in _NUMBERS else Column(name, length=TEXT_LENGTH) for name in COLUMNS]


def run(session: Session, plan: CopyPlan, columns: list[TargetColumn]) -> Result:
    """Check files without loading them.

    Args:
        session: The session.
        plan: What the statement says.
        columns: The columns to fill.

    Returns:
        The first rows as they would be loaded, or one row per record that could not be.

    Raises:
        SnowflakeError: With RETURN_n_ROWS, one of the rows is bad; or the files are not supported.
    """
    if plan.select is not None:
        raise not_supported("VALIDATION_MODE of a COPY that transforms, as it is in Snowflake")
    count = plan.validation.removeprefix("RETURN_").removesuffix("_ROWS")
    if count.isdigit():
        return _first_rows(session, plan, columns, int(count))
    if session.describe_only:
        return Result(shown(), rows=[])
    found, missing = plans.find(session, plan)
    rows: Flaws = [(plans.not_found(name).message, name, *[None] * 10) for name in missing]
    for file in found:
        # RETURN_ERRORS leaves out what was loaded in part already, the other modes do not ask.
        loaded = plan.validation == "RETURN_ERRORS" and not plan.force and history.loaded_before(session, plan, file, file.md5())
        if not loaded:
            source = file_rows.of_file(session, plan, columns, file)
            rows += flaws(plan, columns, file, source, Judged(session, plan, columns, source).bad())
    return Result(shown(), rows=rows)


def flaws(plan: CopyPlan, columns: list[TargetColumn], file: StageFile, source: FileRows, bad: dict[int, RowError]) -> Flaws:
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


def _flaw(plan: CopyPlan, columns: list[TargetColumn], file: StageFile, source: FileRows, error: RowError) -> tuple[object, ...]:
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


def _first_rows(session: Session, plan: CopyPlan, columns: list[TargetColumn], wanted: int) -> Result:
    known = {fact.name: fact for fact in declarations.columns(session, plan.target)}
    shown = refine([column_of(column.name, column.duck_type) for column in columns], [known[column.name] for column in columns])
    result = Result(shown, rows=[])
    files = [] if session.describe_only else plans.files(session, plan)
    for file in files:
        if (left := wanted - len(result.rows or [])) <= 0:
            break
        source = file_rows.of_file(session, plan, columns, file)
        judged = Judged(session, plan, columns, source)
        first = next(iter(judged.bad().values()), None)
        if first is not None and first.row <= left:
            raise abort(plan, file, first)
        result.rows = [*(result.rows or []), *running.fetch(session, judged.rows(left)).tuples()]
    return result


def _beyond(plan: CopyPlan, columns: list[TargetColumn], fields: int) -> str:
    """The column of a record with another number of fields: "T"["A":1], or "T"[5] where the table has fewer."""
    named = f'"{columns[fields - 1].name}":{fields}' if fields <= len(columns) else str(fields)
    return f'"{plan.target[2]}"[{named}]'
