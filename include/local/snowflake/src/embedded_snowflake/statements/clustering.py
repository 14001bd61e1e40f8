"""CLUSTER BY: clustering keys, kept and shown; DuckDB clusters nothing.

https://docs.snowflake.com/en/user-guide/tables-clustering-keys
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from embedded_snowflake.errors import invalid_identifier, not_supported
from embedded_snowflake.names import TableName, display
from embedded_snowflake.sql.parse.nodes import ClusterKey
from embedded_snowflake.sql.resolve import identifiers
from embedded_snowflake.state import declarations
from embedded_snowflake.state.facts import Clustering, Fact
from embedded_snowflake.state.session import Session


def of_create(tree: exp.Create) -> ClusterKey | None:
    """Find the CLUSTER BY of a CREATE TABLE.

    Returns:
        The clause, or None.
    """
    properties = tree.args.get("properties")
    found = properties.expressions if properties is not None else []
    return next((item for item in found if isinstance(item, ClusterKey)), None)


def key(clause: ClusterKey, columns: Sequence[Fact]) -> Clustering:
    """Read a key.

    Args:
        clause: CLUSTER BY (…).
        columns: The table's columns.

    Returns:
        The key. SHOW TABLES has columns by their names; expressions are left as they are written.

    Raises:
        SnowflakeError: It names a column that the table has not.
    """
    written = str(clause.args["text"])
    stored = identifiers.stored(clause.copy())
    for column in stored.find_all(exp.Column):
        if not any(fact.name == column.name for fact in columns):
            raise invalid_identifier(display(column.name))
    plain = all(isinstance(item, exp.Column) for item in stored.expressions)
    return Clustering(
        written,
        f"LINEAR({', '.join(display(item.name) for item in stored.expressions)})" if plain else f"LINEAR{written}",
    )


def refuse_change(session: Session, name: TableName, column: str) -> None:
    """Refuse a change of the name of a table's column, or its end, while a clustering key may have it.

    Args:
        session: Session that may have a temporary table of that name.
        name: The table's full name.
        column: The column.

    Raises:
        SnowflakeError: The key's text holds the column's name.
    """
    held = declarations.clustering(session, name)
    if held is not None and column.upper() in held.written.upper():
        raise not_supported(f"a change of the column {column}, which is in the table's clustering key")
