"""Expressions that are Snowpark columns and plain Python functions of a row at once.

The operations are in operations.py.

Values are Python's own: int, Decimal, float, str, bool, date, datetime, and None for NULL. The rules of NULL, of
three-valued logic, of scales and of rounding are those of Snowflake's reference ("Ternary logic", "Arithmetic
operators", "Data type conversion").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from snowflake.snowpark import Column
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import (
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    LongType,
    StringType,
    TimestampTimeZone,
    TimestampType,
)

Row = Mapping[str, Any]

TYPES: dict[str, DataType] = {
    "int": LongType(),
    "decimal": DecimalType(10, 2),
    "float": DoubleType(),
    "text": StringType(),
    "digits": StringType(),
    "bool": BooleanType(),
    "date": DateType(),
    "time": TimestampType(TimestampTimeZone.NTZ),
}
"""The kinds of values, and the types of the columns that hold them; digits are texts that are whole numbers."""


@dataclass(frozen=True)
class Expression:
    """An operation and what it is applied to.

    Attributes:
        operation: The operation's name, or `column` or `literal`.
        arguments: Expressions; for `column` its name, for `literal` its value.
        kind: A key of `TYPES`.
        scale: Digits after the point of a number.
        does: The operation; None for `column` and `literal`.
    """

    operation: str
    arguments: tuple[Any, ...]
    kind: str
    scale: int = 0
    does: Operation | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"{self.operation}({', '.join(map(repr, self.arguments))})"

    def column(self) -> Column:
        """The expression for Snowpark."""
        if self.operation == "column":
            return F.col(spelled(self.arguments[0]))
        if self.operation == "literal":
            return self._literal()
        assert self.does is not None
        return self.does.column(*[one.column() for one in self.arguments])

    def _literal(self) -> Column:
        value = F.lit(self.arguments[0])
        if self.kind == "decimal":
            return value.cast(DecimalType(38, self.scale))
        # Of a function's argument Snowpark leaves the type out: nullif(-43.0, 59.0) is a NUMBER.
        return value.cast(DoubleType()) if self.kind == "float" else value

    def value(self, row: Row) -> Any:
        """The expression's value for a row."""
        if self.operation == "column":
            return _rounded(row[self.arguments[0]], self)
        if self.operation == "literal":
            return _rounded(self.arguments[0], self)
        assert self.does is not None
        values = [one.value(row) for one in self.arguments]
        if self.does.strict and any(value is None for value in values):
            return None
        return _rounded(self.does.value(*values), self)

    def operations(self) -> set[str]:
        """The names of all operations in it."""
        below = [one.operations() for one in self.arguments if isinstance(one, Expression)]
        return set().union({self.operation}, *below)


@dataclass(frozen=True)
class Operation:
    """One function or operator.

    Attributes:
        gives: Kind of its result.
        takes: Kinds of its arguments; `kind!x` is a constant of that kind among those of `CONSTANTS[x]`.
        column: It, of Snowpark's columns.
        value: It, of Python's values.
        strict: Whether NULL in any argument gives NULL.
        scale: Digits after the point of its result, from those of its arguments.
    """

    gives: str
    takes: tuple[str, ...]
    column: Callable[..., Column]
    value: Callable[..., Any]
    strict: bool = True
    scale: Callable[..., int] = lambda *scales: 0


def spelled(name: str) -> str:
    """A stored name as a user would write it: without quotes, in lower case, where it needs none."""
    plain = name.replace("_", "A").isalnum() and name.isascii() and name == name.upper() and not name[0].isdigit()
    return name.lower() if plain else quoted(name)


def quoted(name: str) -> str:
    """A stored name in double quotes."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _rounded(value: Any, expression: Expression) -> Any:
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-expression.scale), ROUND_HALF_UP)
    return value
