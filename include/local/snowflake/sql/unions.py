"""UNION, INTERSECT, EXCEPT of columns of different types: refused where DuckDB's common type is not Snowflake's.

DuckDB makes a text of a text and a number; Snowflake makes a number:
https://docs.snowflake.com/en/sql-reference/operators-query#general-usage-notes
"""

from __future__ import annotations

import duckdb
from sqlglot import exp

from include.local.snowflake.errors import not_supported
from include.local.snowflake.sql import typed
from include.local.snowflake.sql.table_types import TableTypes
from include.local.snowflake.sql.written import duck_sql
from include.local.snowflake.state.session import Session


def check(tree: exp.Expr, session: Session, tables: TableTypes) -> None:
    """Refuse such columns.

    Args:
        tree: Statement translated but for what depends on types.
        session: The session, whose DuckDB connection is asked.
        tables: What the statement's tables hold.

    Raises:
        SnowflakeError: A column is a text in one query and a number, say, in another.
    """
    for union in tree.find_all(exp.SetOperation):
        if isinstance(union.parent, exp.SetOperation):
            continue
        described = [kinds for query in _queries(union) if (kinds := _kinds(query, session, tables)) is not None]
        if any(len(kinds) != len(described[0]) for kinds in described):
            continue  # DuckDB says so itself
        for place, column in enumerate(zip(*described, strict=True), 1):
            found = sorted(set(column) - {""})
            if len(found) > 1:
                raise not_supported(f"{' and '.join(found)} in column {place} of a {union.key.upper()} without a cast")


def _queries(union: exp.Expr) -> list[exp.Expr]:
    if isinstance(union, exp.SetOperation):
        return [*_queries(union.this), *_queries(union.expression)]
    return [union]


def _kinds(query: exp.Expr, session: Session, tables: TableTypes) -> list[str] | None:
    """What each column is, in Snowflake's words: empty for NULL; None where DuckDB cannot tell."""
    query = query.unnest()
    if not isinstance(query, exp.Select):
        return None
    values = [projection.unalias() for projection in query.expressions]
    types = _described(query, session) if any(value.is_star for value in values) else typed.kinds_of(session, tables, query, values)
    return None if types is None or None in types else [_kind(str(kind)) for kind in types]


def _described(query: exp.Select, session: Session) -> list[str | None] | None:
    probe = query.copy()
    ctes = typed.common_tables(query)
    if ctes:
        probe.set("with_", exp.With(expressions=ctes, recursive=False))
    try:
        return [str(row[1]) for row in session.duck.execute(f"describe {duck_sql(probe)}").fetchall()]
    except duckdb.Error:
        session.transaction.restore()
        return None


def _kind(duck_type: str) -> str:
    if duck_type in ("NULL", '"NULL"'):
        return ""
    if typed.number_scale(duck_type) is not None or duck_type in ("DOUBLE", "FLOAT"):
        return "a number"
    if duck_type == "DATE" or duck_type.startswith("TIMESTAMP"):
        return "a date"
    return {"VARCHAR": "a text", "JSON": "a VARIANT"}.get(duck_type, duck_type)
