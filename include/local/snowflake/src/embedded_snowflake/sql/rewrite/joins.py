"""Joins: the order of columns after USING, joins without a condition, ASOF joins."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from embedded_snowflake.errors import not_supported


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
    """L INNER JOIN R without a condition pairs every row with every row."""
    conditions = ("on", "using", "match_condition")
    plain = not join.args.get("method") and join.kind in ("INNER", "") and not join.side
    lateral = isinstance(join.this, (exp.Lateral, exp.TableFromRows, exp.Unnest))
    if join.kind == "INNER" and plain and not lateral and not any(join.args.get(name) for name in conditions):
        join.set("kind", "CROSS")


def _asof(join: exp.Join) -> None:
    """ASOF JOIN … MATCH_CONDITION (…) keeps rows without a match, as DuckDB's ASOF LEFT JOIN."""
    match = join.args.get("match_condition")
    if match is None:
        return
    if join.args.get("using"):
        raise not_supported("ASOF JOIN with USING")
    on = join.args.get("on")
    join.set("match_condition", None)
    join.set("side", "LEFT")
    join.set("on", exp.and_(on, match.unnest(), copy=False) if on is not None else match.unnest())


def chain(select: exp.Select) -> tuple[exp.Expr | None, list[exp.Join]]:
    """Find what a SELECT reads from: the first source and those joined to it, in order.

    Args:
        select: A SELECT.

    Returns:
        The first source, or None without FROM; and its joins, with those in parentheses that have no name.
    """
    joins = list(select.args.get("joins") or [])
    clause = select.args.get("from_")
    source = clause.this if clause is not None else None
    # SELECT * FROM (L JOIN R USING (…)): the join hangs on L.
    while isinstance(source, exp.Subquery) and not source.alias and isinstance(source.this, (exp.Subquery, exp.Table)):
        joins = [*(source.args.get("joins") or []), *joins]
        source = source.this
    return source, [*(source.args.get("joins") or []), *joins] if source is not None else joins


def hanging(source: exp.Expr) -> dict[str, Any]:
    """Give what hangs on a source of a FROM, for whatever is put in its place.

    Args:
        source: A table, a table function or a subquery.

    Returns:
        Its pivots, sample, joins and laterals, as arguments of `exp.Table`.
    """
    return {name: source.args[name] for name in ("pivots", "sample", "joins", "laterals") if source.args.get(name)}


def _order_of_star(select: exp.Select) -> None:
    """SELECT * of a join with USING: the joined columns come first, then the others of the left and of the right."""
    select.set("expressions", _expanded(select, using(chain(select)[1])))


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


def using(joins: list[exp.Join]) -> list[exp.Identifier]:
    """List the columns named after USING.

    Args:
        joins: Joins of one SELECT, in order.

    Returns:
        Their names, those of the last join first.
    """
    found: list[exp.Identifier] = []
    for join in reversed(joins):
        for column in join.args.get("using") or []:
            identifier = column.this if isinstance(column, exp.Column) else column
            if identifier.name not in {known.name for known in found}:
                found.append(identifier)
    return found
