"""What is known about columns beyond DuckDB's types: whether NULL, how long, which kind of VARIANT or timestamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from embedded_snowflake.results import Column

_CAST_KINDS = {
    exp.DataType.Type.ARRAY: "array",
    exp.DataType.Type.OBJECT: "object",
    exp.DataType.Type.MAP: "object",
    exp.DataType.Type.STRUCT: "object",
    exp.DataType.Type.VARIANT: "variant",
    exp.DataType.Type.TIMESTAMPTZ: "timestamp_tz",
    exp.DataType.Type.TIMESTAMPLTZ: "timestamp_ltz",
}
_SIZED = frozenset(
    exp.DataType.Type[name] for name in ("VARCHAR", "TEXT", "CHAR", "NCHAR", "NVARCHAR", "BINARY", "VARBINARY")
)


@dataclass(frozen=True)
class Fact:
    """What is known about one column.

    Attributes:
        nullable: Whether it may be NULL.
        length: Characters of a text column, bytes of a binary one; None for the full length.
        kind: variant, array, object or timestamp_tz where declared or evident; None otherwise.
    """

    name: str
    nullable: bool = True
    length: int | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Clustering:
    """A table's clustering key.

    Attributes:
        written: As written, with its parentheses.
        shown: As SHOW TABLES shows it.
    """

    written: str
    shown: str


def declared_kind(definition: exp.DataType | None) -> str | None:
    """Kind of a declared column type that DuckDB keeps as another.

    Args:
        definition: The type as written.

    Returns:
        array, object, variant, timestamp_tz or None.
    """
    return _CAST_KINDS.get(definition.this) if definition is not None else None


def of_definition(schema: exp.Expr) -> list[Fact]:
    """Read the columns that a CREATE TABLE declares.

    Args:
        schema: t (a VARCHAR(5), …) of a CREATE TABLE, identifiers in their stored case.

    Returns:
        One fact per declared column.
    """
    found = []
    for item in schema.expressions if isinstance(schema, exp.Schema) else []:
        if isinstance(item, exp.ColumnDef):
            found.append(of_type(item.name, item.kind))
    return found


def of_type(name: str, kind: exp.DataType | None) -> Fact:
    """Read what a declared type says.

    Args:
        name: The column's name.
        kind: Its type as written; None where there is none.

    Returns:
        What DuckDB's type will not tell.
    """
    if kind is None or kind.this not in _SIZED:
        return Fact(name, kind=declared_kind(kind))
    size = next((part.name for part in kind.expressions if part.name.isdigit()), None)
    if size is None and kind.this in (exp.DataType.Type.CHAR, exp.DataType.Type.NCHAR):
        size = "1"
    return Fact(name, length=int(size) if size else None)


def of_column(column: Column) -> Fact:
    """Read what the column of a result says, which is a table's column from now on.

    Args:
        column: The column.

    Returns:
        What DuckDB's type will not tell.
    """
    kind = column.type if column.type in ("array", "object", "variant", "timestamp_tz") else None
    return Fact(column.name, column.nullable, column.length if column.type in ("text", "binary") else None, kind)


def refine(columns: list[Column], known: Sequence[Fact]) -> list[Column]:
    """Say what is known about a result's columns.

    Args:
        columns: Columns after DuckDB's types.
        known: Facts about them.

    Returns:
        The columns; unchanged when the facts are of another number.
    """
    if len(columns) != len(known):
        return columns
    return [refined(column, fact) for column, fact in zip(columns, known, strict=True)]


def refined(column: Column, fact: Fact | None) -> Column:
    """Say what is known about one column.

    Args:
        column: A column after DuckDB's type.
        fact: A fact about it; None where nothing is known.

    Returns:
        The column.
    """
    if fact is None:
        return column
    changed = replace(column, nullable=fact.nullable)
    if fact.name and column.name.startswith(f"{fact.name}_"):  # DuckDB numbers a second column of the same name
        changed = replace(changed, name=fact.name)
    if column.type in ("text", "binary") and fact.length is not None:
        changed = replace(changed, length=fact.length)
    semi = column.type == "variant" and fact.kind in ("array", "object", "variant")
    zoned = column.type == "timestamp_ltz" and fact.kind == "timestamp_tz"
    return replace(changed, type=fact.kind) if (semi or zoned) and fact.kind is not None else changed
