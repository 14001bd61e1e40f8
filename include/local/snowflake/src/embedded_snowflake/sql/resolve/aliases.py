"""Resolve aliases that a SELECT's other columns and clauses refer to.

DuckDB resolves them by itself, but not where it is asked for types: the SELECT's own columns are missing there. A
column of FROM takes precedence over an alias of its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from embedded_snowflake.sql.resolve.scopes import scope_of


def meant(column: exp.Column, scope: exp.Expr | None) -> exp.Alias | None:
    """Find the column that a name is the alias of.

    Args:
        column: A name that is no column of FROM.
        scope: The statement that it stands in.

    Returns:
        The SELECT's column, not a copy; None where none has that alias, or where the name is within that column itself.
    """
    if not isinstance(scope, exp.Select) or column.table:
        return None
    for projection in scope.expressions:
        if isinstance(projection, exp.Alias) and projection.alias == column.name:
            return None if any(one is projection for one in _ancestors(column)) else projection
    return None


def referred(node: exp.Expr, scope: exp.Expr | None) -> Iterator[exp.Expr]:
    """List the expressions whose aliases an expression may refer to.

    Args:
        node: An expression.
        scope: The statement that it stands in.

    Yields:
        Expressions of the SELECT, not copies.
    """
    if isinstance(scope, exp.Select) and any(isinstance(projection, exp.Alias) for projection in scope.expressions):
        for column in node.find_all(exp.Column):
            found = meant(column, scope)
            if found is not None:
                yield found.this


def expanded(value: exp.Expr, scope: exp.Expr, columns: frozenset[str] = frozenset()) -> exp.Expr | None:
    """Put expressions in the place of their aliases.

    Args:
        value: An expression of a SELECT.
        scope: The SELECT.
        columns: Names that are columns of its FROM.

    Returns:
        A copy; None where the expression refers to no alias.
    """
    within = exp.Paren(this=value.copy())
    changed = _expand(value, within.this, scope, columns, frozenset())
    return within.this if changed else None


def _expand(
    original: exp.Expr, copy: exp.Expr, scope: exp.Expr, columns: frozenset[str], open_names: frozenset[str]
) -> bool:
    changed = False
    for one, place in zip(list(original.find_all(exp.Column)), list(copy.find_all(exp.Column)), strict=True):
        if one.name in columns or one.name in open_names or scope_of(one) is not scope:
            continue
        found = meant(one, scope)
        if found is not None:
            inner = exp.Paren(this=found.this.copy())
            _expand(found.this, inner.this, scope, columns, open_names | {one.name})
            place.replace(inner)
            changed = True
    return changed


def _ancestors(node: exp.Expr) -> Iterator[exp.Expr]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
