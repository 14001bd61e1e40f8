"""Many rows' values as a temporary table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlglot import exp

from embedded_snowflake.bindings import instant
from embedded_snowflake.names import TEMPORARY, quote
from embedded_snowflake.state.statement import Statement


def materialise(statement: Statement) -> exp.Expr:
    """Make a temporary table of many rows' values, far quicker to read than a statement that spells them out.

    Returns:
        A query of the table: one column per binding, of its type.
    """
    session = statement.session
    columns = list(zip(*statement.rows, strict=True))
    arrays = [pa.array([_plain_text(kind, value) for kind, value in column], type=pa.string()) for column in columns]
    names = [f"C{number}" for number in range(len(arrays))]
    name = statement.scratch_name("table", "BOUND")
    session.duck.register(f"{name}_ARROW", pa.Table.from_arrays(arrays, names=names))
    projections = []
    for column, values in zip(names, columns, strict=True):
        kind = next((kind.upper() for kind, value in values if value is not None), "TEXT")
        value = exp.column(exp.to_identifier(column, quoted=True))
        duck_type = "HUGEINT" if kind == "FIXED" and statement.wide else _DUCK_TYPES.get(kind, "VARCHAR")
        if kind == "BINARY":
            read: exp.Expr = exp.Anonymous(this="unhex", expressions=[value])
        elif kind == "FIXED" and any("." in str(text) for _, text in values):
            read = value  # the column's own type decides
        else:
            read = exp.cast(value, duck_type)
        projections.append(f"{read.sql(dialect='duckdb')} as {quote(column)}")
    sql = f"create temp table {quote(name)} as select {', '.join(projections)} from {quote(f'{name}_ARROW')}"
    session.duck.execute(sql)
    session.duck.unregister(f"{name}_ARROW")
    table = exp.Table(
        this=exp.to_identifier(name, quoted=True),
        db=exp.to_identifier(TEMPORARY[1]),
        catalog=exp.to_identifier(TEMPORARY[0]),
    )
    return exp.select("*").from_(table)


_DUCK_TYPES = {
    "FIXED": "BIGINT",
    "REAL": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIME": "TIME",
    "TIMESTAMP_NTZ": "TIMESTAMP",
    "TIMESTAMP_LTZ": "TIMESTAMPTZ",
    "TIMESTAMP_TZ": "TIMESTAMPTZ",
}


def _plain_text(kind: str, value: Any) -> str | None:
    """Write the protocol's text of a value as DuckDB reads it."""
    if value is None:
        return None
    kind = kind.upper()
    if kind == "DATE":
        return instant(str(int(value) * 1_000_000))[:10]
    if kind == "TIME":
        return instant(str(value))[11:]
    if kind == "TIMESTAMP_NTZ":
        return instant(str(value))
    if kind in ("TIMESTAMP_LTZ", "TIMESTAMP_TZ"):
        return instant(str(value).partition(" ")[0]) + "+00"
    return str(value)
