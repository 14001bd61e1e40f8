"""Fills in environment variables: `${NAME}` and `${NAME:-default}` in the texts of a document."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.document.reading import Unquoted, scalar

_REFERENCE = re.compile(r"(\$?)\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?\}")


def expand(value: Any, environment: Mapping[str, str]) -> tuple[Any, list[Diagnostic]]:
    """Replace `${NAME}` and `${NAME:-default}` in all strings of a document; `$${NAME}` stands for `${NAME}` itself.

    Args:
        value: The document's value; not changed. Keys `x-…` at its top, which hold anchors, stay as they are.
        environment: The environment's variables.

    Returns:
        The expanded value, and a mistake for each variable that is neither set nor has a default.
    """
    diagnostics: list[Diagnostic] = []

    def walk(part: Any, path: KeyPath) -> Any:
        if isinstance(part, str):
            text, unset = _filled_in(part, environment) if "${" in part else (part, [])
            diagnostics.extend(_not_set(name, path) for name in unset)
            return text
        if isinstance(part, dict):
            return {
                key: inner if not path and key.startswith("x-") else walk(inner, (*path, key))
                for key, inner in part.items()
            }
        if isinstance(part, list):
            return [walk(inner, (*path, index)) for index, inner in enumerate(part)]
        return part

    return walk(value, ()), diagnostics


def typed(value: Any, spec: Any, refused: Collection[KeyPath] = ()) -> Any:
    """Give what stands for one variable alone its type: without quotes what YAML reads in it, in quotes text.

    Args:
        value: The document's value, expanded; not changed.
        spec: The same as written.
        refused: Places where that is not taken: there it is the other way round, so that a warehouse `123` is a name,
            and `{retries: "${RETRIES}"}`, which in braces cannot be written without quotes, is a number.

    Returns:
        The value with types.
    """

    def walk(now: Any, written: Any, path: KeyPath) -> Any:
        if isinstance(now, dict):
            return {key: walk(inner, written[key], (*path, key)) for key, inner in now.items()}
        if isinstance(now, list):
            return [walk(inner, written[index], (*path, index)) for index, inner in enumerate(now)]
        match = _REFERENCE.fullmatch(written) if isinstance(written, str) else None
        if match is None or match[1] or now == written:
            return now
        return scalar(now) if isinstance(written, Unquoted) != (path in refused) else now

    return walk(value, spec, ())


def variables(text: str) -> list[str]:
    """Return the names of the environment's variables that a text asks for."""
    return [match["name"] for match in _REFERENCE.finditer(text) if not match[1]]


def _filled_in(text: str, environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return a text with its variables filled in, and the names of those that are not set; their references stay."""
    unset: list[str] = []

    def one(reference: re.Match[str]) -> str:
        if reference[1]:
            return reference[0][1:]
        found = environment.get(reference["name"], reference["default"] and reference["default"][2:])
        if found is None:
            unset.append(reference["name"])
        return reference[0] if found is None else found

    return _REFERENCE.sub(one, text), unset


def _not_set(name: str, path: KeyPath) -> Diagnostic:
    hint = f"Set it in the environment, or give a default: `${{{name}:-…}}`; as text, for JavaScript, `$${{{name}}}`."
    return Diagnostic(path, f"The environment variable {name} is not set.", hint, "unset-variable")
