"""A state written before names were encoded (see names.py).

Its tables and columns get the names that DuckDB holds now.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from embedded_snowflake.names import encoded, literal, quote, verbatim
from embedded_snowflake.private_tables import SCHEMA

MARK = "names-encoded"  # a file in the state: every name in it is encoded
_OURS = ("main", SCHEMA, "information_schema", "pg_catalog")


class EarlierStateError(Exception):
    """A state holds names that cannot be read as they were written; the message says which and what to do."""


def convert(root: duckdb.DuckDBPyConnection, state: Path, databases: list[str]) -> None:
    """Encode the names of a state that an earlier version wrote; once done, or in a new state, nothing happens.

    Args:
        root: DuckDB, with the databases attached under their names as held now.
        state: The state folder.
        databases: Names of the databases, as stored.

    Raises:
        EarlierStateError: Schemas, sequences or views have lower-case letters in their names, or views read what has:
            DuckDB cannot rename them. Nothing was changed.
    """
    mark = state / MARK
    if mark.exists():
        return
    statements = [statement for name in databases for statement in _renames(root, name)]
    for statement in statements:  # broken off, it goes on where it was: what is encoded has no such letters any more
        root.execute(statement)
    mark.touch()


def _renames(root: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """Write the statements that rename a database's columns and tables."""
    where = f"database_name = {literal(encoded(database))} and schema_name not in {_OURS}"
    tables = root.execute(f"select schema_name, table_name from duckdb_tables() where {where}").fetchall()
    columns = root.execute(
        f"select schema_name, table_name, column_name from duckdb_columns() where {where}"
    ).fetchall()
    of_tables = [row for row in columns if row[:2] in tables and _has_lower(row[2])]
    lower = [row for row in tables if _has_lower(row[1])]
    of_views = {row[:2] for row in columns if row[:2] not in tables and _has_lower(row[2])}
    _refuse(root, database, where, {row[-1] for row in (*of_tables, *lower)}, of_views)
    return [
        *(
            f"alter table {_place(database, *row[:2])} rename column {verbatim(row[2])} to {quote(row[2])}"
            for row in of_tables
        ),
        *(f"alter table {_place(database, *row)} rename to {quote(row[1])}" for row in lower),
    ]


def _refuse(
    root: duckdb.DuckDBPyConnection, database: str, where: str, renamed: set[str], of_views: set[tuple[str, str]]
) -> None:
    """Refuse what cannot be renamed: schemas, sequences, views with such columns or of what is renamed."""
    schemas = root.execute(f"select schema_name from duckdb_schemas() where {where}").fetchall()
    sequences = root.execute(f"select sequence_name from duckdb_sequences() where {where}").fetchall()
    wrong = {name for (name,) in (*schemas, *sequences) if _has_lower(name)}
    for schema, view, sql in root.execute(
        f"select schema_name, view_name, sql from duckdb_views() where {where}"
    ).fetchall():
        reads = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", sql) for name in renamed)
        if reads or _has_lower(view) or (schema, view) in of_views:
            wrong.add(view)
    if wrong:
        raise EarlierStateError(
            f"The state was written by an earlier version, and {', '.join(sorted(wrong))} in {database} cannot be read"
            " by this one. Drop them with the earlier version, or start with another state folder."
        )


def _has_lower(name: str) -> bool:
    return re.search("[a-z]", name) is not None


def _place(database: str, schema: str, table: str) -> str:
    return ".".join((quote(database), verbatim(schema), verbatim(table)))
