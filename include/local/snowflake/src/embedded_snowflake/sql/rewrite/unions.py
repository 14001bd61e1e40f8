"""Refuse UNION, INTERSECT and EXCEPT of columns for which DuckDB's common type is not Snowflake's.

Numbers are aligned instead: see number_scales.py.

DuckDB makes a text of a text and a number; Snowflake makes a number:
https://docs.snowflake.com/en/sql-reference/operators-query#general-usage-notes
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.resolve.number_types import is_number
from embedded_snowflake.sql.resolve.types import Types
from embedded_snowflake.sql.rewrite import number_scales
from embedded_snowflake.sql.rewrite.number_scales import MixedNumbers


def check(tree: exp.Expr, types: Types, mixed: MixedNumbers) -> None:
    """Refuse such columns, and note set operations of numbers that must be aligned.

    Args:
        tree: Statement translated but for what depends on types.
        types: DuckDB's types of the statement's expressions.
        mixed: Takes note of those set operations.

    Raises:
        SnowflakeError: A column is a text in one query and a number, say, in another.
    """
    for union in tree.find_all(exp.SetOperation):
        if not number_scales.is_outermost(union):
            continue
        queries = number_scales.queries(union)
        by_name = bool(union.args.get("by_name"))
        known = [
            (query, columns) for query in queries if (columns := _columns(query, types, by_name=by_name)) is not None
        ]
        if not by_name and any(len(columns) != len(known[0][1]) for _, columns in known):
            continue  # DuckDB says so itself
        for column in dict.fromkeys(key for _, columns in known for key in columns):
            there = [(query, columns[column]) for query, columns in known if column in columns]
            found = sorted({_kind(kind) for _, kind in there} - {""})
            if len(found) > 1:
                named = column if by_name else int(column) + 1
                raise not_supported(f"{' and '.join(found)} in column {named} of a {union.key.upper()} without a cast")
            mixed.note(union, [query for query, _ in there], [kind for _, kind in there])


def _columns(query: exp.Expr, types: Types, *, by_name: bool) -> dict[str | int, str] | None:
    """Find DuckDB's types of a query's columns, by name or by place; None where DuckDB cannot tell."""
    select = query.unnest()
    if not isinstance(select, exp.Select):
        return None
    values = [projection.unalias() for projection in select.expressions]
    if by_name or any(value.is_star for value in values):
        described = types.of_query(select)
        if described is None:
            return None
        return {name if by_name else place: kind for place, (name, kind) in enumerate(described)}
    kinds = types.of_values(select, values)
    return None if None in kinds else dict(enumerate(map(str, kinds)))


def _kind(duck_type: str) -> str:
    if duck_type in ("NULL", '"NULL"'):
        return ""
    if is_number(duck_type):
        return "a number"
    if duck_type == "DATE" or duck_type.startswith("TIMESTAMP"):
        return "a date"
    return {"VARCHAR": "a text", "JSON": "a VARIANT"}.get(duck_type, duck_type)
