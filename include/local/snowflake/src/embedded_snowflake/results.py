"""What a statement gives back: columns with Snowflake types, and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

# Sizes that Snowflake reports for a column without a length of its own.
TEXT_LENGTH = 16_777_216
BINARY_LENGTH = 8_388_608


@dataclass(frozen=True)
class Column:
    """One column of a result.

    Attributes:
        name: Name as the client shows it (already in upper case unless quoted).
        type: Snowflake's wire type: fixed, real, text, boolean, date, time, timestamp_ntz, timestamp_ltz, timestamp_tz,
            variant, object, array, binary.
        precision: Digits in all, of a fixed column.
        scale: Digits after the point, of a fixed column; of the second, of a time or timestamp.
        length: Characters (text) or bytes (binary).
        nullable: Whether NULL may occur.
    """

    name: str
    type: str = "text"
    precision: int | None = None
    scale: int | None = None
    length: int | None = None
    nullable: bool = True


@dataclass
class Result:
    """The outcome of a statement.

    Attributes:
        columns: One description per column.
        rows: The rows as Python values; or None where `table` holds them.
        table: The rows as an Arrow table of DuckDB's own types (timestamps as Arrow timestamps, not Snowflake structs).
        statement_type: Snowflake's statement type id (0x1000 a query, 0x3100 an insert, …), which tells the connector
            how to count affected rows.
        affected: Rows inserted, updated or deleted; None for a query.
        inserted: Rows that CREATE TABLE … AS SELECT put into its table; None for all else.
    """

    columns: list[Column]
    rows: list[tuple[Any, ...]] | None = None
    table: pa.Table | None = None
    statement_type: int = 0x1000
    affected: int | None = None
    inserted: int | None = None

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return self.table.num_rows if self.table is not None else len(self.rows or [])

    def tuples(self) -> list[tuple[Any, ...]]:
        """Give the rows as Python tuples, wherever they are held."""
        if self.table is None:
            return self.rows or []
        columns = [column.to_pylist() for column in self.table.columns]
        return list(zip(*columns, strict=True)) if columns else []


def text_result(columns: Sequence[str], rows: Iterable[Sequence[Any]], statement_type: int = 0x1000) -> Result:
    """Make a result whose columns are all text.

    Args:
        columns: Column names.
        rows: Values; None stays NULL, anything else is turned into text.
        statement_type: Snowflake's statement type id.

    Returns:
        The result.
    """
    texts = [tuple(None if value is None else str(value) for value in row) for row in rows]
    return Result([Column(name, "text", length=TEXT_LENGTH) for name in columns], texts, statement_type=statement_type)


def status_result(message: str, statement_type: int = 0x6000) -> Result:
    """Make the one-row answer of a DDL statement.

    Args:
        message: For example "Table T successfully created.".
        statement_type: Snowflake's statement type id.

    Returns:
        One row, one column named status.
    """
    return text_result(["status"], [(message,)], statement_type)
