"""Snowflake's SQL types as declared for a Python function.

How they are written, held by DuckDB and sent to a worker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from embedded_snowflake.errors import not_supported
from embedded_snowflake.results import BINARY_LENGTH, TEXT_LENGTH, Column
from embedded_snowflake.sql.parse.nodes import DeclaredType

# Every spelling -> the family it belongs to: https://docs.snowflake.com/en/sql-reference/intro-summary-data-types
_FAMILIES = {
    **dict.fromkeys(
        ("NUMBER", "DECIMAL", "DEC", "NUMERIC", "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT"), "NUMBER"
    ),
    **dict.fromkeys(("FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "DOUBLE PRECISION", "REAL"), "FLOAT"),
    **dict.fromkeys(
        ("VARCHAR", "CHAR", "CHARACTER", "NCHAR", "STRING", "TEXT", "NVARCHAR", "NVARCHAR2", "CHAR VARYING"), "VARCHAR"
    ),
    **dict.fromkeys(("BINARY", "VARBINARY"), "BINARY"),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMPNTZ", "DATETIME"), "TIMESTAMP_NTZ"),
    **dict.fromkeys(("TIMESTAMP_LTZ", "TIMESTAMPLTZ"), "TIMESTAMP_LTZ"),
    **dict.fromkeys(("TIMESTAMP_TZ", "TIMESTAMPTZ"), "TIMESTAMP_TZ"),
    **{name: name for name in ("BOOLEAN", "DATE", "TIME", "VARIANT", "ARRAY", "OBJECT", "MAP", "VECTOR")},
}
_DUCK = {
    "FLOAT": "DOUBLE",
    "VARCHAR": "VARCHAR",
    "BINARY": "BLOB",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIME": "TIME",
    "TIMESTAMP_NTZ": "TIMESTAMP",
    "TIMESTAMP_LTZ": "TIMESTAMPTZ",
    "TIMESTAMP_TZ": "TIMESTAMPTZ",
}
_WIRE = {
    "FLOAT": "real",
    "VARCHAR": "text",
    "BINARY": "binary",
    "VECTOR": "array",
    "MAP": "object",
}
# What a column of the type holds as JSON text in DuckDB.
_SEMI_STRUCTURED = frozenset({"VARIANT", "ARRAY", "OBJECT", "MAP", "VECTOR"})
# Whole numbers travel as 64-bit integers, unless declared with other digits than those fit.
_INT64_DIGITS = 18


@dataclass(frozen=True)
class SqlType:
    """One declared type.

    Attributes:
        family: NUMBER, FLOAT, VARCHAR, BINARY, BOOLEAN, DATE, TIME, TIMESTAMP_NTZ/_LTZ/_TZ, VARIANT, ARRAY, OBJECT,
            MAP, VECTOR, …
        precision: Digits of a NUMBER.
        scale: Digits after the point of a NUMBER.
        length: Characters or bytes of VARCHAR and BINARY, None for the largest.
        text: The type as written, of a structured one (ARRAY(INT), MAP(VARCHAR, INT)); else "".
    """

    family: str
    precision: int = 38
    scale: int = 0
    length: int | None = None
    text: str = ""

    @property
    def signature(self) -> str:
        """The type as SHOW and DROP write it in a function's arguments: without digits or length."""
        return self.family

    @property
    def display(self) -> str:
        """The type as DESCRIBE writes it: NUMBER(38,0) or VARCHAR(10)."""
        if self.text:
            return self.text
        if self.family == "NUMBER":
            return f"NUMBER({self.precision},{self.scale})"
        return f"{self.family}({self.length})" if self.length else self.family

    @property
    def is_semi_structured(self) -> bool:
        """Whether values are JSON text outside a worker."""
        return self.family in _SEMI_STRUCTURED

    @property
    def is_integer(self) -> bool:
        """Whether it is a whole number that travels as a 64-bit integer."""
        return self.family == "NUMBER" and self.scale == 0 and (self.precision <= _INT64_DIGITS or self.precision == 38)

    @property
    def duck(self) -> str:
        """DuckDB's type for its values; semi-structured ones are text, to be cast to JSON by the caller."""
        if self.is_semi_structured:
            return "VARCHAR"
        if self.family == "NUMBER":
            return "BIGINT" if self.is_integer else f"DECIMAL({self.precision},{self.scale})"
        return _DUCK[self.family]

    @property
    def worker(self) -> dict[str, Any]:
        """The type as a worker knows it: {"kind": …, "precision": …, "scale": …}."""
        kind = (
            "json"
            if self.is_semi_structured
            else "int"
            if self.is_integer
            else "decimal"
            if self.family == "NUMBER"
            else self.family.lower()
        )
        return {"kind": kind, "precision": self.precision, "scale": self.scale}

    def column(self, name: str) -> Column:
        """Describe a result column of this type.

        Args:
            name: Name of the column.

        Returns:
            The column as the client sees it.
        """
        if self.family == "NUMBER":
            return Column(name, "fixed", precision=self.precision, scale=self.scale)
        wire = _WIRE.get(self.family, self.family.lower())
        if self.family == "VARCHAR":
            return Column(name, wire, length=self.length or TEXT_LENGTH)
        if self.family == "BINARY":
            return Column(name, wire, length=self.length or BINARY_LENGTH)
        if self.family.startswith("TIME"):
            return Column(name, wire, precision=0, scale=9)
        return Column(name, wire)


def sql_type(name: str, numbers: list[int], text: str = "") -> SqlType:
    """Make a type of its name and what stood in parentheses.

    Args:
        name: Name in any case: "number", "double precision", …
        numbers: Numbers in parentheses: precision and scale, or a length.
        text: The whole type as written where the parentheses hold types; else "".

    Returns:
        The type.

    Raises:
        SnowflakeError: There is no such type, or it cannot be an argument or result here.
    """
    word = name.upper()
    family = _FAMILIES.get(word)
    if family is None:
        raise not_supported(f"Python functions with the type {name}")
    if family == "NUMBER" and numbers:
        return SqlType(family, numbers[0], numbers[1] if len(numbers) > 1 else 0)
    if family in ("VARCHAR", "BINARY") and numbers:
        return SqlType(family, length=numbers[0])
    if word in ("CHAR", "CHARACTER", "NCHAR"):
        return SqlType(family, length=1)
    return SqlType(family, text=text.upper())


def declared(node: DeclaredType) -> SqlType:
    """Make a type of a statement's declaration.

    Args:
        node: The declaration.

    Returns:
        The type.

    Raises:
        SnowflakeError: There is no such type, or it cannot be an argument or result here.
    """
    return sql_type(node.this, node.args["numbers"], node.args["text"])


def signature(types: list[DeclaredType]) -> str:
    """Write argument types as SHOW does.

    Args:
        types: The types as a statement declares them.

    Returns:
        For example "NUMBER, VARCHAR", as `Definition.signature` is.

    Raises:
        SnowflakeError: One is no type, or cannot be an argument here.
    """
    return ", ".join(declared(node).signature for node in types)
