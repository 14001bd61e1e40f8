"""Results as the clients read them: column descriptions, Snowflake's Arrow layout, JSON rows.

Snowflake's Arrow layout, as the connector's converters expect it: each field carries logicalType, precision, scale and
charLength as metadata; a timestamp is a struct of seconds and nanoseconds (and, with a zone, minutes + 1440); a time
counts nanoseconds; a decimal keeps its scale; semi-structured values are text.
"""

from __future__ import annotations

import datetime
import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from embedded_snowflake.errors import SnowflakeError, not_supported
from embedded_snowflake.results import BINARY_LENGTH, TEXT_LENGTH, Column, Result

SEMI_STRUCTURED = frozenset({"variant", "object", "array"})
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_BEYOND_38_DIGITS = 10**38
UTC_OFFSET = 1440  # Snowflake counts a zone in minutes from -24:00

_SIMPLE_TYPES = {
    '"NULL"': "text",
    "BIT": "text",
    "BLOB": "binary",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "real",
    "FLOAT": "real",
    "JSON": "variant",
    "TIME": "time",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp_ltz",
    "TIMESTAMP_MS": "timestamp_ntz",
    "TIMESTAMP_S": "timestamp_ntz",
    "UUID": "text",
    "VARCHAR": "text",
}
_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
)


def column_of(name: str, duck_type: str) -> Column:
    """Describe a DuckDB column as Snowflake would.

    Args:
        name: Column name.
        duck_type: DuckDB's type, as its description prints it: "DECIMAL(10,2)", "VARCHAR", …

    Returns:
        The column.

    Raises:
        SnowflakeError: Snowflake has no such type.
    """
    if duck_type in _INTEGERS:
        return Column(name, "fixed", precision=38, scale=0)
    if duck_type.startswith("DECIMAL("):
        precision, scale = duck_type[len("DECIMAL(") : -1].split(",")
        return Column(name, "fixed", precision=int(precision), scale=int(scale))
    if duck_type.endswith("]"):
        return Column(name, "array")
    if duck_type.startswith(("STRUCT(", "MAP(")):
        return Column(name, "object")
    if duck_type.startswith("ENUM("):
        return Column(name, "text", length=TEXT_LENGTH)
    known = _SIMPLE_TYPES.get(duck_type)
    if known is None:
        raise not_supported(f"a result of type {duck_type} (column {name})")
    if known == "text":
        return Column(name, known, length=TEXT_LENGTH)
    if known == "binary":
        return Column(name, known, length=BINARY_LENGTH)
    if known.startswith("time"):
        return Column(name, known, precision=0, scale=9)
    return Column(name, known)


def row_type(columns: list[Column]) -> list[dict[str, Any]]:
    """Describe columns for the `rowtype` of an answer.

    Args:
        columns: The result's columns.

    Returns:
        One mapping per column, in the protocol's spelling.
    """
    return [
        {
            "name": column.name,
            "database": "",
            "schema": "",
            "table": "",
            "nullable": column.nullable,
            "type": column.type,
            "byteLength": column.length * 4
            if column.type == "text" and column.length not in (None, TEXT_LENGTH)
            else column.length,
            "length": column.length,
            "scale": column.scale if column.scale is not None else (0 if column.type == "fixed" else None),
            "precision": column.precision if column.precision is not None else (38 if column.type == "fixed" else None),
            "collation": None,
        }
        for column in columns
    ]


def arrow_table(result: Result) -> pa.Table:
    """Lay out a result as Snowflake's Arrow.

    Args:
        result: Any result.

    Returns:
        The table to send.
    """
    source = result.table if result.table is not None else _table_of_rows(result)
    arrays = []
    fields = []
    for column, values in zip(result.columns, source.columns, strict=True):
        encoded = _encode(values, column)
        metadata = {
            "logicalType": column.type.upper(),
            "precision": str(column.precision or (38 if column.type == "fixed" else 0)),
            "scale": str(column.scale or 0),
            "charLength": str(column.length or 0),
        }
        arrays.append(encoded)
        fields.append(pa.field(column.name, encoded.type, nullable=column.nullable, metadata=metadata))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def ipc_stream(table: pa.Table) -> bytes:
    """Serialise a table as an Arrow stream.

    Args:
        table: Table, already in Snowflake's layout.

    Returns:
        The stream's bytes.
    """
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def json_rows(result: Result) -> list[list[str | None]]:
    """Write a result's rows as the protocol's JSON.

    Args:
        result: A small result of texts, counts, booleans and timestamps.

    Returns:
        Rows of text or None.
    """
    return [
        [_json_text(value, column) for value, column in zip(row, result.columns, strict=True)]
        for row in result.tuples()
    ]


def _json_text(value: Any, column: Column) -> str | None:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime.datetime):  # seconds since 1970, with as many digits as the column's scale
        known = value if value.tzinfo is not None else value.replace(tzinfo=datetime.UTC)
        whole = (known - _EPOCH) // datetime.timedelta(microseconds=1)
        return f"{whole // 1_000_000}.{f'{whole % 1_000_000:06d}000'[: 9 if column.scale is None else column.scale]}"
    return None if value is None else str(value)


_ARROW_TYPES: dict[str, pa.DataType] = {
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamp_ntz": pa.timestamp("us"),
    "timestamp_ltz": pa.timestamp("us", tz="UTC"),
    "timestamp_tz": pa.timestamp("us", tz="UTC"),
    "binary": pa.binary(),
}


def _table_of_rows(result: Result) -> pa.Table:
    rows = result.rows or []
    values = list(zip(*rows, strict=True)) if rows else [() for _ in result.columns]
    arrays = []
    for column, cells in zip(result.columns, values, strict=True):
        if column.type == "fixed":
            kind = pa.decimal128(38, column.scale) if column.scale else pa.int64()
        else:
            kind = _ARROW_TYPES.get(column.type, pa.string())
        arrays.append(pa.array(cells, type=kind))
    return pa.Table.from_arrays(arrays, names=[str(index) for index in range(len(arrays))])


def _encode(values: pa.ChunkedArray, column: Column) -> pa.Array:
    if column.type in SEMI_STRUCTURED:
        return pa.array([_shown(text) for text in values.cast(pa.string()).to_pylist()], type=pa.string())
    array = values.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # what some versions give for an empty one
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], type=array.type)
    kind = array.type
    if pa.types.is_timestamp(kind):
        return _timestamp_struct(array, column.type)
    if pa.types.is_time(kind):
        return array.cast(pa.time64("ns")).cast(pa.int64())
    if pa.types.is_null(kind) or pa.types.is_large_string(kind):
        return array.cast(pa.string())
    if pa.types.is_float32(kind):
        return array.cast(pa.float64())
    if pa.types.is_uint64(kind):
        return array.cast(pa.decimal128(20, 0))
    if pa.types.is_integer(kind) and kind != pa.int64():
        return array.cast(pa.int64())
    if pa.types.is_decimal(kind) and kind.scale == 0:
        return _whole(array)
    if pa.types.is_dictionary(kind):
        return array.cast(kind.value_type)
    if pa.types.is_large_binary(kind):
        return array.cast(pa.binary())
    return array


def _whole(array: pa.Array) -> pa.Array:
    """Whole numbers in 64 bits where they fit: what Snowflake sends, and what becomes int64 in pandas.

    Raises:
        SnowflakeError: A number has more than 38 digits.
    """
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid:
        largest = max(abs(int(value)) for value in pc.min_max(array).as_py().values() if value is not None)
        if largest >= _BEYOND_38_DIGITS:
            message = f"Number out of representable range: type FIXED[SB16](38,0){{nullable}}, value {largest}"
            raise SnowflakeError(message, 100046, "22003") from None
        return array


def _shown(text: str | None) -> str | None:
    """Semi-structured text as Snowflake shows it: two blanks a level, keys in order."""
    if text is None or text[:1] not in "{[":
        return text
    try:
        return json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False)
    except ValueError:
        return text


def _timestamp_struct(array: pa.Array, logical: str) -> pa.Array:
    nanoseconds_per_unit = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}[array.type.unit]
    units_per_second = 1_000_000_000 // nanoseconds_per_unit
    counts = array.cast(pa.int64())
    # Arrow's division cuts towards zero; the second of an instant before 1970 is the one below.
    seconds = pc.divide(counts, units_per_second)
    rest = pc.subtract(counts, pc.multiply(seconds, units_per_second))
    below = pc.less(rest, 0)
    seconds = pc.subtract(seconds, below.cast(pa.int64()))
    rest = pc.if_else(below, pc.add(rest, units_per_second), rest)
    fraction = pc.multiply(rest, nanoseconds_per_unit).cast(pa.int32())
    parts = [pc.fill_null(seconds, 0), pc.fill_null(fraction, 0)]
    fields = [pa.field("epoch", pa.int64(), nullable=False), pa.field("fraction", pa.int32(), nullable=False)]
    if logical == "timestamp_tz":
        parts.append(pa.array([UTC_OFFSET] * len(array), type=pa.int32()))
        fields.append(pa.field("timezone", pa.int32(), nullable=False))
    return pa.StructArray.from_arrays(parts, fields=fields, mask=pc.is_null(array))


def plain_table(result: Result) -> pa.Table:
    """Write a result as an Arrow table that DuckDB can read back.

    Args:
        result: Any result.

    Returns:
        Its rows under its column names.
    """
    table = result.table if result.table is not None else _table_of_rows(result)
    return table.rename_columns([column.name for column in result.columns])
