"""Keeps one root cause from being reported twice: what one check found wrong is kept from the ones after it."""

from __future__ import annotations

import copy
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.targets import TARGETS

# Code -> the sections whose left-out parts explain it.
_EXPLAINED = {
    "no-start-date": ("dag",),
    "unknown-mapped": ("expand", "expand_kwargs"),
    "unknown-param": ("params",),
    "unknown-variant": ("variants",),
}


def without(value: dict[str, Any], paths: list[KeyPath]) -> dict[str, Any]:
    """Leave out of a document what is wrong with it.

    Args:
        value: The document; not changed.
        paths: Where something is wrong. Items of lists are left out from the end, so that the indexes before them stay.

    Returns:
        The document without what is there.
    """
    if not paths:
        return value
    value = copy.deepcopy(value)
    for path in sorted(set(paths), key=lambda path: (len(path), str(path)), reverse=True):
        parent: Any = value
        for part in path[:-1]:
            parent = _item(parent, part)
        if isinstance(parent, dict):
            parent.pop(path[-1], None)
        elif isinstance(parent, list) and isinstance(path[-1], int) and path[-1] < len(parent):
            del parent[path[-1]]
    return value


def is_consequence(diagnostic: Diagnostic, refused: list[KeyPath]) -> bool:
    """Whether a mistake is only that a part is not there which was left out because it is wrong itself.

    Args:
        diagnostic: The mistake.
        refused: What was left out.
    """
    if diagnostic.code in ("missing-folder", "missing-file"):
        return False
    if any(target.explains(diagnostic.code, path) for target in TARGETS.values() for path in refused):
        return True
    if diagnostic.code.startswith("missing-"):
        return any(path[:2] == diagnostic.path[:2] and path[0] in ("tasks", "dag") for path in refused if path)
    return any(section in path for section in _EXPLAINED.get(diagnostic.code, ()) for path in refused)


def _item(parent: Any, part: str | int) -> Any:
    if isinstance(parent, dict):
        return parent.get(part)
    if isinstance(parent, list) and isinstance(part, int) and part < len(parent):
        return parent[part]
    return None
