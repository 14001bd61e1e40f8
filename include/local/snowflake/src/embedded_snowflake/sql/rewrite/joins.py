"""Rewrite joins: the order of columns after USING, joins without a condition, ASOF joins."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.sql.resolve import sources


def rewrite(tree: exp.Expr) -> exp.Expr:
    """Rewrite the joins of a statement.

    Args:
        tree: Statement with identifiers in their stored case; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: A kind of join is not supported.
    """
    for join in list(tree.find_all(exp.Join)):
        _without_condition(join)
        _asof(join)
    for select in list(tree.find_all(exp.Select)):
        _order_of_star(select)
    return tree


def _without_condition(join: exp.Join) -> None:
    """Write L INNER JOIN R without a condition as a cross join."""
    conditions = ("on", "using", "match_condition")
    plain = not join.args.get("method") and join.kind in ("INNER", "") and not join.side
    lateral = isinstance(join.this, (exp.Lateral, exp.TableFromRows, exp.Unnest))
    if join.kind == "INNER" and plain and not lateral and not any(join.args.get(name) for name in conditions):
        join.set("kind", "CROSS")


def _asof(join: exp.Join) -> None:
    """Write ASOF JOIN … MATCH_CONDITION (…) as DuckDB's ASOF LEFT JOIN, which keeps rows without a match too."""
    match = join.args.get("match_condition")
    if match is None:
        return
    if join.args.get("using"):
        raise not_supported("ASOF JOIN with USING")
    on = join.args.get("on")
    join.set("match_condition", None)
    join.set("side", "LEFT")
    join.set("on", exp.and_(on, match.unnest(), copy=False) if on is not None else match.unnest())


def _order_of_star(select: exp.Select) -> None:
    """Order the * of a join with USING: the joined columns first, then the others of the left and of the right."""
    select.set("expressions", _expanded(select, sources.using(sources.chain(select)[1])))


def _expanded(select: exp.Select, columns: list[exp.Identifier]) -> list[exp.Expr]:
    if not columns:
        return list(select.expressions)
    projections: list[exp.Expr] = []
    for projection in select.expressions:
        if isinstance(projection, exp.Star) and not projection.args.get("except_"):
            projections += [exp.column(column.copy()) for column in columns]
            projections.append(exp.Star(except_=[column.copy() for column in columns]))
        else:
            projections.append(projection)
    return projections
