"""What Snowflake says of a table: its columns, their types, its primary key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from include.tasks.compare.names import quoted

if TYPE_CHECKING:
    from snowflake.snowpark import Session

NOT_THERE = 2003
"""Snowflake's error code of an object that does not exist, or that the role may not see."""
_FORMATS = {
    "DATE": "YYYY-MM-DD",
    "TIME": "HH24:MI:SS.FF9",
    "TIMESTAMP_NTZ": "YYYY-MM-DD HH24:MI:SS.FF9",
    "TIMESTAMP_LTZ": "YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM",
    "TIMESTAMP_TZ": "YYYY-MM-DD HH24:MI:SS.FF9 TZH:TZM",
}
"""How moments are shown: whole, where a session's own formats leave out what may differ."""
_OF_ANY_LENGTH = {"VARCHAR", "BINARY", "TIME", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"}
SEMI_STRUCTURED = {"VARIANT", "OBJECT", "ARRAY", "MAP"}
_NUMBERS = {"FLOAT", "NUMBER", "DECFLOAT"}
LARGEST_PRECISION = 38


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: As Snowflake stores it.
        type: As Snowflake describes it, such as `NUMBER(38,0)`.
        primary: Whether it is part of the table's primary key.
    """

    name: str
    type: str
    primary: bool = False

    @property
    def family(self) -> str:
        """Its type without what stands in parentheses."""
        return self.type.partition("(")[0].strip().upper()

    @property
    def kind(self) -> str:
        """What two columns of one type have in common.

        A number's precision and a text's length say how large values may be, and are left out; a number's scale says
        how values are rounded.
        """
        if self.family == "NUMBER":
            return f"NUMBER with {self.scale} decimals"
        return self.family if self.family in _OF_ANY_LENGTH else self.type

    @property
    def is_number(self) -> bool:
        """Whether it has differences that can be measured."""
        return self.family in _NUMBERS

    @property
    def can_be_key(self) -> bool:
        """Whether rows may be known by it: by no measured value, and by nothing with parts."""
        return self.family in {"NUMBER", "VARCHAR", "BINARY", "DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"}

    @property
    def precision(self) -> int:
        """The digits of a number."""
        return self._sizes[0] if self._sizes else LARGEST_PRECISION

    @property
    def scale(self) -> int:
        """The decimals of a number."""
        return self._sizes[1] if len(self._sizes) > 1 else 0

    @property
    def _sizes(self) -> list[int]:
        return [int(size) for size in re.findall(r"\d+", self.type.partition("(")[2])]

    def compared(self, other: Column) -> str:
        """Return the SQL of its value, as it is compared with a column of another table."""
        name = quoted(self.name)
        if self.is_number and self.family != other.family:
            return f"{name}::FLOAT"
        if self.family in ("GEOGRAPHY", "GEOMETRY"):
            return f"ST_ASWKT({name})"
        return f"{name}::ARRAY" if self.family == "VECTOR" else name

    def shown(self, value: str) -> str:
        """Return the SQL that shows one of its values, `value` in SQL, with all its digits."""
        if self.family in SEMI_STRUCTURED or self.family == "VECTOR":
            return f"TO_JSON({value})"
        if self.family == "BINARY":
            return f"TO_VARCHAR({value}, 'HEX')"
        return f"TO_VARCHAR({value}, '{_FORMATS[self.family]}')" if self.family in _FORMATS else value


def comparable(one: Column, other: Column) -> bool:
    """Whether the values of two columns can be compared: they are of one family, or both numbers."""
    return one.family == other.family or (one.is_number and other.is_number)


@dataclass(frozen=True)
class Table:
    """A table that is there.

    Attributes:
        name: As SQL writes it.
        columns: Its columns in their order.
    """

    name: str
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Its columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def primary_key(self) -> list[str]:
        """The columns of its declared primary key."""
        return [column.name for column in self.columns if column.primary]


def described(session: Session, name: str) -> Table | None:
    """Return a table.

    Args:
        session: An open session.
        name: The table, as SQL writes it.

    Returns:
        The table; None if it is not there, or if the role may not see it, which Snowflake does not tell apart.
    """
    from snowflake.snowpark.exceptions import SnowparkSQLException

    try:
        rows = session.sql(f"DESCRIBE TABLE {name}").collect()
    except SnowparkSQLException as error:
        if error.sql_error_code == NOT_THERE:
            return None
        raise
    return Table(name, tuple(Column(row["name"], row["type"], row["primary key"] == "Y") for row in rows))
