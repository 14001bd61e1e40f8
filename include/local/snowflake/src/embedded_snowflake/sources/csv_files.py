"""CSV files as tables of texts: by DuckDB where it reads as Snowflake does, otherwise record by record."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.names import literal
from embedded_snowflake.sources import compression, staged_files
from embedded_snowflake.sources.csv_records import Record, records
from embedded_snowflake.sources.file_formats import FileFormat
from embedded_snowflake.state.statement import Statement

ROW = "_ROW"
_CHUNK = 1 << 20
_PLAIN = ("GZIP", "ZSTD", "NONE")  # compressions that DuckDB reads
_EMPTY_LINE = re.compile(
    rb"\n\r?\n|\A\r?\n|\r(?!\n)"
)  # DuckDB leaves it out, for Snowflake it is a record; or a line ended by \r alone
_NULL = "\\N"


@dataclass(frozen=True)
class Rows:
    """The records of a file.

    Attributes:
        table: The well-formed records: text columns C1, C2 and so on, and _ROW, the number from 1 without the header.
        broken: The malformed records, by their numbers.
        header: Names that PARSE_HEADER found in the first record, or None.
    """

    table: pa.Table
    broken: dict[int, Record] = field(default_factory=dict)
    header: tuple[str, ...] | None = None


def read(cursor: duckdb.DuckDBPyConnection, path: Path, form: FileFormat, width: int | None, *, strict: bool) -> Rows:
    """Read a file.

    Args:
        cursor: A DuckDB connection beside the session's transaction, which a broken file would end.
        width: How many columns are wanted; None for as many as the longest record has.
        strict: Whether a record of another number of fields is broken; otherwise NULLs fill it up, and what is beyond
            is left out.

    Returns:
        Its rows.

    Raises:
        SnowflakeError: It cannot be read.
    """
    first = next(records(path, form), None) if _is_plain(path, form) else None
    if first is not None and not (form.parse_header and "\n" in first.text):
        header = tuple(value or "" for value in first.values) if form.parse_header else None
        skipped = form.skip_header + (header is not None)
        try:
            return Rows(_by_duckdb(cursor, path, form, width or len(first.values), skipped), header=header)
        except duckdb.Error:
            pass  # a wrong number of fields, a quote within a field, an invalid byte: read record by record
    return _by_record(path, form, width, strict=strict)


def materialize(statement: Statement, rows: Rows) -> str:
    """Hold a file's rows in a temporary table of the running statement.

    Returns:
        The table's name in DuckDB's SQL.
    """
    session = statement.session
    name = statement.scratch_name("table", "CSV")
    session.duck.register(f"{name}_ARROW", rows.table)
    session.duck.execute(f'create temp table "{name}" as select * from "{name}_ARROW"')
    session.duck.unregister(f"{name}_ARROW")
    return f'temp.main."{name}"'


def broken_record(record: Record, file: str, number: int) -> SnowflakeError:
    """Make the error of a query that meets a broken record.

    Args:
        file: The file's path in its stage.
        number: The record's number.

    Returns:
        The error, with file, line, character and row.
    """
    flaw = record.flaw
    message, code, place = (flaw.message, flaw.code, flaw.place) if flaw is not None else ("Broken record", 100016, 0)
    where = f"File '{file}', line {record.start.line}, character {record.start.character + place}\n  Row {number}"
    return SnowflakeError(f"{message}\n  {where} starts at line {record.start.line}", code, "22000")


def _by_record(path: Path, form: FileFormat, width: int | None, *, strict: bool) -> Rows:
    found = list(records(path, form))
    header: tuple[str, ...] | None = None
    if form.parse_header and found:
        header = tuple(value or "" for value in found.pop(0).values)
    if width is None:
        width = len(header) if header is not None else max((len(record.values) for record in found), default=1)
    broken, numbers = {}, []
    columns: list[list[str | None]] = [[] for _ in range(width)]
    for number, record in enumerate(found, 1):
        if record.flaw is not None or (strict and len(record.values) != width):
            broken[number] = record
            continue
        numbers.append(number)
        for place, column in enumerate(columns):
            column.append(record.values[place] if place < len(record.values) else None)
    arrays = [pa.array(column, type=pa.string()) for column in columns]
    names = [f"C{number}" for number in range(1, width + 1)]
    return Rows(
        pa.Table.from_arrays([*arrays, pa.array(numbers, type=pa.int64())], names=[*names, ROW]), broken, header
    )


def _is_plain(path: Path, form: FileFormat) -> bool:
    """Tell whether DuckDB reads a file as Snowflake does, or fails."""
    usual = (
        form.record_delimiter == "\n"
        and form.encoding == "utf-8"
        and form.multi_line
        and form.skip_mark
        and not form.replace_invalid
    )
    trims_quotes = form.trim and form.quote
    if not usual or trims_quotes or compression.find(path, form.compression) not in _PLAIN:
        return False
    text = compression.read(path, form.compression)
    if _EMPTY_LINE.search(text):
        return False
    if form.quote and text.count(form.quote.encode()) % 2:
        return False  # DuckDB silently drops a last record whose quote is not closed
    escapes = {form.escape, form.escape_unenclosed} - {""}
    return (
        not any(escape.encode() in text for escape in escapes)
        or _escaped_in_quotes(form, escapes).fullmatch(text) is not None
    )


def _escaped_in_quotes(form: FileFormat, escapes: set[str]) -> re.Pattern[bytes]:
    """Tell whether a file has escapes in quoted fields alone, and none that is refused.

    NULL may be written as in NULL_IF.
    """
    quote, escape, delimiter = (re.escape(text.encode()) for text in (form.quote, form.escape, form.delimiter))
    special = b"".join(re.escape(one.encode()) for one in sorted({*escapes, form.quote} - {""}))
    fields = [rb"(?:(?!%b)[^\r\n%b])*+" % (delimiter, special)]
    if _NULL in form.null_if:
        fields.insert(0, rb"\\N(?=%b|\r|\n|\Z)" % delimiter)
    if quote:
        inner = (
            rb"[^%b%b]++|%b[^0-9A-Za-z\x80-\xff]" % (quote, escape, escape)
            if escape
            else rb"[^%b]++|%b%b" % (quote, quote, quote)
        )
        fields.insert(0, rb"%b(?:%b)*+%b" % (quote, inner, quote))
    return re.compile(rb"(?:(?:%b)(?:%b|\r?\n))*+(?:%b)" % (b"|".join(fields), delimiter, b"|".join(fields)), re.S)


def _by_duckdb(cursor: duckdb.DuckDBPyConnection, path: Path, form: FileFormat, width: int, skipped: int) -> pa.Table:
    listed = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(1, width + 1))
    options = [
        f"delim = {literal(form.delimiter)}",
        f"quote = {literal(form.quote)}",
        f"escape = {literal(form.escape or form.quote)}",
        "header = false",
        f"skip = {skipped}",
        "allow_quoted_nulls = false",
        f"compression = '{compression.find(path, form.compression).lower()}'",
        "parallel = false",
        "strict_mode = true",
        "max_line_size = 16777216",
        f"columns = {{{listed}}}, auto_detect = false",
        # DuckDB reads empty fields as NULL by default; a text that no field can hold turns that off.
        "nullstr = ''" if form.empty_as_null else "nullstr = '\\x01never\\x01'",
    ]
    values = ", ".join(f"{_value(f'c{number}', form)} as C{number}" for number in range(1, width + 1))
    source = staged_files.reader("read_csv", [path], ", ".join(options))
    table: pa.Table = cursor.execute(f"select {values}, row_number() over () as {ROW} from {source}").to_arrow_table()
    return table


def _value(column: str, form: FileFormat) -> str:
    value = f"trim({column}, ' \t')" if form.trim else column
    if not form.null_if:
        return value
    nulls = ", ".join(literal(text) for text in form.null_if)
    return f"case when {value} in ({nulls}) then null else {value} end"
