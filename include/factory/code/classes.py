"""Checks the classes that a configuration names as `__type__`: that they exist, and take what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.code.arguments import wrong_argument
from include.factory.code.calls import argument_diagnostics, missing_diagnostic
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.python.modules import Definition, Missing
from include.factory.python.sources import Sources


def class_diagnostics(value: Any, path: KeyPath, sources: Sources) -> Iterator[Diagnostic]:
    """Check every `__type__` in a value: that the class exists and takes the other keys.

    Args:
        value: The value.
        path: Where it is.
        sources: Where classes are looked for.

    Returns:
        What is wrong.
    """
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from class_diagnostics(part, (*path, index), sources)
    if not isinstance(value, dict):
        return
    for key, part in value.items():
        yield from class_diagnostics(part, (*path, key), sources)
    name = value.get("__type__")
    if not isinstance(name, str) or "." not in name:
        return
    definition = sources.find(name)
    if isinstance(definition, Missing):
        yield missing_diagnostic(definition, name, "class", (*path, "__type__"))
    elif isinstance(definition, Definition) and isinstance(definition.node, ast.ClassDef) and "__args__" not in value:
        signature = sources.signature(definition)
        given = [key for key in value if key != "__type__"]
        if signature is not None:
            yield from argument_diagnostics(signature, name, given, path, path, kind="argument")
        yield from value_diagnostics(value, definition, path, sources)


def value_diagnostics(
    given: Mapping[str, Any], definition: Definition, path: KeyPath, sources: Sources
) -> Iterator[Diagnostic]:
    """Check the lengths of time and dates that a class is given.

    Args:
        given: Its arguments.
        definition: The class.
        path: Where the arguments are.
        sources: Where the class was found.

    Returns:
        Those that are none.
    """
    types = sources.types(definition)
    for key, value in given.items():
        if key in types and (wrong := wrong_argument(value, types[key], (*path, key))):
            yield wrong
