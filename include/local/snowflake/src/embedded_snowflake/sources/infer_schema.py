"""INFER_SCHEMA: the columns of staged files."""

from __future__ import annotations

import pyarrow as pa
from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.names import decoded
from embedded_snowflake.sources import file_formats, staged_files
from embedded_snowflake.state import stage_lookup
from embedded_snowflake.state.statement import Statement

_TYPES = {
    "BIGINT": "NUMBER(38, 0)",
    "BLOB": "BINARY",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "DOUBLE": "REAL",
    "FLOAT": "REAL",
    "HUGEINT": "NUMBER(38, 0)",
    "INTEGER": "NUMBER(38, 0)",
    "SMALLINT": "NUMBER(38, 0)",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ",
    "TIMESTAMP_MS": "TIMESTAMP_NTZ",
    "TIMESTAMP_S": "TIMESTAMP_NTZ",
    "TINYINT": "NUMBER(38, 0)",
    "UBIGINT": "NUMBER(38, 0)",
    "UINTEGER": "NUMBER(38, 0)",
    "USMALLINT": "NUMBER(38, 0)",
    "UTINYINT": "NUMBER(38, 0)",
    "VARCHAR": "TEXT",
}


def run(statement: Statement, arguments: list[exp.Expr]) -> pa.Table:
    """Find the columns of staged files.

    Args:
        arguments: LOCATION => '@stage/path', FILE_FORMAT => 'name', and others.

    Returns:
        Columns COLUMN_NAME, TYPE, NULLABLE, EXPRESSION, FILENAMES, ORDER_ID.

    Raises:
        SnowflakeError: No files are there, or the format is not supported.
    """
    session = statement.session
    options = {item.this.name.upper(): item.expression for item in arguments if isinstance(item, exp.Kwarg)}
    if unknown := set(options) - {"LOCATION", "FILE_FORMAT", "IGNORE_CASE"}:
        raise not_supported(f"INFER_SCHEMA with {', '.join(sorted(unknown))}")
    any_case = "IGNORE_CASE" in options and options["IGNORE_CASE"].name.upper() == "TRUE"
    if isinstance(options.get("IGNORE_CASE"), exp.Boolean):
        any_case = bool(options["IGNORE_CASE"].this)
    location = options.get("LOCATION")
    if location is None or "FILE_FORMAT" not in options:
        raise SnowflakeError("SQL compilation error:\nINFER_SCHEMA needs LOCATION and FILE_FORMAT.", 1003, "42000")
    form = file_formats.read(file_formats.named(session, file_formats.name_of(options["FILE_FORMAT"])))
    reference = stage_lookup.find(session, location.name)
    files = session.engine.stages.files(reference, session.user)
    if not files:
        raise SnowflakeError(f"No files found at '{location.name}'.", 1011, "42601")
    paths = [file.path for file in files]
    if form.type == "PARQUET":
        source = staged_files.parquet_source(session.duck, paths, form)
    elif form.type == "CSV" and form.parse_header:
        source = staged_files.headed_csv_source(paths, form)
    else:
        raise not_supported(f"INFER_SCHEMA of {form.type} without named columns")
    rows = []
    for number, row in enumerate(session.duck.execute(f"describe select * from {source}").fetchall()):
        name, kind = decoded(str(row[0])), str(row[1])
        shown = (
            kind.replace("DECIMAL(", "NUMBER(").replace(",", ", ")
            if kind.startswith("DECIMAL")
            else _TYPES.get(kind, "VARIANT")
        )
        quoted = exp.to_identifier(name, quoted=True).sql("snowflake")
        path = f"GET_IGNORE_CASE ($1, '{name}')" if any_case else f"$1:{quoted}"
        expression = f"${number + 1}::{shown}" if form.type == "CSV" else f"{path}::{shown}"
        rows.append(
            (
                name.upper() if any_case else name,
                shown,
                True,
                expression,
                ", ".join(file.relative for file in files),
                number,
            )
        )
    names = ["COLUMN_NAME", "TYPE", "NULLABLE", "EXPRESSION", "FILENAMES", "ORDER_ID"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.Table.from_arrays([pa.array(list(values)) for values in columns], names=names)
