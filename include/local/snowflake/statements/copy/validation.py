"""COPY INTO a table with VALIDATION_MODE: what a load would meet, and nothing is loaded.

https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#optional-parameters (VALIDATION_MODE) has the modes; the columns
and positions of errors are those of the examples there and of
https://docs.snowflake.com/en/user-guide/tutorials/data-load-internal-tutorial-sort-files.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from include.local.snowflake.errors import not_supported
from include.local.snowflake.names import quote
from include.local.snowflake.results import TEXT_LENGTH, Column, Result
from include.local.snowflake.sources import staged_files
from include.local.snowflake.state import declarations
from include.local.snowflake.state.facts import refine
from include.local.snowflake.state.session import Session
from include.local.snowflake.state.stages import StageFile
from include.local.snowflake.statements import running
from include.local.snowflake.statements.assignment import TargetColumn
from include.local.snowflake.statements.copy import csv_rows, history
from include.local.snowflake.statements.copy import plan as plans
from include.local.snowflake.statements.copy.csv_records import Position, Record, records
from include.local.snowflake.statements.copy.outcome import RowError, abort, column_name
from include.local.snowflake.statements.copy.plan import CopyPlan
from include.local.snowflake.wire import column_of

_NUMBERS = ("LINE", "CHARACTER", "BYTE_OFFSET", "CODE", "ROW_NUMBER", "ROW_START_LINE")
_COLUMNS = ["ERROR", "FILE", "LINE", "CHARACTER", "BYTE_OFFSET", "CATEGORY", "CODE", "SQL_STATE", "COLUMN_NAME", "ROW_NUMBER"]
_COLUMNS += ["ROW_START_LINE", "REJECTED_RECORD"]
_PARSING = frozenset({100080, csv_rows.NULL_IN_REQUIRED})  # error numbers that are of parsing; the others are of conversion


@dataclass(frozen=True)
class _Flaw:
    """A record that cannot be loaded: what is wrong, where, and the record with its number from 1."""

    error: RowError
    column: str | None
    place: Position
    number: int
    record: Record


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
    if plan.form.type != "CSV" or plan.form.parse_header:
        raise not_supported("VALIDATION_MODE of files that are not CSV, or with PARSE_HEADER")
    count = plan.validation.removeprefix("RETURN_").removesuffix("_ROWS")
    if count.isdigit():
        return _first_rows(session, plan, columns, int(count))
    shown = [Column(name, "fixed", precision=38, scale=0) if name in _NUMBERS else Column(name, length=TEXT_LENGTH) for name in _COLUMNS]
    if session.describe_only:
        return Result(shown, rows=[])
    found, missing = plans.find(session, plan)
    rows: list[tuple[object, ...]] = [(plans.not_found(name).message, name, *[None] * 10) for name in missing]
    for file in found:
        # RETURN_ERRORS leaves out what was loaded in part already, the other modes do not ask.
        loaded = plan.validation == "RETURN_ERRORS" and not plan.force and history.loaded_before(session, plan, file, file.md5())
        if not loaded:
            rows += [_row(file, flaw) for flaw in _flaws(session, plan, columns, file)]
    return Result(shown, rows=rows)


def _row(file: StageFile, flaw: _Flaw) -> tuple[object, ...]:
    error, place = flaw.error, flaw.place
    category = "parsing" if error.code in _PARSING else "conversion"
    where = (place.line, place.character, place.offset, category, error.code, error.sqlstate, flaw.column)
    return (error.message, file.relative, *where, flaw.number, flaw.record.start.line, flaw.record.text)


def _first_rows(session: Session, plan: CopyPlan, columns: list[TargetColumn], wanted: int) -> Result:
    known = {fact.name: fact for fact in declarations.columns(session, plan.target)}
    shown = refine([column_of(column.name, column.duck_type) for column in columns], [known[column.name] for column in columns])
    result = Result(shown, rows=[])
    files = [] if session.describe_only else plans.files(session, plan)
    for file in files:
        if (left := wanted - len(result.rows or [])) <= 0:
            break
        first = next(iter(_flaws(session, plan, columns, file)), None)
        if first is not None and first.number <= left:
            error = first.error
            placed = RowError(error.message, first.place.line, error.column, error.code, error.sqlstate, first.place.character)
            raise abort(plan, file, placed)
        with csv_rows.scratch(session, plan, _source(plan, columns, file), len(columns)):
            values = zip(csv_rows.typed(plan, columns), columns, strict=True)
            listed = ", ".join(f"{value} as {quote(column.name)}" for value, column in values)
            rows = running.fetch(session, f"select {listed} from _copy where _row <= {left} order by _row").tuples()
        result.rows = [*(result.rows or []), *rows]
    return result


def _source(plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> str:
    return staged_files.csv_source([file.path], plan.form, len(columns), lenient=True)


def _flaws(session: Session, plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> list[_Flaw]:
    """Find the records that cannot be loaded, the first flaw of each, in the order of the file."""
    required = frozenset(fact.name for fact in declarations.columns(session, plan.target) if not fact.nullable)
    with csv_rows.scratch(session, plan, _source(plan, columns, file), len(columns)):
        read = running.count(session, "select count(*) from _copy")
        wrong = csv_rows.bad_rows(session, plan, columns, required)
    if not wrong and _is_whole(session, plan, columns, file):
        return []
    found: list[_Flaw] = []
    loadable = 0
    for number, record in enumerate(records(file.path, plan.form), 1):
        if plan.form.count_must_match and len(record.fields) != len(columns):
            error = csv_rows.wrong_count(len(record.fields), len(columns), record.start.line)
            found.append(_Flaw(error, _beyond(plan, columns, len(record.fields)), record.end, number, record))
            continue
        loadable += 1
        if (error_here := wrong.get(loadable)) is not None:
            found.append(_value_flaw(plan, error_here, number, record))
    if loadable != read:
        raise not_supported("VALIDATION_MODE of a file with broken quotes")
    return found


def _is_whole(session: Session, plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> bool:
    """Tell whether all records have the columns' number of fields."""
    try:
        strict = staged_files.csv_source([file.path], plan.form, len(columns))
        session.duck.cursor().execute(f"select count(*) from (select * from {strict}) where c1 is not null").fetchall()
    except duckdb.InvalidInputException:
        return False
    return True


def _value_flaw(plan: CopyPlan, error: RowError, number: int, record: Record) -> _Flaw:
    fields = error.column[1] if error.column is not None else 1
    place = record.field(fields) if fields <= len(record.fields) else record.start
    if error.code == csv_rows.NULL_IN_REQUIRED:  # found when the field has been read: the place is behind its delimiter
        place = Position(place.line, place.character + 1, place.offset + 1)
    return _Flaw(error, column_name(plan, error), place, number, record)


def _beyond(plan: CopyPlan, columns: list[TargetColumn], fields: int) -> str:
    """The column of a record with another number of fields: "T"["A":1], or "T"[5] where the table has fewer."""
    named = f'"{columns[fields - 1].name}":{fields}' if fields <= len(columns) else str(fields)
    return f'"{plan.target[2]}"[{named}]'
