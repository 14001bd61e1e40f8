"""What is declared about tables and their columns beyond DuckDB's catalogue: kinds, lengths, when they were made."""

from __future__ import annotations

import datetime

from include.local.snowflake.names import quote
from include.local.snowflake.state.facts import Fact
from include.local.snowflake.state.session import Session, TableName

_NOT_OURS = frozenset({"temp", "system", "_fs_global"})


def declare(session: Session, name: TableName, kind: str, declared: list[Fact]) -> None:
    """Record a new table or view, in the transaction that makes it.

    Args:
        session: The session.
        name: Its full name.
        kind: TABLE, TRANSIENT or VIEW.
        declared: Its columns.
    """
    if name in session.temporary:
        session.column_facts[name] = declared
        return
    forget(session, name)
    place = f"{quote(name[0])}._fs_information_schema"
    now = datetime.datetime.now(datetime.UTC)
    session.duck.execute(f"insert into {place}.table_facts values (?, ?, ?, ?)", [name[1], name[2], kind, now])
    rows = [(name[1], name[2], fact.name, fact.kind, fact.length) for fact in declared if fact.kind is not None or fact.length is not None]
    if rows:
        session.duck.executemany(f"insert into {place}.column_facts values (?, ?, ?, ?, ?)", rows)


def forget(session: Session, name: TableName) -> None:
    """Forget a dropped or replaced table.

    Args:
        session: The session, inside a transaction.
        name: Its full name.
    """
    for table in ("table_facts", "column_facts"):
        place = f"{quote(name[0])}._fs_information_schema.{table}"
        session.duck.execute(f"delete from {place} where schema_name = ? and table_name = ?", [name[1], name[2]])


def columns(session: Session, name: TableName) -> list[Fact]:
    """Read what is known about a table's columns.

    Args:
        session: The session.
        name: Its full name.

    Returns:
        One fact per column, in order; empty when there is no such table.
    """
    temporary = name in session.temporary
    place = ("temp", "main", ".".join(name)) if temporary else name
    cursor = session.duck
    sql = "select column_name, is_nullable from duckdb_columns() where database_name=? and schema_name=? and table_name=?"
    found = cursor.execute(sql + " order by column_index", list(place)).fetchall()
    if not found:
        return []
    if temporary:
        declared = {fact.name: (fact.kind, fact.length) for fact in session.column_facts.get(name, [])}
    elif name[1] == "INFORMATION_SCHEMA" or name[0] in _NOT_OURS:
        declared = {}
    else:
        facts_table = f"{quote(name[0])}._fs_information_schema.column_facts"
        sql = f"select column_name, kind, length from {facts_table} where schema_name=? and table_name=?"
        declared = {row[0]: (row[1], row[2]) for row in cursor.execute(sql, [name[1], name[2]]).fetchall()}
    unknown = (None, None)
    return [Fact(name, bool(nullable), declared.get(name, unknown)[1], declared.get(name, unknown)[0]) for name, nullable in found]
