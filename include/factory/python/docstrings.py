"""What a function or class says of itself, read from its source: nothing is imported."""

from __future__ import annotations

import ast
from functools import lru_cache

from include.factory.python.modules import Definition, Modules

LONGEST = 2_000
"""Characters that are kept of a docstring."""


def docstring(sources: Modules, dotted: str) -> str:
    """Return the docstring of a function or class.

    Args:
        sources: Where to look.
        dotted: Its import path.

    Returns:
        The text without its indentation, a long one cut at the end of a line; empty if there is none, or it cannot be
        found.
    """
    found = sources.find(dotted)
    return _of(found) if isinstance(found, Definition) else ""


@lru_cache(maxsize=1024)
def _of(definition: Definition) -> str:
    node = definition.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return ""
    text = ast.get_docstring(node) or ""
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition("\n")[0] + "\n…"
