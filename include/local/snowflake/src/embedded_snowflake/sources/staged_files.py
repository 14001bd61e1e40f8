"""Staged files as tables of DuckDB."""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from embedded_snowflake.errors import not_supported
from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.library.native import NATIVE
from embedded_snowflake.names import decoded, literal, quote, verbatim
from embedded_snowflake.sources import compression
from embedded_snowflake.sources.file_formats import FileFormat


def parquet_source(cursor: duckdb.DuckDBPyConnection, paths: Sequence[Path], form: FileFormat) -> str:
    """Read Parquet files, with values of the types that Snowflake has.

    VARIANTs for nested ones, microseconds for nanoseconds.

    Args:
        paths: The files; their columns are matched by name.

    Returns:
        What stands in a FROM of DuckDB's SQL; its columns have their names in the files, as users' names.
    """
    rows = _parquet_rows(cursor, paths, form)
    names = {path: list(pq.read_schema(path).names) for path in paths}
    different = {name for listed in names.values() for name in listed}
    if len({name.upper() for name in different}) < len(
        different
    ):  # DuckDB would number such columns, or merge those of two files
        rows = " union all by name ".join(_parquet_rows(cursor, [path], form, listed) for path, listed in names.items())
    return f"({rows})"


def _parquet_rows(
    cursor: duckdb.DuckDBPyConnection, paths: Sequence[Path], form: FileFormat, names: Sequence[str] | None = None
) -> str:
    source = reader("read_parquet", paths, f"union_by_name = true, binary_as_string = {form.binary_as_text}")
    columns = list(_kinds(cursor.execute(f"describe select * from {source}").fetchall()))
    named = zip(names or [name for name, _ in columns], columns, strict=True)
    listed = [
        f"{_AS_SNOWFLAKE.get(kind, '{}').format(verbatim(held))} as {quote(name)}" for name, (held, kind) in named
    ]
    return f"select {', '.join(listed)} from {source}"


def as_variant(names: Sequence[str]) -> str:
    """Write a row of a source as a VARIANT.

    Args:
        names: Its columns, as `column_names` gives them.

    Returns:
        An expression in DuckDB's SQL.
    """
    return f"json_object({', '.join(f'{literal(name)}, {quote(name)}' for name in names)})"


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

    Returns:
        What stands in a FROM of DuckDB's SQL.
    """
    shape = "array" if form.strip_outer_array else "unstructured"
    packed = {compression.find(path, form.compression) for path in paths}
    if len(packed) > 1 or not packed <= {"GZIP", "ZSTD", "NONE"}:
        raise not_supported(f"JSON files of compression {', '.join(sorted(packed))}")
    options = f"format = '{shape}', compression = '{packed.pop().lower()}', maximum_object_size = 134217728"
    source = reader("read_json_objects", paths, options)
    if not form.strip_nulls and not form.allow_duplicate:
        return source
    return f"(select {NATIVE}plain_json(json, {form.strip_nulls})::json as json from {source})"


def column_names(cursor: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """Name the columns of a source.

    Args:
        source: A table function call.

    Returns:
        Column names in their own case.
    """
    return [decoded(str(row[0])) for row in cursor.execute(f"describe select * from {source}").fetchall()]


def selected(columns: Sequence[str]) -> str:
    """Quote column names for a list.

    Args:
        columns: Names as stored.

    Returns:
        The names, separated by commas.
    """
    return ", ".join(quote(column) for column in columns)


def reader(function: str, paths: Sequence[Path], options: str) -> str:
    """Call one of DuckDB's readers.

    Paths are taken as they are: a * in one is no pattern, a folder a=1 in one is no column.

    Args:
        function: The reader.
        options: Its other arguments.

    Returns:
        What stands in a FROM of DuckDB's SQL.
    """
    listed = ", ".join(literal(glob.escape(str(path))) for path in paths)
    return f"{function}([{listed}], hive_partitioning = false, {options})"


def headed_csv_source(paths: Sequence[Path], form: FileFormat) -> str:
    """Read CSV files whose first line names the columns; types are found by looking at all values that are not NULL.

    Returns:
        A table function call in DuckDB's SQL.
    """
    quoting = f"quote = {literal(form.quote)}, " if form.quote else ""
    nulls = [*form.null_if, *([""] if form.empty_as_null else [])] or ["\x01never\x01"]
    return reader(
        "read_csv",
        paths,
        f"header = true, delim = {literal(form.delimiter)}, {quoting}union_by_name = true, sample_size = -1,"
        f" nullstr = [{', '.join(map(literal, nulls))}]",
    )
