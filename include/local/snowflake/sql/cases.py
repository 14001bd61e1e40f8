"""Columns whose names differ only in case: one column in DuckDB's eyes, two in Snowflake's.

Where a query names both "A" and "a", the one that is not in upper case gets a mark behind its name, which is taken off
the result. A table with two such columns is refused.
"""

from __future__ import annotations

from sqlglot import exp

from include.local.snowflake.errors import not_supported
from include.local.snowflake.names import mark_case


def tell_apart(tree: exp.Expr) -> exp.Expr:
    """Mark such columns.

    Args:
        tree: Statement with identifiers in their stored case; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: The statement would make a table or view with two such columns.
    """
    identifiers = [node for node in tree.find_all(exp.Identifier) if _names_column(node)]
    spellings: dict[str, set[str]] = {}
    for identifier in identifiers:
        spellings.setdefault(identifier.name.upper(), set()).add(identifier.name)
    clashing = {spelling for group in spellings.values() if len(group) > 1 for spelling in group if spelling != spelling.upper()}
    if not clashing:
        return tree
    if isinstance(tree, (exp.Create, exp.Alter)):
        raise not_supported(f"columns whose names differ only in case ({', '.join(sorted(clashing))}) in a table or view")
    for identifier in identifiers:
        if identifier.name in clashing:
            identifier.set("this", mark_case(identifier.name))
    return tree


def _names_column(identifier: exp.Identifier) -> bool:
    parent = identifier.parent
    if isinstance(parent, exp.Table):
        return False
    if isinstance(parent, exp.Column):
        return bool(identifier.arg_key == "this")
    # The alias of a table is its TableAlias' own name; the columns behind it are columns.
    return not isinstance(parent, exp.TableAlias) or identifier.arg_key != "this"
