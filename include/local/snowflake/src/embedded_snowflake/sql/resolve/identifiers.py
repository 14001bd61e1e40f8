"""Bring names into their stored form, those in IDENTIFIER('…') too."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported, syntax_error
from embedded_snowflake.names import allowed, split_name


def stored(tree: exp.Expr) -> exp.Expr:
    """Resolve IDENTIFIER('…') and put unquoted identifiers in upper case.

    Args:
        tree: A statement or a part of one.

    Returns:
        The changed tree; the given one is used up.
    """
    if any(True for _ in tree.find_all(exp.Anonymous, exp.DynamicIdentifier, exp.TableFromRows)):
        tree = tree.transform(_named, copy=False)
    for identifier in list(tree.find_all(exp.Identifier)):
        if isinstance(identifier.parent, exp.PropertyEQ) and isinstance(identifier.parent.parent, exp.Struct):
            identifier.replace(
                exp.Literal.string(identifier.name)
            )  # a key of {'a': 1}, which sqlglot reads without its quotes
        elif not identifier.quoted and isinstance(identifier.this, str):
            identifier.set("this", allowed(identifier.this.upper()))
        else:
            allowed(identifier.name)
    return tree


def stored_table(tree: exp.Expr) -> exp.Table:
    """Give the first table (or other object) that a statement names, in its stored form.

    Args:
        tree: Statement; unchanged.

    Returns:
        Its name.

    Raises:
        SnowflakeError: It names none.
    """
    table = tree.find(exp.Table)
    if table is None:
        raise not_supported(tree.sql(dialect="snowflake"))
    found = stored(table.copy())
    if not isinstance(found, exp.Table):
        raise not_supported(tree.sql(dialect="snowflake"))
    return found


def _named(node: exp.Expr) -> exp.Expr:
    if not isinstance(node, exp.Table):
        return node
    inner = node.this
    if isinstance(inner, exp.Anonymous) and inner.name.upper() == "IDENTIFIER" and inner.expressions:
        argument = inner.expressions[0]
    elif isinstance(inner, exp.DynamicIdentifier):
        argument = inner.this
    else:
        return node
    parts = split_name(argument.name if isinstance(argument, exp.Expr) else str(argument))
    identifiers = [exp.to_identifier(part, quoted=True) for part in parts]
    for place, identifier in zip(("this", "db", "catalog"), reversed(identifiers), strict=False):
        node.set(place, identifier)
    return node


def parts(name: exp.Table) -> tuple[str, ...]:
    """Give the parts of a name that a statement gives.

    Args:
        name: The name; unchanged.

    Returns:
        One to three parts as stored; of IDENTIFIER('…'), those of the text.

    Raises:
        SnowflakeError: The text of IDENTIFIER is no name.
    """
    return tuple(part.name for part in stored_table(name).parts)


def only_part(name: exp.Table) -> str:
    """Give the name of an object that lies in no database.

    Args:
        name: The name; unchanged.

    Returns:
        The name as stored.

    Raises:
        SnowflakeError: It has several parts.
    """
    found = parts(name)
    if len(found) > 1:
        raise syntax_error(f"syntax error line 1 at position 0 unexpected '{'.'.join(found)}'.")
    return found[0]
