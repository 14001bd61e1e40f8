"""Staged files as tables of DuckDB."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from include.local.snowflake.library.macros import PREFIX
from include.local.snowflake.names import literal, quote
from include.local.snowflake.sources import hard_files
from include.local.snowflake.sources.file_formats import FileFormat

_GZIP = b"\x1f\x8b"  # what such a file begins with


def csv_source(paths: Sequence[Path], form: FileFormat, columns: int, *, lenient: bool = False) -> str:
    """Read CSV files as text columns c1, c2 and so on.

    Args:
        paths: Files of the same format.
        form: The format.
        columns: Number of fields in a line.
        lenient: Whether broken lines are left out, where they are an error otherwise.

    Returns:
        A table function call in DuckDB's SQL. Fields that mean NULL are NULL, except those that NULL_IF names: see
        `csv_value`.

    Raises:
        SnowflakeError: A file cannot be read as Snowflake reads it.
    """
    for path in paths:
        hard_files.refuse(path, form)
    names = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(1, columns + 1))
    more = f"columns = {{{names}}}, auto_detect = false, null_padding = {not form.count_must_match}, ignore_errors = {lenient}"
    return _read_csv(paths, form, more)


def csv_width(cursor: duckdb.DuckDBPyConnection, path: Path, form: FileFormat) -> int:
    """Count the fields of a CSV file's first line.

    Args:
        cursor: A DuckDB connection.
        path: The file.
        form: The format.

    Returns:
        Number of fields.
    """
    options = f"delim = {literal(form.delimiter)}, quote = {literal(form.quote)}, header = false"
    options += f", compression = '{_compression(form, [path])}'"
    sql = f"select len(columns) from sniff_csv({literal(glob.escape(str(path)))}, {options})"
    row = cursor.execute(sql).fetchone()
    return int(row[0]) if row else 1


def csv_value(column: str, form: FileFormat) -> str:
    """Write what a text column of `csv_source` means.

    Args:
        column: Column name.
        form: The format.

    Returns:
        An expression in DuckDB's SQL.
    """
    value = f"trim({column})" if form.trim else column
    if not form.null_if:
        return value
    nulls = ", ".join(literal(text) for text in form.null_if)
    return f"case when {value} in ({nulls}) then null else {value} end"


def parquet_source(cursor: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> str:
    """Read Parquet files, with values of the types that Snowflake has: VARIANTs for nested ones, microseconds for nanoseconds.

    Args:
        cursor: A DuckDB connection.
        paths: The files; their columns are matched by name.

    Returns:
        What stands in a FROM of DuckDB's SQL.
    """
    source = _reader("read_parquet", paths, "union_by_name = true")
    columns = cursor.execute(f"describe select * from {source}").fetchall()
    changed = [f"{_AS_SNOWFLAKE[kind].format(quote(name))} as {quote(name)}" for name, kind in _kinds(columns) if kind in _AS_SNOWFLAKE]
    return f"(select * replace ({', '.join(changed)}) from {source})" if changed else source


_AS_SNOWFLAKE = {
    "TIMESTAMP_NS": f"{PREFIX}cut_timestamp({{}})",
    "TIMESTAMPTZ_NS": f"{PREFIX}cut_timestamp_ltz({{}})",
    "TIME_NS": f"{PREFIX}cut_time({{}})",
    "nested": "to_json({})",
}


def _kinds(described: Sequence[Sequence[object]]) -> Iterator[tuple[str, str]]:
    for name, kind, *_ in described:
        nested = str(kind).endswith("]") or str(kind).startswith(("STRUCT", "MAP", "UNION"))
        yield str(name), "nested" if nested else str(kind)


def json_source(paths: Sequence[Path], form: FileFormat) -> str:
    """Read JSON files, one value per row in a column named json.

    Args:
        paths: The files.
        form: The format.

    Returns:
        A table function call in DuckDB's SQL.
    """
    shape = "array" if form.strip_outer_array else "unstructured"
    options = f"format = '{shape}', compression = '{_compression(form, paths)}', maximum_object_size = 134217728"
    return _reader("read_json_objects", paths, options)


def column_names(cursor: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """Name the columns of a source.

    Args:
        cursor: A DuckDB connection.
        source: A table function call.

    Returns:
        Column names in their own case.
    """
    return [str(row[0]) for row in cursor.execute(f"describe select * from {source}").fetchall()]


def selected(columns: Sequence[str]) -> str:
    """Quote column names for a list.

    Args:
        columns: Names as stored.

    Returns:
        The names, separated by commas.
    """
    return ", ".join(quote(column) for column in columns)


def _read_csv(paths: Sequence[Path], form: FileFormat, more: str) -> str:
    options = [
        f"delim = {literal(form.delimiter)}",
        f"quote = {literal(form.quote)}",
        f"escape = {literal(form.escape or form.quote)}",
        "header = false",
        f"skip = {form.skip_header}",
        "allow_quoted_nulls = false",
        f"compression = '{_compression(form, paths)}'",
        "parallel = false",
        "strict_mode = true",
        "max_line_size = 16777216",
        more,
    ]
    # An empty field is NULL by DuckDB's own default; a text that no field can hold turns that off.
    options.append("nullstr = ''" if form.empty_as_null else "nullstr = '\\x01never\\x01'")
    return _reader("read_csv", paths, ", ".join(options))


def _compression(form: FileFormat, paths: Sequence[Path]) -> str:
    """DuckDB's name of it. With AUTO it goes by the files' names, Snowflake by what is in them."""
    if form.compression in ("GZIP", "NONE", "ZSTD"):
        return form.compression.lower()
    return "gzip" if paths and all(_is_gzip(path) for path in paths) else "auto"


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_GZIP)) == _GZIP


def _reader(function: str, paths: Sequence[Path], options: str) -> str:
    """A call of one of DuckDB's readers. Paths are taken as they are: a * in one is no pattern, a folder a=1 in one is no column."""
    listed = ", ".join(literal(glob.escape(str(path))) for path in paths)
    return f"{function}([{listed}], hive_partitioning = false, {options})"


def headed_csv_source(paths: Sequence[Path], form: FileFormat) -> str:
    """Read CSV files whose first line names the columns; types are found by looking.

    Args:
        paths: The files.
        form: The format.

    Returns:
        A table function call in DuckDB's SQL.
    """
    quoting = f"quote = {literal(form.quote)}, " if form.quote else ""
    return _reader("read_csv", paths, f"header = true, delim = {literal(form.delimiter)}, {quoting}union_by_name = true")
