"""One staged file into the table."""

from __future__ import annotations

import duckdb

from include.local.snowflake.errors import SnowflakeError, not_supported
from include.local.snowflake.names import literal, quote
from include.local.snowflake.sources import staged_files, staged_query
from include.local.snowflake.sql.translate import translate
from include.local.snowflake.sql.written import duck_sql
from include.local.snowflake.state import duck_errors
from include.local.snowflake.state.session import Session
from include.local.snowflake.state.stages import StageFile
from include.local.snowflake.statements import running
from include.local.snowflake.statements.assignment import TargetColumn
from include.local.snowflake.statements.copy import conversion, csv_rows, history
from include.local.snowflake.statements.copy.outcome import Loaded, RowError, abort, column_name
from include.local.snowflake.statements.copy.plan import CopyPlan


def load(session: Session, plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> Loaded:
    """Load a file, unless it was loaded before.

    Args:
        session: The session, inside a transaction.
        plan: What the statement says.
        columns: The columns to fill.
        file: The file.

    Returns:
        How it fared.

    Raises:
        SnowflakeError: A row is bad and ON_ERROR = ABORT_STATEMENT.
    """
    digest = file.md5()
    if not plan.force and history.loaded_before(session, plan, file, digest):
        return Loaded(file, "LOAD_SKIPPED", errors=1, first_error="File was loaded before.")
    outcome = Loaded(file)
    try:
        _insert(session, plan, columns, file, outcome)
    except RowError as error:
        if plan.on_error == "ABORT_STATEMENT":
            raise abort(plan, file, error) from None
        if plan.select is not None or plan.form.type != "CSV":
            raise not_supported(
                f"ON_ERROR = {plan.on_error} for a bad row of a transformation, of JSON or of Parquet: {error.message}"
            ) from None
        outcome.status, outcome.errors, outcome.first_error = "LOAD_FAILED", 1, error.message
        outcome.line, outcome.column = error.line, column_name(plan, error)
        outcome.parsed, outcome.loaded = max(outcome.parsed, 1), 0
        return outcome
    history.remember(session, plan, outcome, digest)
    return outcome


def _insert(session: Session, plan: CopyPlan, columns: list[TargetColumn], file: StageFile, outcome: Loaded) -> None:
    target = f"{_place(session, plan)} ({staged_files.selected([column.name for column in columns])})"
    if plan.select is not None:
        select = plan.select.copy()
        staged_query.over_files(session, select, select.args["from_"].this, [file], plan.form)
        source = duck_sql(translate(select, session))
        rows = conversion.query(source, columns, truncate=plan.truncate)
        outcome.parsed = outcome.loaded = _write(session, f"insert into {target} {rows}")
    elif plan.form.type == "CSV" and not plan.form.parse_header:
        csv_rows.insert(session, plan, columns, file, outcome, target)
    else:
        outcome.parsed = outcome.loaded = _write(session, f"insert into {target} {_by_name(session, plan, columns, file)}")


def _write(session: Session, sql: str) -> int:
    try:
        return running.count(session, sql)
    except (duckdb.ConversionException, duckdb.InvalidInputException) as error:
        if duck_errors.needs_width(error):
            raise
        translated = duck_errors.translate(error)
        raise RowError(translated.message, 1, None, translated.code, translated.sqlstate) from None


def _place(session: Session, plan: CopyPlan) -> str:
    parts = session.place_of(plan.target)
    return ".".join(quote(part) for part in parts)


def _by_name(session: Session, plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> str:
    """A query giving the target's columns from a file of named columns, or its one VARIANT column."""
    if plan.form.type == "JSON":
        source = staged_files.json_source([file.path], plan.form)
        if not plan.match_by_name:
            _require_one_variant(plan, columns)
            return f"select json from {source}"
        fields = [_json_field(column, exact=plan.match_by_name == "CASE_SENSITIVE") for column in columns]
        return conversion.query(f"select {', '.join(fields)} from {source}", columns, truncate=plan.truncate)
    if plan.form.type == "CSV":
        raise not_supported("COPY INTO with PARSE_HEADER")
    source = staged_files.parquet_source(session.duck, [file.path])
    present = staged_files.column_names(session.duck, source)
    if not plan.match_by_name:
        _require_one_variant(plan, columns)
        return f"select to_json(rows) from {source} as rows"
    exact = plan.match_by_name == "CASE_SENSITIVE"
    by_key = {name if exact else name.upper(): name for name in present}
    found = [by_key.get(column.name if exact else column.name.upper()) for column in columns]
    listed = [quote(pick) if pick is not None else "null" for pick in found]
    return conversion.query(f"select {', '.join(listed)} from {source}", columns, truncate=plan.truncate)


def _json_field(column: TargetColumn, *, exact: bool) -> str:
    """The field of a JSON value with a column's name: a VARIANT as it is, anything else as a text."""
    arrow = "->" if column.duck_type == "JSON" else "->>"
    if exact:
        return f"json{arrow}{literal('$.' + quote(column.name))}"
    key = f"list_filter(json_keys(json), lambda key: upper(key) = {literal(column.name.upper())})[1]"
    return f"json{arrow}('/' || replace(replace({key}, '~', '~0'), '/', '~1'))"  # a JSON pointer


def _require_one_variant(plan: CopyPlan, columns: list[TargetColumn]) -> None:
    if [column.duck_type for column in columns] != ["JSON"]:
        raise SnowflakeError(
            f"SQL compilation error:\n{plan.form.type} file format can produce one and only one column of type variant, object, or array. "
            "Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.",
            2019,
            "0A000",
        )
