"""COPY INTO a stage: rows written as text, JSON or Parquet.

What becomes of quotes, empty texts and NULL: https://docs.snowflake.com/en/user-guide/data-unload-considerations
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.names import decoded, literal, quote, verbatim
from embedded_snowflake.sources.file_formats import NO_DELIMITER, FileFormat

_TEXTS = ("VARCHAR", "JSON")


def write(cursor: duckdb.DuckDBPyConnection, query: str, path: str, form: FileFormat) -> int:
    """Write a query's rows to one file.

    Args:
        query: Query in DuckDB's SQL.
        path: File to write.

    Returns:
        Number of rows.

    Raises:
        SnowflakeError: The format's options are not supported for writing, or the columns do not fit it.
    """
    codec = _codec(form)[0]
    if form.type == "PARQUET":
        names = [name for name, _ in _columns(cursor, query)]
        if _clash(names):
            return _write_arrow(cursor, query, names, path, codec)
        rows = f"select * from ({query}) as _q({', '.join(map(verbatim, names))})"
        options = f"format parquet, compression {codec}"
    else:
        rows, options = _csv(cursor, query, form) if form.type == "CSV" else _json(cursor, query)
        options += f", compression {codec}"
    row = cursor.execute(f"copy ({rows}) to {literal(path)} ({options})").fetchone()
    return int(row[0]) if row else 0


def _clash(names: list[str]) -> bool:
    """Tell whether names differ only in case: DuckDB would number them."""
    return len({name.upper() for name in names}) < len(names)


def _write_arrow(cursor: duckdb.DuckDBPyConnection, query: str, names: list[str], path: str, codec: str) -> int:
    cursor.execute(query)
    held: pa.Table = cursor.to_arrow_table()
    table = held.rename_columns(names)
    pq.write_table(table, path, compression="none" if codec == "uncompressed" else codec)
    return int(table.num_rows)


# By file type and COMPRESSION: DuckDB's name of the compression, and the file's suffix.
_TEXTS_PACKED = {"AUTO": ("gzip", ".gz"), "GZIP": ("gzip", ".gz"), "ZSTD": ("zstd", ".zst"), "NONE": ("none", "")}
_CODECS = {
    "CSV": {name: (codec, f".csv{end}") for name, (codec, end) in _TEXTS_PACKED.items()},
    "JSON": {name: (codec, f".json{end}") for name, (codec, end) in _TEXTS_PACKED.items()},
    "PARQUET": {
        "AUTO": ("snappy", ".snappy.parquet"),
        "SNAPPY": ("snappy", ".snappy.parquet"),
        "NONE": ("uncompressed", ".parquet"),
    },
}


def suffix(form: FileFormat) -> str:
    """Find what the names of unloaded files end with.

    Returns:
        For example .csv.gz.

    Raises:
        SnowflakeError: Its COMPRESSION is not supported for writing.
    """
    return f".{form.extension.lstrip('.')}" if form.extension else _codec(form)[1]


def checked_size(path: Path, limit: int | None) -> int:
    """Measure a file that was written.

    Args:
        limit: MAX_FILE_SIZE as the statement gives it, or None.

    Returns:
        Its bytes.

    Raises:
        SnowflakeError: It is larger than that: Snowflake would have written several.
    """
    size = path.stat().st_size
    if limit is not None and size > limit:
        raise not_supported(f"MAX_FILE_SIZE = {limit} for {size} bytes: each unload, or partition of one, is one file")
    return size


def _codec(form: FileFormat) -> tuple[str, str]:
    found = _CODECS[form.type].get(form.compression)
    if found is None:
        raise not_supported(f"COMPRESSION = {form.compression} for unloading {form.type} files")
    return found


def _json(cursor: duckdb.DuckDBPyConnection, query: str) -> tuple[str, str]:
    columns = _columns(cursor, query)
    if [kind for _, kind in columns] != ["JSON"]:
        text = "JSON file format can produce one and only one column of type variant, object, or array."
        raise SnowflakeError(
            f"SQL compilation error:\n{text} Use CSV file format if you want to unload more than one column.",
            2019,
            "0A000",
        )
    # One value per line, as it is: JSON text never has this delimiter.
    return (
        f"select cast(json(_c) as varchar) from ({query}) as _q(_c)",
        "format csv, header false, quote '', delim '\x01', nullstr ''",
    )


def _csv(cursor: duckdb.DuckDBPyConnection, query: str, form: FileFormat) -> tuple[str, str]:
    usual = FileFormat()
    for attribute in (
        "date_format",
        "time_format",
        "timestamp_format",
        "binary_format",
        "record_delimiter",
        "encoding",
    ):
        if getattr(form, attribute) != getattr(usual, attribute):
            raise not_supported(f"{attribute.upper()} for unloading")
    columns = _columns(cursor, query)
    if form.delimiter == NO_DELIMITER and len(columns) > 1:
        raise not_supported("FIELD_DELIMITER = NONE for unloading several columns")
    if form.header and _clash([name for name, _ in columns]):
        raise not_supported("HEADER = TRUE for unloading CSV whose columns' names differ only in case")
    names = [quote(f"_C{number}") for number in range(len(columns))]
    values = [
        f"{_text(inner, kind, form)} as {verbatim(name)}" for inner, (name, kind) in zip(names, columns, strict=True)
    ]
    nulls = form.null_if[0] if form.null_if else ""
    options = (
        f"format csv, delim {literal(form.delimiter)}, header {form.header}, nullstr {literal(nulls)}, quote"
        f" {literal(form.quote)}"
    )
    if form.quote:
        options += f", escape {literal(form.escape or form.quote)}"
        texts = [verbatim(name) for name, kind in columns if kind in _TEXTS]
        options += f", force_quote ({', '.join(texts)})" if texts else ""
    return f"select {', '.join(values)} from ({query}) as _q({', '.join(names)})", options


def _columns(cursor: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str]]:
    return [(decoded(str(row[0])), str(row[1])) for row in cursor.execute(f"describe {query}").fetchall()]


def _text(value: str, kind: str, form: FileFormat) -> str:
    text = f"cast({value} as varchar)" if kind == "JSON" else f"{PREFIX}varchar({value})"
    if kind not in _TEXTS or form.quote or not form.escape_unenclosed:
        return text
    for special in (literal(form.escape_unenclosed), literal(form.delimiter), "chr(10)", "chr(13)"):
        text = f"replace({text}, {special}, {literal(form.escape_unenclosed)} || {special})"
    return text
