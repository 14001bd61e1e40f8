"""Loaded values as their columns' types.

A text longer than its column is an error of COPY's own, or is cut with TRUNCATECOLUMNS = TRUE or ENFORCE_LENGTH = FALSE:
https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions
"""

from __future__ import annotations

from collections.abc import Sequence

from include.local.snowflake.errors import SnowflakeError
from include.local.snowflake.library.macros import PREFIX
from include.local.snowflake.names import quote
from include.local.snowflake.statements.assignment import TargetColumn


def converted(value: str, column: TargetColumn, *, truncate: bool) -> str:
    """Convert a value of any type.

    Args:
        value: Expression in DuckDB's SQL.
        column: The column to write it to.
        truncate: Whether a text that is too long is cut.

    Returns:
        An expression of the column's DuckDB type; it fails where the value does not fit.
    """
    if column.duck_type == "VARCHAR":
        return sized(f"{PREFIX}varchar({value})", column, truncate=truncate)
    if column.duck_type in ("BIGINT", "HUGEINT"):
        return f"{PREFIX}to_{'wide_' if column.duck_type == 'HUGEINT' else ''}integer({value})"
    return sized(f"cast({value} as {column.duck_type})", column, truncate=truncate)


def sized(value: str, column: TargetColumn, *, truncate: bool) -> str:
    """Hold a text or binary to its column's length.

    Args:
        value: Expression in DuckDB's SQL, of the column's type.
        column: The column to write it to.
        truncate: Whether what is too long is cut.

    Returns:
        The expression; as it is where no length was declared.
    """
    if column.length is None:
        return value
    if truncate:
        return f"left({value}, {column.length})" if column.duck_type == "VARCHAR" else f"array_slice({value}, 1, {column.length})"
    return f"{PREFIX}loaded_{'varchar' if column.duck_type == 'VARCHAR' else 'binary'}({value}, {column.length})"


def too_long(column: TargetColumn, text: str) -> SnowflakeError:
    """Make the error of a text that is too long for its column.

    Args:
        column: The column.
        text: The text.

    Returns:
        Error 100074 (54000).
    """
    return SnowflakeError(f"User character length limit ({column.length}) exceeded by string '{text}'", 100074, "54000")


def query(source: str, columns: Sequence[TargetColumn], *, truncate: bool) -> str:
    """Convert a query's columns.

    Args:
        source: A query in DuckDB's SQL.
        columns: The columns to write its columns to.
        truncate: Whether texts that are too long are cut.

    Returns:
        A query around it; columns of the given one beyond these stay behind them, so that their number is not hidden.
    """
    names = [quote(f"_c{number}") for number in range(len(columns))]
    values = [converted(name, column, truncate=truncate) for name, column in zip(names, columns, strict=True)]
    listed = ", ".join(names)
    return f"select {', '.join(values)}, _q.* exclude ({listed}) from ({source}) as _q({listed})"
