"""COPY_HISTORY and VALIDATE: how files were loaded into a table, and what was wrong with rows that were not.

https://docs.snowflake.com/en/sql-reference/functions/copy_history and …/validate
"""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa
from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error, not_supported
from embedded_snowflake.names import TableName, display, private_table, split_name
from embedded_snowflake.sources import values
from embedded_snowflake.state import declarations
from embedded_snowflake.state.session import Session
from embedded_snowflake.state.statement import Statement

_TEXT, _NUMBER, _TIME = pa.string(), pa.int64(), pa.timestamp("us", tz="UTC")
_HISTORY = {
    "FILE_NAME": _TEXT,
    "STAGE_LOCATION": _TEXT,
    "LAST_LOAD_TIME": _TIME,
    "ROW_COUNT": _NUMBER,
    "ROW_PARSED": _NUMBER,
    "FILE_SIZE": _NUMBER,
    "FIRST_ERROR_MESSAGE": _TEXT,
    "FIRST_ERROR_LINE_NUMBER": _NUMBER,
    "FIRST_ERROR_CHARACTER_POS": _NUMBER,
    "FIRST_ERROR_COLUMN_NAME": _TEXT,
    "ERROR_COUNT": _NUMBER,
    "ERROR_LIMIT": _NUMBER,
    "STATUS": _TEXT,
    "TABLE_CATALOG_NAME": _TEXT,
    "TABLE_SCHEMA_NAME": _TEXT,
    "TABLE_NAME": _TEXT,
    "PIPE_CATALOG_NAME": _TEXT,
    "PIPE_SCHEMA_NAME": _TEXT,
    "PIPE_NAME": _TEXT,
    "PIPE_RECEIVED_TIME": _TIME,
    "FIRST_COMMIT_TIME": _TIME,
}
_STATUS = {"LOADED": "Loaded", "PARTIALLY_LOADED": "Partially loaded", "LOAD_FAILED": "Load failed"}
_FLAWS = {
    "ERROR": _TEXT,
    "FILE": _TEXT,
    "LINE": _NUMBER,
    "CHARACTER": _NUMBER,
    "BYTE_OFFSET": _NUMBER,
    "CATEGORY": _TEXT,
    "CODE": _NUMBER,
    "SQL_STATE": _TEXT,
    "COLUMN_NAME": _TEXT,
    "ROW_NUMBER": _NUMBER,
    "ROW_START_LINE": _NUMBER,
    "REJECTED_RECORD": _TEXT,
}


def copy_history(statement: Statement, arguments: list[exp.Expr]) -> pa.Table:
    """Tell how files were loaded into a table.

    Args:
        arguments: TABLE_NAME, START_TIME and END_TIME, by name.

    Returns:
        One row for each file and load, the last one first.

    Raises:
        SnowflakeError: The table does not exist, or an argument is missing or not supported.
    """
    session = statement.session
    given = {item.this.name.upper(): item.expression for item in arguments if isinstance(item, exp.Kwarg)}
    if unknown := sorted(set(given) - {"TABLE_NAME", "START_TIME", "END_TIME"}):
        raise not_supported(f"COPY_HISTORY with {', '.join(unknown)}")
    if not {"TABLE_NAME", "START_TIME"} <= set(given):
        raise compilation_error("COPY_HISTORY needs TABLE_NAME and START_TIME.", 1003, "42000")
    name = _table(session, str(_value(statement, given["TABLE_NAME"])))
    start, end = (_moment(statement, given.get(f"{word}_TIME")) for word in ("START", "END"))
    if name in session.temporary:
        rows = [record[3:] for record in session.copied if record[0] == name]
    else:
        kept = private_table(name.database, "copied_files")
        sql = f"select * exclude (schema_name, table_name) from {kept} where schema_name = ? and table_name = ?"
        rows = session.duck.execute(sql, [name.schema, name.name]).fetchall()
    wanted = [row for row in rows if (start is None or row[2] >= start) and (end is None or row[2] <= end)]
    wanted.sort(key=lambda row: row[2], reverse=True)
    found = [(*row[:-1], _STATUS[row[-1]], *name, None, None, None, None, row[2]) for row in wanted]
    return _arrow(found, _HISTORY)


def validate(statement: Statement, arguments: list[exp.Expr]) -> pa.Table:
    """Tell what was wrong with rows that a COPY INTO did not load.

    Args:
        arguments: The table, and JOB_ID: the id of the load, or '_last'.

    Returns:
        One row for each.

    Raises:
        SnowflakeError: The table or the load is not known.
    """
    session = statement.session
    table = next((item for item in arguments if not isinstance(item, exp.Kwarg)), None)
    job = next(
        (item.expression for item in arguments if isinstance(item, exp.Kwarg) and item.this.name.upper() == "JOB_ID"),
        None,
    )
    if table is None or job is None:
        raise compilation_error("VALIDATE needs a table and JOB_ID.", 1003, "42000")
    name = _table(session, table.name if isinstance(table, exp.Literal) else table.sql(dialect="snowflake"))
    given = str(_value(statement, job))
    query_id = session.engine.load_flaws.last(session.number) if given == "_last" else given
    load = session.engine.load_flaws.of(query_id) if query_id is not None else None
    if load is None:
        raise SnowflakeError(f"Statement {given} not found", 709, "02000")
    if load[0] != name:
        raise compilation_error(f"Statement {query_id} did not load into table {display(name.name)}.", 1008, "22023")
    return _arrow(load[1], _FLAWS)


def _table(session: Session, text: str) -> TableName:
    *place, last = split_name(text)
    catalog, schema = [session.database or "", session.schema or ""][: 2 - len(place)] + place
    name = TableName(catalog, schema, last)
    if not declarations.columns(session, name):
        raise compilation_error(f"Table '{text}' does not exist or not authorized.", 2003, "42S02")
    return name


def _value(statement: Statement, node: exp.Expr) -> Any:
    if isinstance(node, exp.Literal):
        return node.name
    return values.read(statement, f"select {node.sql(dialect='snowflake')}").tuples()[0][0]


def _moment(statement: Statement, node: exp.Expr | None) -> datetime.datetime | None:
    if node is None:
        return None
    value = values.read(statement, f"select ({node.sql(dialect='snowflake')})::timestamp_ltz").tuples()[0][0]
    if not isinstance(value, datetime.datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=datetime.UTC)


def _arrow(rows: list[tuple[Any, ...]], kinds: dict[str, pa.DataType]) -> pa.Table:
    return pa.Table.from_pylist(
        [dict(zip(kinds, row, strict=True)) for row in rows], schema=pa.schema(list(kinds.items()))
    )
