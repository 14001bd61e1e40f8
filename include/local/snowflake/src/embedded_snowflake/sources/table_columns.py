"""The columns of a table or a view, or of a query's result, as DESCRIBE TABLE shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from embedded_snowflake.errors import does_not_exist
from embedded_snowflake.names import TableName, decoded, display_path, held, split_name
from embedded_snowflake.private_tables import SCHEMA, SEQUENCE_PREFIX
from embedded_snowflake.results import BINARY_LENGTH, TEXT_LENGTH, Column, Result, text_result
from embedded_snowflake.state import declarations
from embedded_snowflake.state.engine import INTERNAL_SCHEMAS
from embedded_snowflake.state.facts import refined
from embedded_snowflake.state.session import Session
from embedded_snowflake.wire import column_of

_DESCRIBE = 0x4500
_COLUMNS = [
    "name",
    "type",
    "kind",
    "null?",
    "default",
    "primary key",
    "unique key",
    "check",
    "expression",
    "comment",
    "policy name",
]
_COLUMNS += ["privacy domain"]
_OUR_SPELLING = {
    "now()": "CURRENT_TIMESTAMP()",
    "get_current_timestamp()": "CURRENT_TIMESTAMP()",
    "today()": "CURRENT_DATE()",
}


def of_table(session: Session, name: TableName, kind: str = "TABLE") -> Result:
    """Describe a table or a view.

    Args:
        session: The session, which may have a temporary one of that name.
        name: Its full name.
        kind: TABLE or VIEW, for the error.

    Returns:
        One row for each column, as DESCRIBE TABLE gives them.

    Raises:
        SnowflakeError: It does not exist.
    """
    place = session.place_of(name)
    if place.schema == "INFORMATION_SCHEMA":
        place = place._replace(schema=SCHEMA)
    rows = session.duck.execute(
        "select column_name, data_type, is_nullable, column_default, comment from duckdb_columns() "
        "where database_name=? and schema_name=? and table_name=? order by column_index",
        list(held(place)),
    ).fetchall()
    if not rows or name.schema in INTERNAL_SCHEMAS:
        raise does_not_exist("Table" if kind == "TABLE" else "View", display_path(name))
    known = {fact.name: fact for fact in declarations.columns(session, name)}
    keys = declarations.keys(session, name)
    described = []
    for kept, duck_type, nullable, default, comment in rows:
        column = decoded(str(kept))
        made = refined(column_of(column, str(duck_type)), known.get(column))
        marks = [
            "Y" if any(column in key.columns for key in keys if key.kind == kind) else "N"
            for kind in ("PRIMARY KEY", "UNIQUE")
        ]
        described.append(
            (column, type_name(made), "Y" if nullable else "N", _default(session, default), *marks, comment)
        )
    return _result(described)


def _default(session: Session, text: str | None) -> str | None:
    """Write a column's default as Snowflake shows it: DuckDB's NEXTVAL is an identity, or a sequence of the user's."""
    if text is None or not text.startswith("nextval("):
        return _OUR_SPELLING.get(text or "", text)
    place = split_name(decoded(text).removeprefix("nextval('").removesuffix("')"))
    if not place[-1].rpartition(".")[2].upper().startswith(SEQUENCE_PREFIX):
        return f"{display_path(place)}.NEXTVAL"
    sql = (
        "select start_value, increment_by from duckdb_sequences() where database_name=? and schema_name=? and"
        " sequence_name=?"
    )
    ((start, increment),) = session.duck.execute(sql, list(held(TableName(*place)))).fetchall()
    return f"IDENTITY START {start} INCREMENT {increment} NOORDER"


def of_result(columns: Sequence[Column]) -> Result:
    """Describe a query's result.

    Args:
        columns: Its columns.

    Returns:
        One row for each.
    """
    return _result(
        [(column.name, type_name(column), "Y" if column.nullable else "N", None, "N", "N", None) for column in columns]
    )


def type_name(column: Column) -> str:
    """Write a column's type as DESCRIBE does.

    Returns:
        For example NUMBER(38,0), VARCHAR(16777216), TIMESTAMP_NTZ(9).
    """
    if column.type == "fixed":
        return f"NUMBER({column.precision},{column.scale})"
    if column.type == "text":
        return f"VARCHAR({column.length or TEXT_LENGTH})"
    if column.type == "real":
        return "FLOAT"
    if column.type == "binary":
        return f"BINARY({column.length or BINARY_LENGTH})"
    if column.type.startswith("time"):
        return f"{column.type.upper()}(9)"
    return column.type.upper()


def _result(rows: list[tuple[Any, ...]]) -> Result:
    """Make the rows of DESCRIBE from name, type, null?, default, primary key, unique key and comment."""
    full = [(name, kind, "COLUMN", *middle, None, None, comment, None, None) for name, kind, *middle, comment in rows]
    return text_result(_COLUMNS, full, _DESCRIBE)
