"""COPY INTO a table: which files, how they are read, what was loaded before, and what a bad row says."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from typing import Any

import duckdb
from sqlglot import exp

from include.local.snowflake.errors import SnowflakeError, compilation_error, not_supported
from include.local.snowflake.names import display, literal, quote
from include.local.snowflake.results import Column, Result, text_result
from include.local.snowflake.sources import file_formats, staged_files, staged_query
from include.local.snowflake.sources.file_formats import FileFormat
from include.local.snowflake.sql import identifiers, placement
from include.local.snowflake.sql.translate import translate
from include.local.snowflake.state import duck_errors
from include.local.snowflake.state.session import Session
from include.local.snowflake.state.stages import StageFile, StageReference
from include.local.snowflake.statements import copy_out, running

_COPY = 0x3600
_COLUMN_COUNT = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_LINE = re.compile(r"CSV Error on Line: (\d+)")
_REMEDY = (
    "If you would like to continue loading when an error is encountered, use other values such as 'SKIP_FILE' or 'CONTINUE' for the "
    "ON_ERROR option. For more information on loading options, please run 'info loading_data' in a SQL client."
)
_NO_FILES = "Copy executed with 0 files processed."


@dataclass
class CopyPlan:
    """What a COPY INTO says.

    Attributes:
        target: Database, schema and table.
        columns: Columns to fill, as stored; empty for all.
        source: The place in the stage.
        select: Transforming query over the staged files, or None.
        form: Format of the files.
        on_error: ABORT_STATEMENT, CONTINUE or SKIP_FILE.
        force: Whether files loaded before are loaded again.
        purge: Whether loaded files are removed.
        files: Names after FILES =.
        pattern: Pattern that paths must match, or None.
        match_by_name: "", CASE_SENSITIVE or CASE_INSENSITIVE.
    """

    target: tuple[str, str, str]
    columns: list[str]
    source: StageReference
    select: exp.Select | None
    form: FileFormat = field(default_factory=FileFormat)
    on_error: str = "ABORT_STATEMENT"
    force: bool = False
    purge: bool = False
    files: list[str] = field(default_factory=list)
    pattern: str | None = None
    match_by_name: str = ""


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
    """

    file: StageFile
    status: str = "LOADED"
    parsed: int = 0
    loaded: int = 0
    errors: int = 0
    first_error: str | None = None
    line: int | None = None
    column: str | None = None


class RowError(Exception):
    """A row that cannot be loaded.

    Args:
        message: Snowflake's first line about it.
        line: Line in the file, from 1.
        column: Name and number of the column, or None.
        code: Snowflake's error number.
        sqlstate: SQLSTATE.
        character: Place in the line, from 1.
    """

    def __init__(self, message: str, line: int, column: tuple[str, int] | None, code: int, sqlstate: str, character: int = 1) -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.code, self.sqlstate, self.character = message, line, column, code, sqlstate, character


def handle(session: Session, tree: exp.Expr) -> Result | None:
    """Run COPY INTO.

    Args:
        session: The session.
        tree: Statement, its placeholders filled in.

    Returns:
        Its result, or None when it is another kind of statement.

    Raises:
        SnowflakeError: Table or stage do not exist, a row is bad and ON_ERROR does not forgive it, or an option is not
            supported.
    """
    if not isinstance(tree, exp.Copy):
        return None
    if staged_query.is_stage(tree.this):
        return copy_out.run(session, tree)
    plan = _plan(session, tree)
    if session.describe_only:
        return _report([])
    columns = _target_columns(session, plan)
    files = _files(session, plan)
    if not files:
        return text_result(["status"], [(_NO_FILES,)], _COPY)
    if not session.autocommit:
        session.begin()

    def run() -> list[Loaded]:
        return [_load(session, plan, columns, file) for file in files]

    outcome = running.retried(session, lambda: running.atomic(session, run))
    if plan.purge:
        for one in outcome:
            if one.status == "LOADED":
                one.file.path.unlink(missing_ok=True)
    return _report(outcome)


def _plan(session: Session, tree: exp.Copy) -> CopyPlan:
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    named = tree.this.expressions if isinstance(tree.this, exp.Schema) else []
    columns = [item.name if item.args.get("quoted") else item.name.upper() for item in named]
    files = tree.args.get("files") or []
    origin = files[0] if files else None
    select = origin.this if isinstance(origin, exp.Subquery) else None
    clause = select.args.get("from_") if select is not None else None
    place = clause.this if clause is not None else origin
    if not isinstance(place, exp.Table) or not isinstance(place.this, (exp.Var, exp.Literal)):
        raise not_supported("COPY INTO from anything but a stage")
    name = place.this.name
    if not name.lstrip("'").startswith("@"):
        raise not_supported(f"COPY INTO from {name}")
    plan = CopyPlan(placement.full_name(identifiers.stored_table(target), session), columns, session.stage_reference(name), select)
    for parameter in tree.args.get("params") or []:
        _set_option(session, plan, parameter)
    return plan


def _set_option(session: Session, plan: CopyPlan, parameter: exp.Expr) -> None:
    option = parameter.this.name.upper()
    value = parameter.expression
    word = str(value.name if isinstance(value, (exp.Var, exp.Literal, exp.Column, exp.Identifier)) else "").upper()
    flag = (isinstance(value, exp.Boolean) and bool(value.this)) or word == "TRUE"
    if option == "FILE_FORMAT":
        plan.form = file_formats.of_parameter(session, parameter.expressions)
    elif option == "FORCE":
        plan.force = flag
    elif option == "PURGE":
        plan.purge = flag
    elif option == "ON_ERROR":
        if word not in ("ABORT_STATEMENT", "CONTINUE", "SKIP_FILE"):
            raise not_supported(f"ON_ERROR = {word}")
        plan.on_error = word
    elif option == "FILES":
        plan.files = [item.name for item in parameter.find_all(exp.Literal)]
    elif option == "PATTERN":
        plan.pattern = value.name
    elif option == "MATCH_BY_COLUMN_NAME":
        plan.match_by_name = "" if word == "NONE" else word
    elif option == "VALIDATION_MODE":
        raise not_supported("VALIDATION_MODE")
    elif option not in ("SIZE_LIMIT", "RETURN_FAILED_ONLY", "ENFORCE_LENGTH", "TRUNCATECOLUMNS", "LOAD_UNCERTAIN_FILES"):
        raise not_supported(f"COPY INTO option {option}")


def _files(session: Session, plan: CopyPlan) -> list[StageFile]:
    found = session.engine.stages.files(plan.source, session.user)
    if plan.files:
        by_path = {file.relative: file for file in found}
        missing = [name for name in plan.files if plan.source.path + name not in by_path]
        if missing:
            raise SnowflakeError(f"Remote file '{missing[0]}' was not found.", 91016, "22000")
        return [by_path[plan.source.path + name] for name in plan.files]
    if plan.pattern is not None:
        wanted = re.compile(plan.pattern)
        found = [file for file in found if wanted.fullmatch(file.relative)]
    return found


def _target_columns(session: Session, plan: CopyPlan) -> list[tuple[str, str]]:
    """Name and DuckDB type of the columns to fill."""
    place = ("temp", "main", ".".join(plan.target)) if plan.target in session.temporary else plan.target
    sql = (
        "select column_name, data_type from duckdb_columns() where database_name=? and schema_name=? and table_name=? order by column_index"
    )
    known = [(str(name), str(kind)) for name, kind in session.duck.execute(sql, list(place)).fetchall()]
    if not known:
        raise compilation_error(f"Table '{display(plan.target[2])}' does not exist", 2003, "42S02")
    if not plan.columns:
        return known
    kinds = dict(known)
    for name in plan.columns:
        if name not in kinds:
            raise SnowflakeError(f"SQL compilation error:\ninvalid identifier '{name}'", 904, "42000")
    return [(name, kinds[name]) for name in plan.columns]


def _place(session: Session, plan: CopyPlan) -> str:
    parts = ("temp", "main", ".".join(plan.target)) if plan.target in session.temporary else plan.target
    return ".".join(quote(part) for part in parts)


def _load(session: Session, plan: CopyPlan, columns: list[tuple[str, str]], file: StageFile) -> Loaded:
    digest = file.md5()
    if not plan.force and _loaded_before(session, plan, file, digest):
        return Loaded(file, "LOAD_SKIPPED", errors=1, first_error="File was loaded before.")
    outcome = Loaded(file)
    try:
        _insert(session, plan, columns, file, outcome)
    except RowError as error:
        if plan.on_error == "ABORT_STATEMENT":
            raise _abort(plan, file, error) from None
        if plan.select is not None:
            raise not_supported(f"ON_ERROR = {plan.on_error} for a bad row of a transformation: {error.message}") from None
        outcome.status, outcome.errors, outcome.first_error = "LOAD_FAILED", 1, error.message
        outcome.line, outcome.column = error.line, _column_name(plan, error)
        outcome.parsed, outcome.loaded = max(outcome.parsed, 1), 0
        return outcome
    _remember(session, plan, outcome, digest)
    return outcome


def _insert(session: Session, plan: CopyPlan, columns: list[tuple[str, str]], file: StageFile, outcome: Loaded) -> None:
    target = f"{_place(session, plan)} ({staged_files.selected([name for name, _ in columns])})"
    if plan.select is not None:
        select = plan.select.copy()
        staged_query.over_files(session, select, select.args["from_"].this, [file.path], plan.form)
        source = running.duck_sql(translate(select, session))
        casts = ", ".join(f"cast(#{number} as {kind})" for number, (_, kind) in enumerate(columns, 1))
        try:
            count = _execute(session, f"insert into {target} select {casts} from ({source})")
        except duckdb.Error as error:
            translated = duck_errors.translate(error)
            if isinstance(error, (duckdb.ConversionException, duckdb.InvalidInputException)):
                raise RowError(translated.message, 1, None, translated.code, translated.sqlstate) from None
            raise
        outcome.parsed = outcome.loaded = count
    elif plan.form.type == "CSV" and not plan.form.parse_header:
        _insert_csv(session, plan, columns, file, outcome, target)
    else:
        count = _execute(session, f"insert into {target} {_by_name(session, plan, columns, file)}")
        outcome.parsed = outcome.loaded = count


def _execute(session: Session, sql: str) -> int:
    row = session.duck.execute(sql).fetchone()
    return int(row[0]) if row else 0


def _by_name(session: Session, plan: CopyPlan, columns: list[tuple[str, str]], file: StageFile) -> str:
    """A query giving the target's columns from a file of named columns, or its one VARIANT column."""
    if plan.form.type == "JSON":
        source = staged_files.json_source([file.path], plan.form)
        if not plan.match_by_name:
            _require_one_variant(plan, columns)
            return f"select json from {source}"
        picks = ", ".join(f"cast(json->>{literal('$.' + quote(name))} as {kind})" for name, kind in columns)
        return f"select {picks} from {source}"
    if plan.form.type == "CSV":
        raise not_supported("COPY INTO with PARSE_HEADER")
    source = staged_files.parquet_source([file.path])
    present = staged_files.column_names(session.duck, source)
    if not plan.match_by_name:
        _require_one_variant(plan, columns)
        return f"select to_json(rows) from {source} as rows"
    exact = plan.match_by_name == "CASE_SENSITIVE"
    by_key = {name if exact else name.upper(): name for name in present}
    found = [by_key.get(name if exact else name.upper()) for name, _ in columns]
    listed = [f"cast({quote(pick)} as {kind})" if pick is not None else "null" for pick, (_, kind) in zip(found, columns, strict=True)]
    return f"select {', '.join(listed)} from {source}"


def _require_one_variant(plan: CopyPlan, columns: list[tuple[str, str]]) -> None:
    if [kind for _, kind in columns] != ["JSON"]:
        raise SnowflakeError(
            f"SQL compilation error:\n{plan.form.type} file format can produce one and only one column of type variant, object, or array. "
            "Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.",
            2019,
            "0A000",
        )


# ----------------------------------------------------------------------------------------------------------------- CSV


def _insert_csv(session: Session, plan: CopyPlan, columns: list[tuple[str, str]], file: StageFile, outcome: Loaded, target: str) -> None:
    """Read the file as text into a scratch table, then cast; what does not cast is found by line and column."""
    source = staged_files.csv_source([file.path], plan.form, len(columns))
    try:
        if plan.on_error != "ABORT_STATEMENT":
            # A bad structure is found beside the transaction, which it would end, other files' rows with it.
            session.duck.cursor().execute(f"select count(*) from (select * from {source}) where c1 is not null").fetchall()
        session.duck.execute(f"create or replace temp table _copy as select *, row_number() over () as _row from {source}")
    except duckdb.InvalidInputException as error:
        raise _structure_error(plan, error, len(columns)) from None
    values = [staged_files.csv_value(f"c{number}", plan.form) for number in range(1, len(columns) + 1)]
    casts = [_cast(value, kind, plan.form) for value, (_, kind) in zip(values, columns, strict=True)]
    outcome.parsed = _execute(session, "select count(*) from _copy")
    bad = " or ".join(
        f"({value} is not null and {_cast(value, kind, plan.form, safe=True)} is null)"
        for value, (_, kind) in zip(values, columns, strict=True)
        if kind != "VARCHAR"
    )
    try:
        if bad and (wrong := _execute(session, f"select count(*) from _copy where {bad}")):
            first = _first_bad(session, plan, columns, values)
            if plan.on_error != "CONTINUE":
                raise first
            outcome.status, outcome.errors, outcome.first_error = "PARTIALLY_LOADED", wrong, first.message
            outcome.line, outcome.column = first.line, _column_name(plan, first)
        where = f" where not ({bad})" if bad else ""
        outcome.loaded = _execute(session, f"insert into {target} select {', '.join(casts)} from _copy{where} order by _row")
    finally:
        session.duck.execute("drop table if exists temp.main._copy")


_TRUE = "('true', 't', 'yes', 'y', 'on', '1')"
_FALSE = "('false', 'f', 'no', 'n', 'off', '0')"


def _cast(value: str, kind: str, form: FileFormat, *, safe: bool = False) -> str:
    word = "try_cast" if safe else "cast"
    if kind == "BOOLEAN":
        otherwise = "null" if safe else f"cast({value} as BOOLEAN)"
        return f"case when lower({value}) in {_TRUE} then true when lower({value}) in {_FALSE} then false else {otherwise} end"
    if kind == "BLOB":
        return f"case when regexp_full_match({value}, '([0-9A-Fa-f]{{2}})*') then unhex({value}) end" if safe else f"unhex({value})"
    if kind == "BIGINT":
        # '1.5' rounds, '1e3' counts: Snowflake's number of no scale.
        return f"{word}({word}({value} as DECIMAL(38,10)) as BIGINT)"
    wanted = {"DATE": form.date_format, "TIMESTAMP": form.timestamp_format}.get(kind, "AUTO")
    if wanted != "AUTO":
        from include.local.snowflake.sql.date_formats import strptime_format

        function = "try_strptime" if safe else "strptime"
        return f"cast({function}({value}, {literal(strptime_format(wanted))}) as {kind})"
    return f"{word}({value} as {kind})"


def _first_bad(session: Session, plan: CopyPlan, columns: list[tuple[str, str]], values: list[str]) -> RowError:
    """Find the first field that does not cast, in the order of the file."""
    checks = [
        f"case when {value} is not null and {_cast(value, kind, plan.form, safe=True)} is null then {number} end"
        for number, (value, (_, kind)) in enumerate(zip(values, columns, strict=True), 1)
        if kind != "VARCHAR"
    ]
    first = f"list_min([{', '.join(checks)}])"
    row = session.duck.execute(f"select _row, {first} as _bad, * from _copy where {first} is not null order by _row limit 1").fetchone()
    if row is None:
        raise AssertionError("a row was counted as bad and is not there")
    number = int(row[1])
    name, kind = columns[number - 1]
    fields = [str(text) if text is not None else "" for text in row[2 : 2 + len(columns)]]
    character = sum(len(text) + len(plan.form.delimiter) for text in fields[: number - 1]) + 1
    message, code, sqlstate = _bad_value(fields[number - 1], kind)
    return RowError(message, int(row[0]) + plan.form.skip_header, (name, number), code, sqlstate, character)


def _bad_value(text: str, kind: str) -> tuple[str, int, str]:
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
    return f"Numeric value '{text}' is not recognized", 100038, "22018"


def _structure_error(plan: CopyPlan, error: duckdb.Error, expected: int) -> RowError:
    text = str(error)
    line = int(match.group(1)) if (match := _LINE.search(text)) else 1
    if match := _COLUMN_COUNT.search(text):
        message = (
            f"Number of columns in file ({match.group(2)}) does not match that of the corresponding table ({expected}), "
            "use file format option error_on_column_count_mismatch=false to ignore this error"
        )
        return RowError(message, line, None, 100080, "22000")
    if "uote" in text:
        return RowError("Found character that should be enclosed, or a quote that is not closed", line, None, 100065, "22000")
    return RowError(text.split("\n")[0], line, None, 100016, "22000")


def _column_name(plan: CopyPlan, error: RowError) -> str | None:
    if error.column is None:
        return None
    return f'"{plan.target[2]}"["{error.column[0]}":{error.column[1]}]'


def _abort(plan: CopyPlan, file: StageFile, error: RowError) -> SnowflakeError:
    where = f"  File '{file.relative}', line {error.line}, character {error.character}\n"
    column = _column_name(plan, error)
    row = error.line - plan.form.skip_header
    where += f"  Row {row}, column {column}\n" if column else f'  Row {row} starts at line {error.line}, column "{plan.target[2]}"\n'
    return SnowflakeError(f"{error.message}\n{where}  {_REMEDY}", error.code, error.sqlstate)


# -------------------------------------------------------------------------------------------------------- load history


def _key(plan: CopyPlan, file: StageFile) -> str:
    return f"@{plan.source.database}.{plan.source.schema}.{plan.source.name}/{file.relative}"


def _loaded_before(session: Session, plan: CopyPlan, file: StageFile, digest: str) -> bool:
    if plan.target in session.temporary:
        return (plan.target, _key(plan, file), digest) in session.loaded
    files = f"{quote(plan.target[0])}._fs_information_schema.loaded_files"
    sql = f"select 1 from {files} where schema_name=? and table_name=? and file=? and md5=?"
    return session.duck.execute(sql, [plan.target[1], plan.target[2], _key(plan, file), digest]).fetchone() is not None


def _remember(session: Session, plan: CopyPlan, outcome: Loaded, digest: str) -> None:
    """Record a loaded file, in the same transaction as its rows."""
    database, schema, table = plan.target
    if plan.target in session.temporary:
        session.loaded.add((plan.target, _key(plan, outcome.file), digest))
        return
    session.duck.execute(
        f"insert into {quote(database)}._fs_information_schema.loaded_files values (?, ?, ?, ?)",
        [schema, table, _key(plan, outcome.file), digest],
    )
    record: list[Any] = [schema, _key(plan, outcome.file), table, datetime.datetime.now(datetime.UTC), outcome.status]
    record += [outcome.loaded, outcome.parsed, outcome.first_error, outcome.line, None, outcome.column, outcome.errors, 1]
    marks = ", ".join("?" for _ in record)
    session.duck.execute(f"insert into {quote(database)}._fs_information_schema._fs_load_history values ({marks})", record)


def _report(outcome: list[Loaded]) -> Result:
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
        (one.file.relative, one.status, one.parsed, one.loaded, 1, one.errors, one.first_error, one.line, None, one.column)
        for one in outcome
    ]
    return Result(columns, rows=rows, statement_type=_COPY, affected=sum(one.loaded for one in outcome))
