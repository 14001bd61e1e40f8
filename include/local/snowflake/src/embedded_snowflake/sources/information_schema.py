"""INFORMATION_SCHEMA.TABLES and COLUMNS, as queries read them.

Columns and values: https://docs.snowflake.com/en/sql-reference/info-schema/tables and …/columns
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.names import TableName, decoded, encoded, private_table
from embedded_snowflake.private_tables import COLUMNS, SEQUENCE_PREFIX
from embedded_snowflake.results import BINARY_LENGTH, TEXT_LENGTH, Column
from embedded_snowflake.sources import row_counts, tables_and_views
from embedded_snowflake.state import declarations
from embedded_snowflake.state.duck_catalog import SEQUENCES
from embedded_snowflake.state.facts import Fact, refined
from embedded_snowflake.state.session import Session
from embedded_snowflake.wire import column_of

_TYPES = {
    **dict.fromkeys(("ROW_COUNT", "BYTES", "RETENTION_TIME"), pa.int64()),
    **dict.fromkeys(("CREATED", "LAST_ALTERED", "LAST_DDL"), pa.timestamp("us", tz="UTC")),
}
_UNSUPPORTED = """
APPLICABLE_ROLES ENABLED_ROLES EXTERNAL_TABLES FIELDS FILE_FORMATS FUNCTIONS OBJECT_PRIVILEGES PIPES PROCEDURES
REFERENTIAL_CONSTRAINTS SEQUENCES STAGES TABLE_CONSTRAINTS TABLE_PRIVILEGES TABLE_STORAGE_METRICS USAGE_PRIVILEGES
"""
_COLUMNS = """
select TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION,
    case when sequence_name is null then COLUMN_DEFAULT end as COLUMN_DEFAULT, IS_NULLABLE, DATA_TYPE,
    CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH, NUMERIC_PRECISION, NUMERIC_PRECISION_RADIX, NUMERIC_SCALE,
    null::varchar as COLLATION_NAME,
    case when sequence_name is null then 'NO' else 'YES' end as IS_IDENTITY,
    case when sequence_name is not null then 'BY DEFAULT' end as IDENTITY_GENERATION,
    start_value::varchar as IDENTITY_START, increment_by::varchar as IDENTITY_INCREMENT,
    case when sequence_name is not null then 'NO' end as IDENTITY_CYCLE,
    case when sequence_name is not null then 'NO' end as IDENTITY_ORDERED, DATA_TYPE_ALIAS, columns.COMMENT
from {columns} columns
left join {sequences} sequences on sequences.database_name = TABLE_CATALOG and sequences.schema_name = TABLE_SCHEMA
    and sequence_name = regexp_extract(COLUMN_DEFAULT, '\\b({prefix}[^"]+)"', 1)"""


def read(session: Session, tree: exp.Expr, view: exp.Table) -> pa.Table | None:
    """Read one of the views.

    Args:
        tree: The statement that names it; rows are counted where it asks for their number.
        view: The view in it.

    Returns:
        Its rows, or None for a view that DuckDB holds, or one that does not exist.

    Raises:
        SnowflakeError: The view is not supported.
    """
    name, database = view.name.upper(), _database(session, view)
    if view.db.upper() != "INFORMATION_SCHEMA" or database not in session.engine.databases():
        return None
    if name in _UNSUPPORTED.split():
        raise not_supported(f"INFORMATION_SCHEMA.{name}")
    if name not in ("TABLES", "COLUMNS"):
        return None
    if isinstance(tree, exp.Create) and str(tree.kind).upper() == "VIEW":
        raise not_supported(f"a view over INFORMATION_SCHEMA.{name}")
    if name == "COLUMNS":
        return _columns(session, database)
    return _tables(session, database, counted=_asks_for_counts(tree))


_TABLE_COLUMNS = """
TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_OWNER TABLE_TYPE IS_TRANSIENT CLUSTERING_KEY ROW_COUNT BYTES RETENTION_TIME
SELF_REFERENCING_COLUMN_NAME REFERENCE_GENERATION USER_DEFINED_TYPE_CATALOG USER_DEFINED_TYPE_SCHEMA
USER_DEFINED_TYPE_NAME IS_INSERTABLE_INTO IS_TYPED COMMIT_ACTION CREATED LAST_ALTERED LAST_DDL LAST_DDL_BY
AUTO_CLUSTERING_ON COMMENT IS_TEMPORARY IS_ICEBERG IS_DYNAMIC IS_IMMUTABLE IS_HYBRID
"""


def _columns(session: Session, database: str) -> pa.Table:
    """Read the view COLUMNS; the types are those that DESCRIBE TABLE shows, not DuckDB's."""
    read: pa.Table = session.duck.execute(
        _COLUMNS.format(columns=private_table(database, COLUMNS), sequences=SEQUENCES, prefix=SEQUENCE_PREFIX)
    ).to_arrow_table()
    rows = read.to_pylist()
    kinds = session.duck.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() where database_name=?",
        [encoded(database)],
    ).fetchall()
    types = {tuple(decoded(str(part)) for part in names): str(kind) for *names, kind in kinds}
    facts: dict[TableName, dict[str, Fact]] = {}
    for row in rows:
        place = [decoded(row[part]) for part in ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME")]
        name = TableName(*place[:3])
        kind = types.get(tuple(place[1:]))
        if kind is None or name.schema == "INFORMATION_SCHEMA":
            continue
        if name not in facts:
            facts[name] = {fact.name: fact for fact in declarations.columns(session, name)}
        column = column_of(place[3], kind)
        row |= _type_of(refined(column, facts[name].get(column.name)))
    return pa.Table.from_pylist(rows, schema=read.schema)


def _type_of(column: Column) -> dict[str, Any]:
    kind = {"fixed": "NUMBER", "real": "FLOAT"}.get(column.type, column.type.upper())
    number = column.type == "fixed"
    length = {"TEXT": column.length or TEXT_LENGTH, "BINARY": column.length or BINARY_LENGTH}.get(kind)
    return {
        "DATA_TYPE": kind,
        "CHARACTER_MAXIMUM_LENGTH": length,
        "CHARACTER_OCTET_LENGTH": min(4 * length, TEXT_LENGTH) if length and kind == "TEXT" else length,
        "NUMERIC_PRECISION": column.precision if number else None,
        "NUMERIC_PRECISION_RADIX": 10 if number else None,
        "NUMERIC_SCALE": column.scale if number else None,
    }


def _database(session: Session, view: exp.Table) -> str:
    part = view.args.get("catalog")
    if part is None:
        return session.database or ""
    return str(part.name if part.args.get("quoted") else part.name.upper())


def _asks_for_counts(tree: exp.Expr) -> bool:
    stars = any(not isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))
    return stars or any(column.name.upper() == "ROW_COUNT" for column in tree.find_all(exp.Column))


def _tables(session: Session, database: str, *, counted: bool) -> pa.Table:
    found = tables_and_views.list_all(session, database, None)
    names = [tables_and_views.name_of(item) for item in found]
    kinds = [str(item["kind"]) for item in found]
    counts = (
        row_counts.count(session, [name for name, kind in zip(names, kinds, strict=True) if kind != "VIEW"])
        if counted
        else {}
    )
    rows = []
    for name, kind, item in zip(names, kinds, found, strict=True):
        view = kind == "VIEW"
        key, comment = item.get("cluster_by"), item.get("comment")
        rows.append(
            dict.fromkeys(("IS_ICEBERG", "IS_DYNAMIC", "IS_IMMUTABLE", "IS_HYBRID"), "NO")
            | {
                "TABLE_CATALOG": name.database,
                "TABLE_SCHEMA": name.schema,
                "TABLE_NAME": name.name,
                "TABLE_OWNER": item.get("owner", "SYSADMIN"),
                "TABLE_TYPE": {"VIEW": "VIEW", "TEMPORARY": "LOCAL TEMPORARY"}.get(kind, "BASE TABLE"),
                "IS_TRANSIENT": None if view else "YES" if kind == "TRANSIENT" else "NO",
                "CLUSTERING_KEY": key,
                "ROW_COUNT": counts.get(name),
                "BYTES": None if view else 0,
                "RETENTION_TIME": None if view else 1,
                "IS_INSERTABLE_INTO": "NO" if view else "YES",
                "IS_TYPED": "NO" if view else "YES",
                "CREATED": item["created_on"],
                "LAST_ALTERED": item["created_on"],
                "LAST_DDL": item["created_on"],
                "LAST_DDL_BY": session.user,
                "AUTO_CLUSTERING_ON": None if view else "YES" if key else "NO",
                "COMMENT": comment or None,
                "IS_TEMPORARY": "YES" if kind == "TEMPORARY" else "NO",
            }
        )
    return pa.Table.from_pylist(
        rows, schema=pa.schema([(column, _TYPES.get(column, pa.string())) for column in _TABLE_COLUMNS.split()])
    )
