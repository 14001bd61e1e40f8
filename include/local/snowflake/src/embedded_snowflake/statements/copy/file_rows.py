"""A staged file's rows, and how each of their values becomes a column's: a SELECT for every kind of COPY INTO."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error
from embedded_snowflake.names import TEMPORARY, literal, quote, verbatim
from embedded_snowflake.sources import csv_files, staged_files, staged_query
from embedded_snowflake.sources.csv_records import Position, Record, records
from embedded_snowflake.state.stages import StageFile
from embedded_snowflake.state.statement import Statement
from embedded_snowflake.statements.assignment import TargetColumn
from embedded_snowflake.statements.copy import conversion
from embedded_snowflake.statements.copy.outcome import RowError, wrong_count
from embedded_snowflake.statements.copy.plan import CopyPlan

_CONVERSIONS = ("TO_", "TRY_TO_")


@dataclass(frozen=True)
class FileRows:
    """A file's rows.

    Attributes:
        select: Where they come from, with nothing selected, in Snowflake's tree.
        values: One converted value for each column to fill.
        raw: What each is converted from: (value, type that it is converted to first).
        number: DuckDB's SQL of a row's number.
        broken: Records that are no rows, by number.
        record: Finds a CSV file's record by its number; None for other files.
    """

    select: exp.Select
    values: list[exp.Expr]
    raw: list[tuple[exp.Expr, exp.DataType]]
    number: str
    broken: dict[int, RowError] = field(default_factory=dict)
    record: Callable[[int], Record] | None = None


def of_file(statement: Statement, plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> FileRows:
    """Find the rows that a COPY INTO makes of a file.

    Args:
        plan: What the statement says.
        columns: The columns to fill.
        file: The file.

    Returns:
        Its rows.

    Raises:
        SnowflakeError: The file cannot be read, or its format does not give the columns.
    """
    session = statement.session
    if plan.select is not None:
        return _of_query(statement, plan, columns, file)
    if plan.form.type == "CSV":
        return _of_csv(statement, plan, columns, file)
    if not plan.match_by_name:
        _require_one_variant(plan, columns)
    if plan.form.type == "JSON":
        source = staged_files.json_source([file.path], plan.form)
        fields = [_json_field(column, exact=plan.match_by_name == "CASE_SENSITIVE") for column in columns]
        return _of_fields(statement, plan, columns, source, fields if plan.match_by_name else ["json"])
    source = staged_files.parquet_source(session.duck, [file.path], plan.form)
    if not plan.match_by_name:
        return _of_fields(
            statement, plan, columns, source, [staged_files.as_variant(staged_files.column_names(session.duck, source))]
        )
    found = _matching(plan, columns, staged_files.column_names(session.duck, source))
    return _of_fields(statement, plan, columns, source, [quote(name) if name is not None else "null" for name in found])


def _of_query(statement: Statement, plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> FileRows:
    assert plan.select is not None
    select = plan.select.copy()
    staged_query.over_files(statement, select, select.args["from_"].this, [file], plan.form)
    given = _written_out(select.expressions)
    if len(given) == 1 and isinstance(given[0], exp.Star):
        given = [exp.column(exp.to_identifier(f"${number}", quoted=True)) for number in range(1, len(columns) + 1)]
    if len(given) != len(columns):
        raise compilation_error(
            f"Insert value list does not match column list expecting {len(columns)} but got {len(given)}", 2020, "21S01"
        )
    select.set("expressions", [])
    values = [
        conversion.cast(value.copy(), column, plan.form, text=False)
        for value, column in zip(given, columns, strict=True)
    ]
    raw = [_unconverted(value, column) for value, column in zip(given, columns, strict=True)]
    record = _finder(plan, file) if plan.form.type == "CSV" else None
    return FileRows(select, values, raw, "row_number() over ()", record=record)


def _written_out(projections: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Projections without aliases, each that names an earlier one by its alias holding that one itself."""
    known: dict[str, exp.Expr] = {}
    found = []
    for projection in projections:
        value = projection.unalias().copy()
        holder = exp.Paren(this=value)
        for column in list(holder.find_all(exp.Column)):
            name = column.name if column.this.args.get("quoted") else column.name.upper()
            if not column.table and name in known:
                column.replace(exp.Paren(this=known[name].copy()))
        value = holder.this
        if isinstance(projection, exp.Alias):
            alias = projection.args["alias"]
            known[alias.name if alias.args.get("quoted") else alias.name.upper()] = value
        found.append(value)
    return found


def _unconverted(value: exp.Expr, column: TargetColumn) -> tuple[exp.Expr, exp.DataType]:
    """Find what conversions around a value convert, and the type that the outermost of them gives."""
    kind, inner = column.type, value
    first = True
    while True:
        function = inner.name.upper() if isinstance(inner, exp.Anonymous) else ""
        if isinstance(inner, exp.Cast):
            kind, first = (inner.to, False) if first else (kind, first)
        elif not isinstance(inner, exp.Paren) and not (function.startswith(_CONVERSIONS) and inner.expressions):
            return inner.copy(), kind
        inner = inner.expressions[0] if function else inner.this


def _of_csv(statement: Statement, plan: CopyPlan, columns: list[TargetColumn], file: StageFile) -> FileRows:
    session = statement.session
    form = plan.form
    if form.parse_header != bool(plan.match_by_name):
        needed = "PARSE_HEADER = TRUE" if plan.match_by_name else "MATCH_BY_COLUMN_NAME"
        raise compilation_error(
            f"A COPY INTO of CSV files with a header that names columns needs {needed}, too.", 1008, "22023"
        )
    width = None if form.parse_header else len(columns)
    rows = csv_files.read(session.duck.cursor(), file.path, form, width, strict=form.count_must_match)
    names: list[str | None] = [f"C{number}" for number in range(1, len(columns) + 1)]
    if rows.header is not None:
        if form.count_must_match and len(rows.header) != len(columns):
            raise compilation_error(wrong_count(len(rows.header), len(columns), 1, 1).message, 100080, "22000")
        numbered = {name: f"C{number}" for number, name in reversed(list(enumerate(rows.header, 1)))}
        names = [numbered.get(name or "") for name in _matching(plan, columns, list(rows.header))]
    table = csv_files.materialize(statement, rows).rpartition(".")[2].strip('"')
    broken = {number: _broken(record, len(rows.header or columns), number) for number, record in rows.broken.items()}
    return _of_table(plan, columns, table, names, csv_files.ROW, broken, _finder(plan, file))


def _finder(plan: CopyPlan, file: StageFile) -> Callable[[int], Record]:
    behind = 1 if plan.form.parse_header else 0
    read: list[Record] = []

    def find(number: int) -> Record:
        if not read:
            read.extend(records(file.path, plan.form))
        return read[number - 1 + behind]

    return find


def _broken(record: Record, width: int, number: int) -> RowError:
    flaw = record.flaw
    if flaw is None:
        return wrong_count(len(record.values), width, record.start.line, number)
    return RowError(
        flaw.message, record.start.line, None, flaw.code, "22000", record.start.character + flaw.place, number
    )


def _of_fields(
    statement: Statement, plan: CopyPlan, columns: list[TargetColumn], source: str, fields: list[str]
) -> FileRows:
    """Rows of a source of DuckDB's, held in a temporary table of the running statement."""
    session = statement.session
    table = statement.scratch_name("table", "FIELDS")
    listed = ", ".join(f"{value} as C{number}" for number, value in enumerate(fields, 1))
    session.duck.execute(
        f"create temp table {quote(table)} as select {listed}, row_number() over () as {csv_files.ROW} from {source}"
    )
    return _of_table(
        plan, columns, table, [f"C{number}" for number in range(1, len(fields) + 1)], csv_files.ROW, {}, None
    )


def _of_table(
    plan: CopyPlan,
    columns: list[TargetColumn],
    table: str,
    names: Sequence[str | None],
    number: str,
    broken: dict[int, RowError],
    record: Callable[[int], Record] | None,
) -> FileRows:
    place = [exp.to_identifier(part, quoted=True) for part in (table, *reversed(TEMPORARY))]
    select = exp.Select().from_(exp.Table(this=place[0], db=place[1], catalog=place[2]))
    raw = [exp.column(exp.to_identifier(name, quoted=True)) if name is not None else exp.Null() for name in names]
    text = plan.form.type == "CSV"
    values = [
        conversion.cast(value.copy(), column, plan.form, text=text) for value, column in zip(raw, columns, strict=True)
    ]
    kinds = [column.type for column in columns]
    return FileRows(select, values, list(zip(raw, kinds, strict=True)), quote(number), broken, record)


def _matching(plan: CopyPlan, columns: list[TargetColumn], present: list[str]) -> list[str | None]:
    """Find the name in the file of each column, None where it has none."""
    exact = plan.match_by_name == "CASE_SENSITIVE"
    by_key = {name if exact else name.upper(): name for name in reversed(present)}
    return [by_key.get(column.name if exact else column.name.upper()) for column in columns]


def _json_field(column: TargetColumn, *, exact: bool) -> str:
    """Read the field of a JSON value with a column's name: a VARIANT as it is, anything else as a text."""
    arrow = "->" if column.duck_type == "JSON" else "->>"
    if exact:
        return f"json{arrow}{literal('$.' + verbatim(column.name))}"
    key = f"list_filter(json_keys(json), lambda key: upper(key) = {literal(column.name.upper())})[1]"
    return f"json{arrow}('/' || replace(replace({key}, '~', '~0'), '/', '~1'))"  # a JSON pointer


def _require_one_variant(plan: CopyPlan, columns: list[TargetColumn]) -> None:
    if [column.duck_type for column in columns] != ["JSON"]:
        raise SnowflakeError(
            f"SQL compilation error:\n{plan.form.type} file format can produce one and only one column of type variant,"
            " object, or array. Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy"
            " with transformation.",
            2019,
            "0A000",
        )


def place_of(rows: FileRows, number: int, field_number: int) -> Position:
    """Find a value in its file.

    Args:
        rows: The file's rows.
        number: Number of the row.
        field_number: Number of the value's column, from 1.

    Returns:
        Where its field begins; in other files than CSV the number of the row stands for the line.
    """
    if rows.record is None:
        return Position(number, 1, 0)
    record = rows.record(number)
    value = rows.raw[field_number - 1][0]
    named = value.name.lstrip("C$") if isinstance(value, exp.Column) else ""
    wanted = int(named) if named.isdigit() else field_number
    return record.field(wanted) if wanted <= len(record.fields) else record.start
