"""Find the statements within a statement: each has a FROM of its own, over which DuckDB can be asked for types."""

from __future__ import annotations

from sqlglot import exp

_SCOPES = (exp.Select, exp.Update, exp.Merge, exp.Delete)


def innermost_first(tree: exp.Expr) -> list[exp.Expr]:
    """List the statements within a statement.

    Args:
        tree: The whole statement.

    Returns:
        Each SELECT, UPDATE, MERGE and DELETE after those within it; the UPDATE of a MERGE's WHEN is a part of that
        MERGE.
    """
    return [scope for scope in reversed(list(tree.find_all(*_SCOPES))) if not isinstance(scope.parent, exp.When)]


def scope_of(node: exp.Expr) -> exp.Expr | None:
    """Find the statement that a node stands in.

    Args:
        node: Any node.

    Returns:
        One of `innermost_first`, or None.
    """
    scope = node.find_ancestor(*_SCOPES)
    while scope is not None and isinstance(scope.parent, exp.When):
        scope = scope.find_ancestor(*_SCOPES)
    return scope


def compares(node: exp.Expr) -> bool:
    """Tell a comparison from the = of UPDATE … SET and the IN of PIVOT.

    Args:
        node: A node that is written as a comparison.

    Returns:
        Whether it compares.
    """
    assigns = isinstance(node, exp.EQ) and isinstance(node.parent, exp.Update) and node.arg_key == "expressions"
    return not assigns and not isinstance(node.parent, exp.Pivot)
