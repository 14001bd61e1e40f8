"""Columns whose names differ only in case: one column in DuckDB's eyes, two in Snowflake's.

Where a query names both "A" and "a", the one that is not in upper case gets a mark behind its name, which is taken off
the result. A table with two such columns is refused.
"""

from __future__ import annotations

import re

from sqlglot import exp

from include.local.snowflake.errors import not_supported

_MARK = "\u2063"  # an invisible separator, which no one types


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
            identifier.set("this", mark(identifier.name))
    return tree


def mark(name: str) -> str:
    """Make a name that differs from its other spellings in more than case.

    Args:
        name: Name as stored.

    Returns:
        The name with its mark.
    """
    bits = "".join("1" if character.islower() else "0" for character in name)
    return f"{name}{_MARK}{int(bits, 2):x}"


def plain(name: str) -> str:
    """Take the mark off.

    Args:
        name: Name of a result's column.

    Returns:
        The name as stored.
    """
    return name.partition(_MARK)[0]


def unmarked(text: str) -> str:
    """Take the marks off the names in a message.

    Args:
        text: Any text.

    Returns:
        The text without them.
    """
    return re.sub(f"{_MARK}[0-9a-f]+", "", text)


def _names_column(identifier: exp.Identifier) -> bool:
    parent = identifier.parent
    if isinstance(parent, exp.Table):
        return False
    if isinstance(parent, exp.Column):
        return bool(identifier.arg_key == "this")
    # The alias of a table is its TableAlias' own name; the columns behind it are columns.
    return not isinstance(parent, exp.TableAlias) or identifier.arg_key != "this"
