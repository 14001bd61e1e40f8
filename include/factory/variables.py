"""Fills in environment variables: `${NAME}` and `${NAME:-default}` in the texts of a document."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.reading import Document

_REFERENCE = re.compile(r"(\$?)\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-[^}]*)?\}")


def expand(value: Any, environment: Mapping[str, str]) -> tuple[Any, list[Diagnostic]]:
    """Replace `${NAME}` and `${NAME:-default}` in all strings of a document; `$${NAME}` stands for `${NAME}` itself.

    Args:
        value: The document's value; not changed.
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
            return {key: walk(inner, (*path, key)) for key, inner in part.items()}
        if isinstance(part, list):
            return [walk(inner, (*path, index)) for index, inner in enumerate(part)]
        return part

    return walk(value, ()), diagnostics


def typed(value: Any, document: Document, wanted: Collection[KeyPath]) -> Any:
    """Make numbers and truth values of texts that came from the environment as a whole: `retries: ${RETRIES:-2}`.

    Args:
        value: The document's value, expanded; not changed.
        document: The document.
        wanted: Places where text is refused: quotes around a reference are mostly there for its braces.

    Returns:
        The value, with types at these places, for params, and where a reference stands without quotes and anything may
        stand.
    """
    if "${" not in document.text:
        return value

    def walk(now: Any, spec: Any, path: KeyPath) -> Any:
        if isinstance(now, dict) and isinstance(spec, dict):
            return {key: walk(inner, spec.get(key), (*path, key)) for key, inner in now.items()}
        if isinstance(now, list) and isinstance(spec, list) and len(now) == len(spec):
            return [
                walk(inner, part, (*path, index)) for index, (inner, part) in enumerate(zip(now, spec, strict=True))
            ]
        if not (
            isinstance(now, str)
            and isinstance(spec, str)
            and (match := _REFERENCE.fullmatch(spec.strip()))
            and not match[1]
        ):
            return now
        plain = f'"{spec}"' not in document.text and f"'{spec}'" not in document.text
        is_open = path[:1] == ("params",) or path[2:3] == ("params",) or (plain and path[2:3] == ("op_kwargs",))
        return _scalar(now) if path in wanted or is_open else now

    return walk(value, document.value, ())


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


def _scalar(text: str) -> Any:
    """Return a number or truth value if a text is one as it is mostly written, else the text: `007` is a name."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if re.fullmatch(r"-?(?:0|[1-9]\d{0,17})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?(?:0|[1-9]\d*)\.\d+", text) else text
