"""What is declared about tables and their columns beyond DuckDB's catalog: kinds, lengths, when they were made."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from embedded_snowflake.names import TEMPORARY, TableName, decoded, path, private_table
from embedded_snowflake.private_tables import GLOBAL_DATABASE, LOAD_HISTORY
from embedded_snowflake.state.facts import Clustering, Fact
from embedded_snowflake.state.session import Session

NAMED_TABLES = ("table_facts", "column_facts", "key_facts", "cluster_facts", "copied_files")
_LOAD_TABLES = (LOAD_HISTORY, "loaded_files")
_NOT_OURS = frozenset({TEMPORARY[0], "system", GLOBAL_DATABASE})


@dataclass(frozen=True)
class Key:
    """A key of a table.

    Attributes:
        name: The constraint's name.
        kind: PRIMARY KEY, UNIQUE or FOREIGN KEY.
        columns: Its columns, in order; none of a foreign key's are kept.
    """

    name: str
    kind: str
    columns: tuple[str, ...]


def declare(session: Session, name: TableName, kind: str, declared: list[Fact], keys: Sequence[Key] = ()) -> None:
    """Record a new table or view, in the transaction that makes it.

    Args:
        session: Session that declares or asks; what it says of its temporary tables it keeps itself.
        name: Its full name.
        kind: TABLE, TRANSIENT or VIEW.
        declared: Its columns.
        keys: Its keys; those of temporary tables are not kept.
    """
    if name in session.temporary:
        session.column_facts[name] = declared
        return
    forget(session, name)
    add_keys(session, name, keys)
    now = datetime.datetime.now(datetime.UTC)
    session.duck.execute(
        f"insert into {private_table(name.database, 'table_facts')} values (?, ?, ?, ?)",
        [name.schema, name.name, kind, now],
    )
    _write_columns(session, name, declared)


def redeclare(session: Session, name: TableName, declared: list[Fact]) -> None:
    """Record a table's columns anew, after a change of them.

    Args:
        session: The session, inside a transaction.
        name: The table's full name.
        declared: Its columns now.
    """
    if name in session.temporary:
        session.column_facts[name] = declared
        return
    _delete(session, name, "column_facts")
    _write_columns(session, name, declared)


def _write_columns(session: Session, name: TableName, declared: list[Fact]) -> None:
    rows = [
        (name.schema, name.name, fact.name, fact.kind, fact.length)
        for fact in declared
        if fact.kind is not None or fact.length is not None
    ]
    if rows:
        place = private_table(name.database, "column_facts")
        session.duck.executemany(f"insert into {place} values (?, ?, ?, ?, ?)", rows)


def add_keys(session: Session, name: TableName, keys: Sequence[Key]) -> None:
    """Record keys of a table.

    Args:
        session: The session, inside a transaction.
        name: The table's full name.
        keys: The keys; nothing happens for a temporary table.
    """
    rows = [
        (*name[1:], key.name, key.kind, column, place) for key in keys for place, column in enumerate(key.columns, 1)
    ]
    if rows and name not in session.temporary:
        session.duck.executemany(
            f"insert into {private_table(name.database, 'key_facts')} values (?, ?, ?, ?, ?, ?)", rows
        )


def replace_keys(session: Session, name: TableName, now: Sequence[Key]) -> None:
    """Record a table's keys anew, after a change of them.

    Args:
        session: The session, inside a transaction.
        name: The table's full name; nothing happens for a temporary table.
        now: Its keys now.
    """
    if name not in session.temporary:
        _delete(session, name, "key_facts")
        add_keys(session, name, now)


def keys(session: Session, name: TableName) -> list[Key]:
    """Read a table's keys.

    Args:
        session: Session that declares or asks; what it says of its temporary tables it keeps itself.
        name: The table's full name.

    Returns:
        Its primary and unique keys; none for a temporary table.
    """
    if name in session.temporary or name.database in _NOT_OURS:
        return []
    sql = f"select constraint_name, kind, column_name from {private_table(name.database, 'key_facts')}"
    rows = session.duck.execute(
        f"{sql} where schema_name = ? and table_name = ? order by position", list(name[1:])
    ).fetchall()
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for constraint, kind, column in rows:
        found[constraint, kind] = (*found.get((constraint, kind), ()), column)
    return [Key(*named, columns) for named, columns in found.items()]


def rename(session: Session, old: TableName, new: TableName) -> None:
    """Follow a table to its new name.

    Args:
        session: The session, inside a transaction where the table is a permanent one.
        old: Its full name.
        new: Its new name, in the same schema.
    """
    if old in session.temporary:
        session.temporary[new] = session.temporary.pop(old)
        session.column_facts[new] = session.column_facts.pop(old, [])
        if old in session.clustering:
            session.clustering[new] = session.clustering.pop(old)
        if old in session.made_at:
            session.made_at[new] = session.made_at.pop(old)
        return
    for table in (*_LOAD_TABLES, *NAMED_TABLES):
        place = private_table(old.database, table)
        session.duck.execute(
            f"update {place} set table_name = ? where schema_name = ? and table_name = ?",
            [new.name, old.schema, old.name],
        )


def clustering(session: Session, name: TableName) -> Clustering | None:
    """Read a table's clustering key.

    Args:
        session: Session that declares or asks; what it says of its temporary tables it keeps itself.
        name: Its full name.

    Returns:
        The key, or None.
    """
    if name in session.temporary:
        return session.clustering.get(name)
    if name.database in _NOT_OURS:
        return None
    sql = (
        f"select written, shown from {private_table(name.database, 'cluster_facts')} where schema_name = ? and"
        " table_name = ?"
    )
    found = session.duck.execute(sql, list(name[1:])).fetchall()
    return Clustering(*found[0]) if found else None


def cluster(session: Session, name: TableName, key: Clustering | None) -> None:
    """Record a table's clustering key in the place of the one before.

    Args:
        session: The session, inside a transaction.
        name: Its full name.
        key: The key; None for none.
    """
    if name in session.temporary:
        session.clustering.pop(name, None)
        if key is not None:
            session.clustering[name] = key
        return
    _delete(session, name, "cluster_facts")
    if key is not None:
        place = private_table(name.database, "cluster_facts")
        session.duck.execute(
            f"insert into {place} values (?, ?, ?, ?)", [name.schema, name.name, key.written, key.shown]
        )


def forget(session: Session, name: TableName) -> None:
    """Forget a dropped or replaced table.

    Args:
        session: The session, inside a transaction.
        name: Its full name.
    """
    _delete(session, name, *NAMED_TABLES)


def forget_loads(session: Session, name: TableName) -> None:
    """Forget which files a table was loaded from: the next COPY INTO loads them again.

    Args:
        session: The session, inside a transaction.
        name: Its full name.
    """
    _delete(session, name, *_LOAD_TABLES)


def _delete(session: Session, name: TableName, *tables: str) -> None:
    for table in tables:
        place = private_table(name.database, table)
        session.duck.execute(f"delete from {place} where schema_name = ? and table_name = ?", [name.schema, name.name])


def described(session: Session, name: TableName) -> list[tuple[str, str, bool]]:
    """Read the columns of a table or view as DuckDB has them.

    Args:
        session: Session that declares or asks; what it says of its temporary tables it keeps itself.
        name: Its full name.

    Returns:
        Name, DuckDB's type and whether it may be NULL of each, in order; empty when there is no such table.
    """
    if name.schema == "INFORMATION_SCHEMA":
        return []
    place = path(session.place_of(name))
    try:
        session.duck.table(place)  # bound and not run: that it is missing does not end the open transaction
    except duckdb.Error:
        return []
    # Far quicker than duckdb_columns(), which goes through all the columns there are.
    rows = session.duck.execute(f"describe {place}").fetchall()
    return [(decoded(str(row[0])), str(row[1]), row[2] == "YES") for row in rows]


def columns(session: Session, name: TableName) -> list[Fact]:
    """Read what is known about a table's columns.

    Args:
        session: Session that declares or asks; what it says of its temporary tables it keeps itself.
        name: Its full name.

    Returns:
        One fact per column, in order; empty when there is no such table.
    """
    return with_declared(session, name, described(session, name))


def with_declared(session: Session, name: TableName, found: list[tuple[str, str, bool]]) -> list[Fact]:
    """Add what is declared about a table's columns.

    Args:
        session: Session that declares or asks; what it says of its temporary tables it keeps itself.
        name: The table's full name.
        found: What `described` gave.

    Returns:
        One fact per column, in order.
    """
    if name in session.temporary or name.database == TEMPORARY[0]:  # which an earlier result is in
        declared = {fact.name: (fact.kind, fact.length) for fact in session.column_facts.get(name, [])}
    elif not found or name.schema == "INFORMATION_SCHEMA" or name.database in _NOT_OURS:
        declared = {}
    else:
        facts_table = private_table(name.database, "column_facts")
        sql = f"select column_name, kind, length from {facts_table} where schema_name=? and table_name=?"
        declared = {row[0]: (row[1], row[2]) for row in session.duck.execute(sql, [name.schema, name.name]).fetchall()}
    facts = []
    for column, _, nullable in found:
        kind, length = declared.get(column, (None, None))
        facts.append(Fact(column, nullable, length, kind))
    return facts
