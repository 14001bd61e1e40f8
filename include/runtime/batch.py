"""Runs a `batch_callable` over a table: as a vectorised UDF inside Snowflake, or here, over a stream of batches.

Both ways call `column_of` on what a UDF would get, so a function sees the same types and gives the same column wherever
it runs: `TYPES` in tests/pipeline/test_batch_types.py.
Both write the whole output at once at the end (CREATE OR REPLACE TABLE … AS SELECT is atomic), so a task
that is killed leaves the output as it was, and its retry doubles nothing.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.runtime.errors import TaskError

if TYPE_CHECKING:
    import pandas
    import pyarrow
    from snowflake.snowpark import Session

    from include.runtime.request import Batch, BatchOutput, Request

log = logging.getLogger(__name__)

BATCHES = "SNOWPOD_BATCHES"
"""The temporary table in which a stream gathers its batches."""
SEMI_STRUCTURED = ("VARIANT", "OBJECT", "ARRAY", "MAP")
"""Snowflake's types whose values a client gets as JSON."""
NO_MODEL = object()


def column_of(
    function: Callable[..., Any], batch: pandas.DataFrame, columns: list[str], model: Any = NO_MODEL
) -> pandas.Series[Any]:
    """Call a `batch_callable` on one batch.

    Args:
        function: `f(batch)` or `f(batch, model)`, giving one value a row.
        batch: the input columns, in order, under any names.
        columns: the names that the function knows them by.
        model: what to pass second, or `NO_MODEL`.

    Returns:
        A Series of as many rows as the batch, numbered from 0.

    Raises:
        TaskError: it gave another number of rows.
    """
    import pandas

    batch = batch.set_axis(columns, axis="columns").reset_index(drop=True)
    for name in columns:
        batch[name] = _of_one_type(batch[name])
    values = function(batch) if model is NO_MODEL else function(batch, model)
    column = pandas.Series(values).reset_index(drop=True)
    if len(column) != len(batch):
        raise TaskError(
            f"{function.__module__}.{function.__qualname__} gave {len(column)} values for {len(batch)} rows: return one"
            " value a row."
        )
    return column


def _nothing() -> None: ...


def run_as_udf(
    session: Session, request: Request, work: Batch, called: Callable[[], None] = _nothing
) -> dict[str, Any]:
    """Register the function as a temporary vectorised UDF and fill the output table with one statement.

    Args:
        session: an open session with a database and a schema.
        request: function, packages and imports.
        work: input, output and model.
        called: what is to be told that the UDF is there, and its work begins.

    Returns:
        `{"table": output table, "rows": its number of rows}`.

    Raises:
        TaskError: a column that the input table does not have.
        SnowparkSQLException: Snowflake refused the UDF, or the function failed in it.
    """
    from include.runtime.shipping import python_clauses, ship_code, with_package

    module, _, name = request.function.rpartition(".")
    # Not the name alone: a call of `YEAR(…)` would be Snowflake's own function.
    udf = f"{name.upper()}_BATCH"
    imports = [ship_code(session), *request.imports, *([work.model] if work.model else [])]
    packages = with_package(request.packages, "pandas")
    types = _column_types(session, work)
    arguments = ", ".join(f"{quoted(column)} {types[column]}" for column in work.input.columns)
    session.sql(
        f"CREATE OR REPLACE TEMPORARY FUNCTION {udf}({arguments}) RETURNS {_output_type(work.output)}\n"
        f"{python_clauses(packages, imports, 'run')}\n"
        f"AS $$\n{_udf_body(module, name, work)}$$"
    ).collect()
    call = f"{udf}({', '.join(map(quoted, work.input.columns))})"
    called()
    return _replace_output(
        session,
        work.output.table,
        f"SELECT {_kept(work.output)}, {call} AS {quoted(work.output.column)} FROM {work.input.table}",
    )


def run_as_stream(
    session: Session, request: Request, work: Batch, called: Callable[[], None] = _nothing
) -> dict[str, Any]:
    """Streams the input table through the function, batch by batch, and then fills the output table.

    Memory is bounded by the size of Snowflake's result chunks, not by the table.

    Args:
        session: an open session with a database and a schema.
        request: the function.
        work: input, output and model.
        called: what is to be told that the work begins.

    Returns:
        `{"table": output table, "rows": its number of rows}`.

    Raises:
        TaskError: a column that the input table does not have, or a wrong number of values.
        Exception: whatever the function raised.
    """
    import pandas

    from include.runtime.functions import load_function

    function = load_function(request.function)
    called()
    types = _column_types(session, work)
    model = _fetch_model(session, work.model) if work.model else NO_MODEL
    columns, column = work.input.columns, work.output.column
    keep = work.output.keep or list(types)
    wanted = list(dict.fromkeys([*keep, *columns]))
    table = work.input.table
    session.sql(
        f"CREATE OR REPLACE TEMPORARY TABLE {BATCHES} AS SELECT {', '.join(map(quoted, keep))},"
        f" NULL::{_output_type(work.output)} AS {quoted(column)} FROM {table} WHERE FALSE"
    ).collect()
    rows, started = 0, time.monotonic()
    for batch in _arrow_batches(session, f"SELECT {', '.join(map(quoted, wanted))} FROM {table}", table):
        done = _hexadecimal(batch.select(keep)).to_pandas(types_mapper=pandas.ArrowDtype)
        done[column] = column_of(function, _as_in_a_udf(batch.select(columns), types), columns, model)
        session.write_pandas(done, BATCHES, use_logical_type=True)
        rows += len(done)
        log.info("%s rows, %s rows a second", f"{rows:,}", f"{rows / (time.monotonic() - started):,.0f}")
    log.info("all %s rows, %s rows a second", f"{rows:,}", f"{rows / (time.monotonic() - started):,.0f}")
    return _replace_output(session, work.output.table, f"SELECT * FROM {BATCHES}")


def quoted(name: str) -> str:
    """Return a column name as a quoted identifier.

    Args:
        name: as Snowflake stores it, such as `TRIP_DISTANCE`.

    Returns:
        The name in double quotes (Snowflake, "Identifier requirements").
    """
    return '"' + name.replace('"', '""') + '"'


def _hexadecimal(batch: Any) -> Any:
    """Write binary columns of an Arrow table as hexadecimal texts.

    Session.write_pandas loads with BINARY_AS_TEXT = TRUE, which takes bytes for text; the hexadecimal text is read as
    the bytes.
    """
    import pyarrow as pa

    for place, field in enumerate(batch.schema):
        if pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            texts = pa.array(
                [None if value is None else value.hex() for value in batch.column(place).to_pylist()], pa.string()
            )
            batch = batch.set_column(place, field.name, texts)
    return batch


def _replace_output(session: Session, table: str, select: str) -> dict[str, Any]:
    from include.runtime.session import run_logged

    run_logged(session, f"CREATE OR REPLACE TABLE {table} AS {select}")
    return {"table": table, "rows": session.table(table).count()}


def _arrow_batches(session: Session, select: str, table: str) -> Iterator[pyarrow.Table]:
    """Arrow, decimals as such: pandas alone has no integers with gaps, and floats for decimals.

    What is kept must arrive to the digit.
    """
    session.connection.arrow_number_to_decimal_setter = True
    if session.table(table).count():  # the connector makes no Arrow table of no rows
        yield from session.sql(select).to_arrow_batches()


def _kept(output: BatchOutput) -> str:
    return ", ".join(map(quoted, output.keep)) if output.keep else "*"


def _output_type(output: BatchOutput) -> str:
    return output.type or "FLOAT"


def _column_types(session: Session, work: Batch) -> dict[str, str]:
    """Return the input table's columns and their types; a column that is asked for and missing is a mistake."""
    described = session.sql(f"DESCRIBE TABLE {work.input.table}").collect()
    types = {row["name"]: row["type"] for row in described}
    missing = [name for name in [*work.input.columns, *(work.output.keep or [])] if name not in types]
    if missing:
        raise TaskError(
            f"{work.input.table} has no column {', '.join(missing)}, only {', '.join(types)}. Fix input.columns"
            " or output.keep."
        )
    return types


def _fetch_model(session: Session, stage_path: str) -> Any:
    from include.runtime.models import load_model

    with tempfile.TemporaryDirectory(prefix="model-") as folder:
        session.file.get(stage_path, folder)
        return load_model(Path(folder) / stage_path.rsplit("/", 1)[-1])


def _of_one_type(column: pandas.Series[Any]) -> pandas.Series[Any]:
    """Give a column one type, whatever the batch holds.

    Snowflake hands numbers over in the narrowest type that fits the batch, or as Decimal.
    """
    from pandas.api import types
    from pandas.errors import OutOfBoundsDatetime

    if types.is_bool_dtype(column):
        return column.astype(object).where(column.notna(), None) if column.hasnans else column.astype(bool)
    if types.is_integer_dtype(column):
        return column.astype("float64" if column.hasnans else "int64")
    if types.is_float_dtype(column) or _holds_decimals(column):
        return column.astype("float64")
    if types.is_datetime64_any_dtype(column):
        moments = column.dt.tz_convert("UTC") if column.dt.tz else column
        try:
            return moments.dt.as_unit("ns")
        except OutOfBoundsDatetime:  # a year beyond 2262: in a unit that has it
            return moments
    return column


def _as_in_a_udf(batch: pyarrow.Table, types: dict[str, str]) -> pandas.DataFrame:
    """Return a batch as Snowflake gives it to a vectorised UDF.

    Dates as moments, times as what has passed since midnight, semi-structured values as Python's own ("Vectorized
    Python UDFs", type support).
    """
    import pandas
    import pyarrow as pa

    for place, field in enumerate(batch.schema):
        if pa.types.is_time(field.type):
            since = batch.column(place).cast(pa.time64("ns")).cast(pa.int64()).cast(pa.duration("ns"))
            batch = batch.set_column(place, field.name, since)
    frame = batch.to_pandas(date_as_object=False)
    for name in frame.columns:
        if types[name].partition("(")[0] in SEMI_STRUCTURED:
            values = [None if text is None else json.loads(text) for text in frame[name]]
            frame[name] = pandas.Series(values, dtype=object)
    return frame


def _holds_decimals(column: pandas.Series[Any]) -> bool:
    import decimal

    first = column.dropna().head(1)
    return column.dtype == object and len(first) > 0 and isinstance(first.iloc[0], decimal.Decimal)


def _udf_body(module: str, name: str, work: Batch) -> str:
    model = ""
    if work.model:
        model = f"""\
import sys
from pathlib import Path
from include.runtime.models import load_model

MODEL = load_model(Path(sys._xoptions["snowflake_import_directory"]) / {work.model.rsplit("/", 1)[-1]!r})
"""
    return f"""\
import pandas
from _snowflake import vectorized
from {module} import {name}
from include.runtime.batch import column_of
{model}
@vectorized(input=pandas.DataFrame)
def run(batch):
    return column_of({name}, batch, {work.input.columns!r}{", MODEL" if work.model else ""})
"""
