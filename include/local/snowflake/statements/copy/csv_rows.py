"""Rows of CSV files: read as text, cast, and the first bad field found by line and column."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence

import duckdb

from include.local.snowflake.names import literal
from include.local.snowflake.sources import staged_files
from include.local.snowflake.sql.date_formats import strptime_format
from include.local.snowflake.state import duck_errors
from include.local.snowflake.state.session import Session
from include.local.snowflake.state.stages import StageFile
from include.local.snowflake.statements import running
from include.local.snowflake.statements.assignment import TargetColumn
from include.local.snowflake.statements.copy import conversion, csv_records
from include.local.snowflake.statements.copy.outcome import Loaded, RowError, column_name
from include.local.snowflake.statements.copy.plan import CopyPlan

_COLUMN_COUNT = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_LINE = re.compile(r"CSV Error on Line: (\d+)")


def insert(session: Session, plan: CopyPlan, columns: list[TargetColumn], file: StageFile, outcome: Loaded, target: str) -> None:
    """Read a file as text into a scratch table, then cast it into the target.

    Args:
        session: The session, inside a transaction.
        plan: What the statement says.
        columns: The columns to fill.
        file: The file.
        outcome: Gets its counts.
        target: The target with its columns, in DuckDB's SQL.

    Raises:
        RowError: A row is bad and ON_ERROR does not forgive it.
    """
    source = staged_files.csv_source([file.path], plan.form, len(columns))
    if plan.on_error != "ABORT_STATEMENT":
        # A bad structure is found beside the transaction, which it would end, other files' rows with it.
        try:
            session.duck.cursor().execute(f"select count(*) from (select * from {source}) where c1 is not null").fetchall()
        except duckdb.InvalidInputException as error:
            broken = _structure_error(plan, error, len(columns))
            if plan.on_error != "CONTINUE" or plan.form.compression not in ("AUTO", "GZIP", "NONE"):
                raise broken from None
            source = staged_files.csv_source([file.path], plan.form, len(columns), lenient=True)
            with scratch(session, plan, source, len(columns)):
                _convert(session, plan, columns, outcome, target)
            _count_broken(outcome, broken, sum(1 for _ in csv_records.records(file.path, plan.form)))
            return
    with scratch(session, plan, source, len(columns)):
        _convert(session, plan, columns, outcome, target)


def _count_broken(outcome: Loaded, broken: RowError, records: int) -> None:
    """Count the broken lines that were left out beside the rows that did not convert."""
    outcome.errors += records - outcome.parsed
    outcome.parsed = records
    outcome.status = "PARTIALLY_LOADED" if outcome.loaded else "LOAD_FAILED"
    if outcome.line is None or broken.line <= outcome.line:
        outcome.first_error, outcome.line, outcome.column = broken.message, broken.line, None


@contextlib.contextmanager
def scratch(session: Session, plan: CopyPlan, source: str, width: int) -> Iterator[None]:
    """Hold a file's rows as texts in the temporary table _copy: c1, c2 and so on, and _row from 1.

    Args:
        session: The session.
        plan: What the statement says.
        source: The file, as `staged_files.csv_source` gives it.
        width: Number of columns.

    Yields:
        Nothing.

    Raises:
        RowError: A line is broken.
    """
    try:
        session.duck.execute(f"create or replace temp table _copy as select *, row_number() over () as _row from {source}")
    except duckdb.InvalidInputException as error:
        raise _structure_error(plan, error, width) from None
    try:
        yield
    finally:
        with contextlib.suppress(duckdb.Error):  # after an error the transaction takes nothing more, and undoes the table
            session.duck.execute("drop table if exists temp.main._copy")


def _convert(session: Session, plan: CopyPlan, columns: list[TargetColumn], outcome: Loaded, target: str) -> None:
    outcome.parsed = running.count(session, "select count(*) from _copy")
    values = _values(plan, columns)
    bad = " or ".join(
        f"({value} is not null and {_cast(value, column, plan, safe=True)} is null)"
        for value, column in zip(values, columns, strict=True)
        if _may_fail(column, plan)
    )
    if bad and (wrong := running.count(session, f"select count(*) from _copy where {bad}")):
        first = next(iter(bad_rows(session, plan, columns, limit="limit 1").values()))
        if plan.on_error != "CONTINUE":
            raise first
        outcome.status, outcome.errors, outcome.first_error = "PARTIALLY_LOADED", wrong, first.message
        outcome.line, outcome.column = first.line, column_name(plan, first)
    where = f" where not ({bad})" if bad else ""
    casts = ", ".join(typed(plan, columns))
    outcome.loaded = running.count(session, f"insert into {target} select {casts} from _copy{where} order by _row")


def _values(plan: CopyPlan, columns: list[TargetColumn]) -> list[str]:
    return [staged_files.csv_value(f"c{number}", plan.form) for number in range(1, len(columns) + 1)]


def typed(plan: CopyPlan, columns: list[TargetColumn]) -> list[str]:
    """Convert the rows in _copy.

    Args:
        plan: What the statement says.
        columns: The columns to fill.

    Returns:
        One expression in DuckDB's SQL for each column.
    """
    return [_cast(value, column, plan) for value, column in zip(_values(plan, columns), columns, strict=True)]


_TRUE = "('true', 't', 'yes', 'y', 'on', '1')"
_FALSE = "('false', 'f', 'no', 'n', 'off', '0')"


def _may_fail(column: TargetColumn, plan: CopyPlan) -> bool:
    return column.duck_type != "VARCHAR" or (column.length is not None and not plan.truncate)


def _ask_for_width(session: Session, columns: list[TargetColumn], values: list[str]) -> None:
    """Fail as DuckDB does where a number is good but for its more than 64 bits: the session runs the statement again."""
    for value, column in zip(values, columns, strict=True):
        if column.duck_type == "BIGINT":
            wide = f"try_cast({value} as HUGEINT) is not null and try_cast({value} as BIGINT) is null"
            session.duck.execute(f"select cast({value} as BIGINT) from _copy where {wide} limit 1").fetchall()


def _cast(value: str, column: TargetColumn, plan: CopyPlan, *, safe: bool = False) -> str:
    kind, form = column.duck_type, plan.form
    word = "try_cast" if safe else "cast"
    if kind == "VARCHAR":
        fits = f"case when length({value}) <= {column.length} then {value} end"
        return fits if safe and column.length is not None else conversion.sized(value, column, truncate=plan.truncate)
    if kind == "BOOLEAN":
        otherwise = "null" if safe else f"cast({value} as BOOLEAN)"
        return f"case when lower({value}) in {_TRUE} then true when lower({value}) in {_FALSE} then false else {otherwise} end"
    if kind == "BLOB":
        fits = "" if column.length is None or plan.truncate else f" and length({value}) <= {2 * column.length}"
        if safe:
            return f"case when regexp_full_match({value}, '([0-9A-Fa-f]{{2}})*'){fits} then unhex({value}) end"
        return conversion.sized(f"unhex({value})", column, truncate=plan.truncate)
    wanted = {"DATE": form.date_format, "TIMESTAMP": form.timestamp_format}.get(kind, "AUTO")
    if wanted != "AUTO":
        function = "try_strptime" if safe else "strptime"
        return f"cast({function}({value}, {literal(strptime_format(wanted))}) as {kind})"
    return f"{word}({value} as {kind})"


def bad_rows(
    session: Session, plan: CopyPlan, columns: list[TargetColumn], required: frozenset[str] = frozenset(), *, limit: str = ""
) -> dict[int, RowError]:
    """Find rows of _copy with a field that does not convert.

    Args:
        session: The session.
        plan: What the statement says.
        columns: The columns to fill.
        required: Names of those that take no NULL, where a NULL is looked for, too.
        limit: A LIMIT for the rows.

    Returns:
        The first bad field of each bad row, by the row's number in the order of the file.
    """
    values = _values(plan, columns)
    numbered = list(enumerate(zip(values, columns, strict=True), 1))
    checks = [f"case when {value} is null then {number} end" for number, (value, column) in numbered if column.name in required]
    checks += [
        f"case when {value} is not null and {_cast(value, column, plan, safe=True)} is null then {number} end"
        for number, (value, column) in numbered
        if _may_fail(column, plan)
    ]
    if not checks:
        return {}
    first = f"list_min([{', '.join(checks)}])"
    rows = session.duck.execute(f"select _row, {first} as _bad, * from _copy where {first} is not null order by _row {limit}").fetchall()
    if rows:
        _ask_for_width(session, columns, values)
    return {int(row[0]): _bad_field(plan, columns, int(row[0]), int(row[1]), row[2 : 2 + len(columns)]) for row in rows}


def _bad_field(plan: CopyPlan, columns: list[TargetColumn], row: int, number: int, texts: Sequence[object]) -> RowError:
    column = columns[number - 1]
    fields = [str(text) if text is not None else "" for text in texts]
    character = sum(len(text) + len(plan.form.delimiter) for text in fields[: number - 1]) + 1
    message, code, sqlstate = _bad_value(fields[number - 1], column) if texts[number - 1] is not None else _NULL_VALUE
    return RowError(message, row + plan.form.skip_header, (column.name, number), code, sqlstate, character)


NULL_IN_REQUIRED = 100088  # error number of an empty field of a column that takes no NULL
_NULL_VALUE = (
    "NULL result in a non-nullable column. Use quotes if an empty field should be interpreted as an empty string instead of a null",
    NULL_IN_REQUIRED,
    "22000",
)


def _bad_value(text: str, column: TargetColumn) -> tuple[str, int, str]:
    kind = column.duck_type
    if kind == "VARCHAR" or (kind == "BLOB" and column.length is not None and len(text) > 2 * column.length):
        error = conversion.too_long(column, text)
        return error.message, error.code, error.sqlstate
    if kind == "BOOLEAN":
        return f"Boolean value '{text}' is not recognized", 100037, "22018"
    if kind == "DATE":
        return f"Date '{text}' is not recognized", 100040, "22007"
    if kind == "TIME":
        return f"Time '{text}' is not recognized", 100108, "22007"
    if kind.startswith("TIMESTAMP"):
        return f"Timestamp '{text}' is not recognized", 100035, "22007"
    if kind == "JSON":
        return f"Error parsing JSON: {text}", 100069, "22P02"
    if kind == "BLOB":
        return f"The following string is not a legal hex-encoded value: '{text}'", 100115, "22000"
    if duck_errors.is_finite(text):
        return f"Numeric value '{text}' is out of range", 100039, "22003"
    return f"Numeric value '{text}' is not recognized", 100038, "22018"


def _structure_error(plan: CopyPlan, error: duckdb.Error, expected: int) -> RowError:
    text = str(error)
    line = int(match.group(1)) if (match := _LINE.search(text)) else 1
    if match := _COLUMN_COUNT.search(text):
        return wrong_count(int(match.group(2)), expected, line)
    if "uote" in text:
        return RowError("Found character that should be enclosed, or a quote that is not closed", line, None, 100065, "22000")
    return RowError(text.split("\n")[0], line, None, 100016, "22000")


def wrong_count(found: int, expected: int, line: int) -> RowError:
    """Make the error of a record with another number of fields than the table has columns.

    Args:
        found: Fields.
        expected: Columns.
        line: Line of the record, from 1.

    Returns:
        Error 100080 (22000).
    """
    message = (
        f"Number of columns in file ({found}) does not match that of the corresponding table ({expected}), "
        "use file format option error_on_column_count_mismatch=false to ignore this error"
    )
    return RowError(message, line, None, 100080, "22000")
