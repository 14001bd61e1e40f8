"""Loaded values as their columns' types: by the casts that INSERT makes, with the file format's own formats.

A text longer than its column is an error of COPY's own, or is cut with TRUNCATECOLUMNS = TRUE or ENFORCE_LENGTH =
FALSE: https://docs.snowflake.com/en/sql-reference/sql/copy-into-table#copy-options-copyoptions
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.sources.file_formats import FileFormat
from embedded_snowflake.sql.rewrite.conversions import assigned
from embedded_snowflake.state import duck_errors
from embedded_snowflake.statements.assignment import TargetColumn

_SEMI_STRUCTURED = (exp.DataType.Type.VARIANT, exp.DataType.Type.OBJECT, exp.DataType.Type.ARRAY)
_BINARY = (exp.DataType.Type.BINARY, exp.DataType.Type.VARBINARY)
TOO_LONG = 100074


def cast(value: exp.Expr, column: TargetColumn, form: FileFormat, *, text: bool) -> exp.Expr:
    """Convert a loaded value.

    Args:
        value: Expression in Snowflake's tree.
        column: The column to write it to.
        form: Format of the file.
        text: Whether it is a text of a file, which the file format says how to read.

    Returns:
        An expression in Snowflake's tree; a length is not held to: see `sized`.
    """
    kind = column.type.this
    if text and kind in _SEMI_STRUCTURED:
        value = exp.Anonymous(this="PARSE_JSON", expressions=[value])
        if kind == exp.DataType.Type.VARIANT:
            return value
    reader = _reader(column.type, form) if text else None
    if reader is not None:
        return exp.Anonymous(this=reader[0], expressions=[value, exp.Literal.string(reader[1])])
    target = column.type.copy()
    if column.length is not None:
        target.set("expressions", [])
    return assigned(value, target, column.name)


def _reader(target: exp.DataType, form: FileFormat) -> tuple[str, str] | None:
    """Find the function that reads a text in the file format's own format, and that format."""
    kind = target.this
    if kind == exp.DataType.Type.DATE and form.date_format.upper() != "AUTO":
        return "TO_DATE", form.date_format
    if kind == exp.DataType.Type.TIME and form.time_format.upper() != "AUTO":
        return "TO_TIME", form.time_format
    if kind.name.startswith("TIMESTAMP") and form.timestamp_format.upper() != "AUTO":
        zoned = kind in (exp.DataType.Type.TIMESTAMPLTZ, exp.DataType.Type.TIMESTAMPTZ)
        return "TO_TIMESTAMP_LTZ" if zoned else "TO_TIMESTAMP_NTZ", form.timestamp_format
    return ("TO_BINARY", form.binary_format) if kind in _BINARY and form.binary_format != "HEX" else None


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
        return (
            f"left({value}, {column.length})"
            if column.duck_type == "VARCHAR"
            else f"array_slice({value}, 1, {column.length})"
        )
    return f"{PREFIX}loaded_{'varchar' if column.duck_type == 'VARCHAR' else 'binary'}({value}, {column.length})"


_WORDS: dict[object, tuple[str, int, str]] = {
    exp.DataType.Type.BOOLEAN: ("Boolean value '{}' is not recognized", 100037, "22018"),
    exp.DataType.Type.DATE: ("Date '{}' is not recognized", 100040, "22007"),
    exp.DataType.Type.TIME: ("Time '{}' is not recognized", 100108, "22007"),
    exp.DataType.Type.BINARY: ("The following string is not a legal hex-encoded value: '{}'", 100115, "22000"),
    **dict.fromkeys(_SEMI_STRUCTURED, ("Error parsing JSON: {}", 100069, "22P02")),
}


def failure(text: str, kind: exp.DataType, length: int | None) -> tuple[str, int, str]:
    """Word what is wrong with a value that does not convert.

    Args:
        text: The value.
        kind: The type that it should have.
        length: The longest text or binary that its column holds; None where it has no length.

    Returns:
        Message, error number and SQLSTATE.
    """
    binary = kind.this in _BINARY
    if length is not None and (not binary or len(text) > 2 * length):
        return f"User character length limit ({length}) exceeded by string '{text}'", TOO_LONG, "54000"
    if kind.this.name.startswith("TIMESTAMP") or kind.this == exp.DataType.Type.DATETIME:
        return f"Timestamp '{text}' is not recognized", 100035, "22007"
    if kind.this in _WORDS:
        message, code, sqlstate = _WORDS[kind.this]
        return message.format(text), code, sqlstate
    if duck_errors.is_finite(text):
        return f"Numeric value '{text}' is out of range", 100039, "22003"
    return f"Numeric value '{text}' is not recognized", 100038, "22018"
