"""What a function does, as its source shows: what it imports, and which keys its result has."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from include.factory.python.modules import Definition


@lru_cache(maxsize=1024)
def returned_keys(definition: Definition) -> frozenset[str] | None:
    """Return the keys of the mapping that a function returns.

    Args:
        definition: The function.

    Returns:
        All keys of its `return {…}`; None unless every `return` shows its keys.
    """
    node = definition.node
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return None
    keys: set[str] = set()
    returns = [one for one in _own_nodes(node) if isinstance(one, ast.Return)]
    for one in returns:
        if not isinstance(one.value, ast.Dict):
            return None
        for key in one.value.keys:
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return None
            keys.add(key.value)
    return frozenset(keys) if returns else None


@lru_cache(maxsize=1024)
def may_return(definition: Definition, key: str) -> bool:
    """Whether the mapping that a function returns may have a key.

    Args:
        definition: The function.
        key: The key.

    Returns:
        False if each `return` shows its keys, and this is none of them; or if nothing in its module has the word.
    """
    keys = returned_keys(definition)
    if keys is not None:
        return key in keys
    return any(
        (isinstance(one, ast.Constant) and one.value == key) or (isinstance(one, ast.keyword) and one.arg == key)
        for one in ast.walk(definition.module.tree)
    )


@lru_cache(maxsize=1024)
def returned_texts(definition: Definition) -> tuple[tuple[str, int], ...]:
    """Return the texts that a function is seen to return, alone, in a list, or as one of two; arguments as above.

    Returns:
        Each with its line.
    """
    node = definition.node
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        return ()
    returns = [one.value for one in _own_nodes(node) if isinstance(one, ast.Return) and one.value is not None]
    return tuple((text, one.lineno) for one in returns for text in _texts(one))


@lru_cache(maxsize=1024)
def imported_packages(definition: Definition, called: bool = True) -> dict[str, int]:
    """Return the top-level packages that calling a function imports: those of its module, and those in its own body.

    Args:
        definition: The function.
        called: Whether it is called, too; else only what importing its module imports.

    Returns:
        Names of packages and the line of the import; those under `if TYPE_CHECKING` and in `try` are left out.
    """
    found: dict[str, int] = {}
    plain = [one for one in definition.module.tree.body if isinstance(one, ast.Import | ast.ImportFrom)]
    inside = (
        [one for one in _own_nodes(definition.node) if isinstance(one, ast.Import | ast.ImportFrom)] if called else []
    )
    for statement in [*plain, *inside]:
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                found.setdefault(alias.name.partition(".")[0], statement.lineno)
        elif statement.level == 0 and statement.module:
            found.setdefault(statement.module.partition(".")[0], statement.lineno)
    return found


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.List | ast.Tuple):
        for one in value.elts:
            yield from _texts(one)
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)


def _own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes below one, functions and classes inside it left out."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield child
            yield from _own_nodes(child)
