"""Find what a SELECT reads from: the sources of its FROM, the columns of USING, the WITH clauses that it sees."""

from __future__ import annotations

from typing import Any

from sqlglot import exp


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
    # SELECT * FROM (L JOIN R USING (…)): the join is an argument of L.
    while isinstance(source, exp.Subquery) and not source.alias and isinstance(source.this, (exp.Subquery, exp.Table)):
        joins = [*(source.args.get("joins") or []), *joins]
        source = source.this
    return source, [*(source.args.get("joins") or []), *joins] if source is not None else joins


def hanging(source: exp.Expr) -> dict[str, Any]:
    """Give the clauses that belong to a source of a FROM, for whatever takes its place.

    Args:
        source: A table, a table function or a subquery.

    Returns:
        Its pivots, sample, joins and laterals, as arguments of `exp.Table`.
    """
    return {name: source.args[name] for name in ("pivots", "sample", "joins", "laterals") if source.args.get(name)}


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


def common_tables(scope: exp.Expr) -> list[exp.Expr]:
    """Copy the common tables that a SELECT can see.

    Args:
        scope: The SELECT.

    Returns:
        Copies, those of the outermost WITH first.
    """
    found: list[exp.Expr] = []
    node: exp.Expr | None = scope
    inside: exp.Expr | None = None
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None:
            seen = []
            for cte in clause.expressions:
                if cte is inside:
                    break  # a common table sees those before it
                seen.append(cte.copy())
            found = seen + found
        if isinstance(node, exp.CTE):
            inside = node
        node = node.parent
    return found


def is_recursive(scope: exp.Expr) -> bool:
    """Tell whether one of the WITH clauses that a SELECT can see is recursive.

    Args:
        scope: The SELECT.

    Returns:
        True for WITH RECURSIVE.
    """
    node: exp.Expr | None = scope
    while node is not None:
        clause = node.args.get("with_")
        if clause is not None and clause.args.get("recursive"):
            return True
        node = node.parent
    return False
