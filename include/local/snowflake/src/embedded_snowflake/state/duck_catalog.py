"""DuckDB's catalog with names as stored, for queries that list objects.

Those that look one up ask for the name as held.
"""

from __future__ import annotations

import re

from embedded_snowflake.names import decoding

# Columns of names, and of texts with names in them, by the source that has them.
_NAMES = {
    "duckdb_tables": ("database_name", "schema_name", "table_name"),
    "duckdb_views": ("database_name", "schema_name", "view_name", "sql"),
    "duckdb_columns": ("database_name", "schema_name", "table_name", "column_name", "column_default"),
    "duckdb_sequences": ("database_name", "schema_name", "sequence_name"),
    "duckdb_schemas": ("database_name", "schema_name"),
    "duckdb_databases": ("database_name",),
    "information_schema.columns": ("table_catalog", "table_schema", "table_name", "column_name", "column_default"),
    "information_schema.schemata": ("catalog_name", "schema_name"),
}


def _decoded(source: str, columns: tuple[str, ...]) -> str:
    named = ", ".join(f"{decoding(column)} as {column}" for column in columns)
    return f"(select * replace ({named}) from {source})"


TABLES = _decoded("duckdb_tables()", _NAMES["duckdb_tables"])
VIEWS = _decoded("duckdb_views()", _NAMES["duckdb_views"])
COLUMNS = _decoded("duckdb_columns()", _NAMES["duckdb_columns"])
SEQUENCES = _decoded("duckdb_sequences()", _NAMES["duckdb_sequences"])
SCHEMAS = _decoded("duckdb_schemas()", _NAMES["duckdb_schemas"])

_SOURCE = re.compile(
    rf"\b(from|join)\s+((?:system\.)?({'|'.join(map(re.escape, _NAMES))})(?:\(\))?)(?=\s|$)", re.IGNORECASE
)


def with_stored_names(sql: str) -> str:
    """Let SQL read the catalog's names as stored, and views that it makes take the place of those made before.

    Args:
        sql: fakesnow's definitions of views over DuckDB's catalog.

    Returns:
        The definitions.
    """
    sql = sql.replace("create view if not exists", "create or replace view")
    return _SOURCE.sub(lambda match: f"{match[1]} {_decoded(match[2], _NAMES[match[3].lower()])}", sql)
