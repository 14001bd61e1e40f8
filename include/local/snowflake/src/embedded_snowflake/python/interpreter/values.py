"""Arrow columns to Python or pandas values and back, by the declared SQL type.

Types: https://docs.snowflake.com/en/developer-guide/udf-stored-procedure-data-type-mapping (SQL-Python) and
https://docs.snowflake.com/en/developer-guide/udf/python/udf-python-batch#type-support.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import json
from typing import Any

import pyarrow as pa

SqlType = dict[str, Any]


def arrow_type(declared: SqlType) -> pa.DataType:
    """Give the Arrow type that carries a SQL type.

    Args:
        declared: {"kind", "precision", "scale"}.

    Returns:
        The Arrow type.
    """
    if declared["kind"] == "decimal":
        return pa.decimal128(declared["precision"], declared["scale"])
    return {
        "int": pa.int64(),
        "float": pa.float64(),
        "varchar": pa.string(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "time": pa.time64("us"),
        "timestamp_ntz": pa.timestamp("us"),
        "timestamp_ltz": pa.timestamp("us", "UTC"),
        "timestamp_tz": pa.timestamp("us", "UTC"),
        "binary": pa.binary(),
        "json": pa.string(),
    }[declared["kind"]]


def read(payload: Any) -> pa.Table:
    """Read an Arrow stream.

    Args:
        payload: Its bytes.

    Returns:
        The table.
    """
    return pa.ipc.open_stream(pa.py_buffer(payload)).read_all()


def write(table: pa.Table) -> pa.Buffer:
    """Write an Arrow stream.

    Args:
        table: Table to send.

    Returns:
        Its bytes.
    """
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def to_python(column: Any, declared: SqlType) -> list[Any]:
    """Turn a column into Python values.

    Args:
        column: An Arrow array.
        declared: Its SQL type.

    Returns:
        One value per row; NULL is None.
    """
    values: list[Any] = column.to_pylist()
    if declared["kind"] == "json":
        return [None if value is None else json.loads(value) for value in values]
    return values


def to_series(column: Any, declared: SqlType) -> Any:
    """Turn a column into a pandas Series.

    Args:
        column: An Arrow array.
        declared: Its SQL type.

    Returns:
        The Series: int64 (Int64 where there are NULLs; Snowflake itself narrows to int16 or int32 by value), float64,
            boolean,
        datetime64, timedelta64, or objects.
    """
    import pandas as pd

    kind = declared["kind"]
    if kind == "json":
        return pd.Series(to_python(column, declared), dtype=object)
    if kind == "int":
        return (
            column.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
            if column.null_count
            else column.to_pandas()
        )
    if kind == "boolean":
        return column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    if kind == "decimal":
        # The nearest number, as for Python and SQL; Arrow's own cast multiplies by 0.001, say, and is off by a bit.
        return column.cast(pa.string()).cast(pa.float64()).to_pandas()
    if kind == "date":
        return column.cast(pa.timestamp("ns")).to_pandas()
    if kind.startswith("timestamp"):
        return column.cast(pa.timestamp("ns", column.type.tz)).to_pandas()
    if kind == "time":
        return column.cast(pa.int64()).cast(pa.duration("us")).cast(pa.duration("ns")).to_pandas()
    return column.to_pandas()


def from_python(values: list[Any], declared: SqlType) -> pa.Array:
    """Turn what a handler gave into a column.

    Args:
        values: One value per row.
        declared: The SQL type it must have.

    Returns:
        The column.

    Raises:
        TypeError: A value is of another type.
    """
    if declared["kind"] == "json":
        return pa.array([None if value is None else to_json(value) for value in values], pa.string())
    target = arrow_type(declared)
    with contextlib.suppress(pa.ArrowException, TypeError, ValueError, OverflowError):
        return pa.array(values, target)
    return pa.array([None if value is None else _convert(value, declared) for value in values], target)


def from_series(values: Any, rows: int, declared: SqlType) -> pa.Array:
    """Turn what a vectorised handler gave into a column.

    Args:
        values: A pandas Series or Index, a NumPy array, or a list.
        rows: How many values it must have.
        declared: The SQL type it must have.

    Returns:
        The column; NaN and NaT are NULL.

    Raises:
        TypeError: The values are of another type.
        ValueError: There are more or fewer of them.
    """
    import pandas as pd

    if isinstance(values, pd.DataFrame):
        if values.shape[1] != 1:
            raise ValueError(f"The handler returned a DataFrame of {values.shape[1]} columns; one column is needed.")
        values = values.iloc[:, 0]
    elif getattr(values, "ndim", 1) > 1:  # scikit-learn predicts arrays of one column
        if values.ndim != 2 or values.shape[1] != 1:
            raise ValueError(f"The handler returned an array of shape {values.shape}; one column is needed.")
        values = values[:, 0]
    if len(values) != rows:
        raise ValueError(f"The handler returned {len(values)} values for a batch of {rows} rows.")
    if declared["kind"] == "json" or str(getattr(values, "dtype", "")) == "object" or isinstance(values, (list, tuple)):
        missing = pd.isna(pd.Series(values, dtype=object)) if declared["kind"] != "json" else [False] * rows
        return from_python(
            [None if gone else value for gone, value in zip(missing, list(values), strict=True)], declared
        )
    target = arrow_type(declared)
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if declared["kind"] == "time" and pa.types.is_duration(array.type):
        array = array.cast(pa.duration("us")).cast(pa.int64())
    # A whole number or a decimal may be wider than its column; a fraction would be lost silently otherwise.
    return array.cast(target, safe=declared["kind"] not in ("float", "timestamp_ntz", "timestamp_ltz", "timestamp_tz"))


def to_json(value: Any) -> str:
    """Write a value of a VARIANT, ARRAY or OBJECT.

    Args:
        value: What the handler gave.

    Returns:
        JSON text.
    """
    return json.dumps(value, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex().upper()
    if hasattr(value, "tolist"):  # NumPy's scalars and arrays
        return value.tolist()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


_SAME_TYPE: dict[str, tuple[type, ...]] = {
    "varchar": (str,),
    "binary": (bytes, bytearray),
    "date": (datetime.date,),
    "time": (datetime.time,),
}


def _convert(value: Any, declared: SqlType) -> Any:
    """Turn a value into the declared type where nothing is lost, or say that it has the wrong one."""
    kind = declared["kind"]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    numeric = isinstance(value, (int, float, decimal.Decimal))
    if kind == "int" and numeric and value == int(value):
        if not -(1 << 63) <= value < 1 << 63:
            raise OverflowError(
                f"The handler returned {value}; the embedded Snowflake's Python functions give integers of up to 64"
                " bits."
            )
        return int(value)
    if kind == "float" and numeric:
        return float(value)
    if kind == "decimal" and numeric:
        return decimal.Decimal(str(value)).quantize(
            decimal.Decimal(1).scaleb(-declared["scale"]), decimal.ROUND_HALF_UP
        )
    if kind in ("timestamp_ntz", "timestamp_ltz", "timestamp_tz") and type(value) is datetime.date:
        return datetime.datetime(value.year, value.month, value.day)
    if kind == "boolean" and isinstance(value, bool):
        return value
    if isinstance(value, _SAME_TYPE.get(kind, ())):
        return value
    raise TypeError(f"The handler returned {value!r} of type {type(value).__name__}, which is no {kind.upper()}.")
