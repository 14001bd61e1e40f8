"""Checks the callbacks of DAGs and tasks: that they exist, can be imported, and take what they are given."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from include.factory.code.calls import argument_diagnostics, import_diagnostics, missing_diagnostic
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.looks import is_importable
from include.factory.project import Settings
from include.factory.python.modules import Definition, Hidden, Missing

_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


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
    definition = _find(name, settings)
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


def named_diagnostics(dag: Mapping[str, Any], path: KeyPath, settings: Settings) -> Iterator[Diagnostic]:
    """Check what else a `dag:` section names in Python: macros, filters, and what a deadline calls.

    Args:
        dag: The section.
        path: Where it is.
        settings: What the pipeline lies over.

    Returns:
        What is wrong.
    """
    for key in ("user_defined_filters", "user_defined_macros"):
        yield from _functions(dag.get(key), (*path, key), settings)
    if isinstance(dag.get("template_undefined"), str):
        yield from _named(dag["template_undefined"], "class", (*path, "template_undefined"), settings)
    yield from _deadline(dag.get("deadline"), (*path, "deadline"), settings)


def _functions(value: Any, path: KeyPath, settings: Settings) -> Iterator[Diagnostic]:
    """Check all texts in a mapping: each is the import path of a function."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _functions(inner, (*path, name), settings)
    elif isinstance(value, str):
        yield from _named(value, "function", path, settings)


def _find(name: str, settings: Settings) -> Definition | Missing | Hidden:
    """Find what Airflow itself imports, which may be in a module that is not written in Python: `builtins`, `math`."""
    found = settings.sources.find(name)
    is_built = isinstance(found, Missing) and not found.where and is_importable(found.name)
    return Hidden() if is_built else found


def _named(name: str, kind: str, path: KeyPath, settings: Settings) -> Iterator[Diagnostic]:
    found = _find(name, settings) if _PATH.fullmatch(name) else None
    if found is None:
        hint = "Write its import path, `package.module.name`; a text for templates goes into `params`."
        yield Diagnostic(path, f"`{name}` is no import path of a {kind}.", hint, f"unknown-{kind}")
    elif isinstance(found, Missing):
        yield missing_diagnostic(found, name, kind, path)
    elif isinstance(found, Definition):
        yield from import_diagnostics(found, name, path, settings)


def _deadline(value: Any, path: KeyPath, settings: Settings) -> Iterator[Diagnostic]:
    """Check what deadlines call: Airflow looks for it only once a run is late."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _deadline(inner, (*path, index), settings)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _deadline(inner, (*path, key), settings)
        name, kwargs = value.get("callback_callable"), value.get("kwargs") or {}
        if isinstance(name, str) and isinstance(kwargs, dict):
            where = (*path, "callback_callable")
            yield from _named(name, "function", where, settings)
            found = _find(name, settings) if _PATH.fullmatch(name) else None
            signature = settings.sources.signature(found) if isinstance(found, Definition) else None
            if signature is not None:
                yield from argument_diagnostics(
                    signature,
                    name,
                    kwargs,
                    (*path, "kwargs"),
                    where,
                    kind="argument",
                    also=["context"],
                    giver="the deadline",
                )
