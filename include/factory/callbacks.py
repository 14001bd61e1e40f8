"""Checks the callbacks of DAGs and tasks: that they exist, can be imported, and take what they are given."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.calls import argument_diagnostics, import_diagnostics, missing_diagnostic
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.modules import Definition, Missing
from include.factory.project import Settings


def callback_diagnostics(spec: Mapping[str, Any], path: KeyPath, settings: Settings) -> Iterator[Diagnostic]:
    """Check the callbacks of a mapping.

    Args:
        spec: What may have keys such as `on_failure_callback`.
        path: Where it is.
        settings: What the pipeline lies over.

    Returns:
        What is wrong.
    """
    for key, callbacks in spec.items():
        if key.startswith("on_") and key.endswith("_callback"):
            listed = isinstance(callbacks, list)
            for index, callback in enumerate(callbacks if listed else [callbacks]):
                yield from _callback(callback, (*path, key, index) if listed else (*path, key), settings)


def _callback(callback: Any, path: KeyPath, settings: Settings) -> Iterator[Diagnostic]:
    """Check that a callback exists, and takes Airflow's context and what it is given."""
    arguments = (
        {key: value for key, value in callback.items() if key != "callback"} if isinstance(callback, dict) else {}
    )
    name = callback.get("callback") if isinstance(callback, dict) else callback
    if not isinstance(name, str):
        return
    where = (*path, "callback") if isinstance(callback, dict) else path
    definition = settings.sources.find(name)
    if isinstance(definition, Missing):
        yield missing_diagnostic(definition, name, "function", where)
    if not isinstance(definition, Definition):
        return
    yield from import_diagnostics(definition, name, where, settings)
    signature = settings.sources.signature(definition)
    if signature is None:
        return
    if not isinstance(definition.node, ast.ClassDef):
        if not signature.any_positional and not any(parameter.positional for parameter in signature.parameters):
            message = f"`{name}` takes no context: it has no positional parameter."
            yield Diagnostic(where, message, "Give it one: `def f(context, …)`.", "wrong-arguments")
            return
        signature = signature.without_first()
    yield from argument_diagnostics(signature, name, arguments, path, where, kind="argument", giver="the callback")
