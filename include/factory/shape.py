"""Checks a document's shape against the JSON Schema, and says what is wrong in words of the format, not of JSON Schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from include.factory.mistakes import KeyPath, Mistake, cure_by_name, did_you_mean, spelled
from include.factory.pipeline import KINDS

SCHEMA_FILE = Path(__file__).resolve().parents[2] / "schemas" / "pipeline.schema.json"

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "null": "empty",
}
_Found = Iterator[tuple[KeyPath, str, str, str, str]]
"""Path, key or value, rule, message, cure."""


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a pipeline."""
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return loaded


def pipeline_mistakes(value: Mapping[str, Any], file: str) -> list[Mistake]:
    """Check a pipeline's document.

    Args:
        value: The document.
        file: Its name, for messages.

    Returns:
        What is wrong with its shape; empty if nothing is.
    """
    return _mistakes(_pipeline_validator(), value, file)


def layer_mistakes(value: Mapping[str, Any], file: str) -> list[Mistake]:
    """Check the document of defaults or of an environment; arguments and result as `pipeline_mistakes`."""
    return _mistakes(_layer_validator(), value, file)


@cache
def _pipeline_validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


@cache
def _layer_validator() -> Draft202012Validator:
    return Draft202012Validator({"$ref": "#/$defs/layer", "$defs": schema()["$defs"]})


def _mistakes(validator: Draft202012Validator, value: Mapping[str, Any], file: str) -> list[Mistake]:
    found: dict[tuple[KeyPath, str, str, str, str], None] = {}
    for error in validator.iter_errors(value):
        for one in _explain(error):
            found[one] = None
    return [Mistake(file, message, cure, rule, path, "key" if on == "key" else "value") for path, on, rule, message, cure in found]


def _explain(error: ValidationError) -> _Found:
    path = tuple(error.absolute_path)
    explain = _EXPLANATIONS.get(str(error.validator))
    if explain is None:
        yield path, "value", "shape", f"{_subject(path)} does not fit: {error.message}.", _meant(error.schema)
    else:
        yield from explain(error, path)


def _unknown_key(error: ValidationError, path: KeyPath) -> _Found:
    known = list(error.schema.get("properties", {}))
    task = _is_task(path)
    if task:
        known.append("operator")
    unknown = [key for key in error.instance if key not in known]
    if task and not any(kind in error.instance for kind in KINDS):
        # The key that should have said the kind: the others are judged once the kind is known.
        kinds = [key for key in unknown if did_you_mean(key, KINDS)]
        unknown = kinds[:1] or unknown
    for key in unknown:
        yield (*path, key), "key", "unknown-key", f"{_subject((*path, key))} is not a key of the format.", cure_by_name(key, known, "keys")


def _missing_key(error: ValidationError, path: KeyPath) -> _Found:
    for key in error.validator_value:
        if key not in error.instance and f"'{key}'" in error.message:
            meaning = _deref(error.schema.get("properties", {}).get(key, {})).get("description", "")
            unknown = [other for other in error.instance if other not in error.schema.get("properties", {})]
            if did_you_mean(key, unknown) is None:  # a misspelt key is reported as one already
                yield path, "key", "missing-key", f"{_subject(path)} has no `{key}`.", f"Add `{key}`. {meaning}".strip()


def _wrong_type(error: ValidationError, path: KeyPath) -> _Found:
    wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
    names = " or ".join(_TYPES[name] for name in wanted)
    value, key = error.instance, path[-1] if path else "the file"
    if "array" in wanted and isinstance(value, str):
        cure = f"Write a list: `{key}: [{value}]`."
    elif value is None:
        cure = f"Give it a value, or remove the line. {_meant(error.schema)}".strip()
    elif "boolean" in wanted and str(value).lower() in ("yes", "no", "on", "off"):
        cure = f"Write `{str(str(value).lower() in ('yes', 'on')).lower()}`: YAML 1.2 knows no other words for it."
    elif "string" in wanted and isinstance(value, int | float):
        cure = f'Put it into quotes: `"{value}"`.'
    elif isinstance(value, str) and ("integer" in wanted or "number" in wanted) and value.replace(".", "", 1).lstrip("-").isdigit():
        cure = f"Remove the quotes: `{key}: {value}`."
    else:
        cure = _meant(error.schema)
    yield path, "value", "wrong-type", f"{_subject(path)} must be {names}, not {_shown(value)}.", cure


def _not_allowed(error: ValidationError, path: KeyPath) -> _Found:
    values = [str(value) for value in error.validator_value]
    yield (
        path,
        "value",
        "wrong-value",
        f"{_subject(path)} cannot be {_shown(error.instance)}.",
        cure_by_name(error.instance, values, "choices"),
    )


def _no_match(error: ValidationError, path: KeyPath) -> _Found:
    if error.parent is None and list(error.schema_path)[-2:-1] == ["propertyNames"]:
        yield (*path, error.instance), "key", "wrong-name", f"`{error.instance}` is not a name that may be used here.", _meant(error.schema)
        return
    yield path, "value", "wrong-value", f"{_subject(path)} cannot be {_shown(error.instance)}.", _meant(error.schema)


def _no_alternative(error: ValidationError, path: KeyPath) -> _Found:
    """anyOf: if the value is of the type of just one alternative, what is wrong with it as that; else what the key means."""
    by_alternative: dict[int, list[ValidationError]] = {}
    for below in error.context or ():
        by_alternative.setdefault(int(below.schema_path[0]), []).append(below)
    fitting = [errors for errors in by_alternative.values() if not any(_is_mismatch(one, error) for one in errors)]
    if len(fitting) == 1 and isinstance(error.instance, dict | list):
        for one in fitting[0]:
            yield from _explain(one)
        return
    yield path, "value", "wrong-value", f"{_subject(path)} cannot be {_shown(error.instance)}.", _meant(error.schema)


def _is_mismatch(error: ValidationError, parent: ValidationError) -> bool:
    """Whether an alternative is out of the question: another type, or without the key that makes it the alternative."""
    here = len(error.absolute_path) == len(parent.absolute_path)
    return here and error.validator in ("type", "required", "enum", "const")


def _wrong_kind(error: ValidationError, path: KeyPath) -> _Found:
    given = [kind for kind in KINDS if kind in error.instance]
    if len(given) > 1:
        names = " and ".join(f"`{kind}`" for kind in given)
        yield path, "key", "wrong-kind", f"{_subject(path)} has {names}.", "A task does one thing: make it two tasks, or remove one."
    elif not any(did_you_mean(key, KINDS) for key in error.instance):
        cure = "Add one of `sql`, `python_callable`, `batch_callable` and `operator`."
        yield path, "key", "wrong-kind", f"{_subject(path)} does not say what it does.", cure


def _needs(error: ValidationError, path: KeyPath) -> _Found:
    for key, needed in error.validator_value.items():
        if key not in error.instance:
            continue
        for other in needed:
            if other in error.instance or did_you_mean(other, [name for name in error.instance if name not in error.schema["properties"]]):
                continue
            if other in KINDS:
                if any(kind in error.instance for kind in KINDS):
                    message = f"{_subject((*path, key))} is for tasks with `{other}` only."
                    yield (*path, key), "key", "misplaced-key", message, "Remove it."
            else:
                meaning = _meant(error.schema["properties"][other])
                yield path, "key", "missing-key", f"{_subject(path)} has no `{other}`, which `{key}` needs.", f"Add it. {meaning}".strip()


def _limit(words: str) -> Callable[[ValidationError, KeyPath], _Found]:
    def explain(error: ValidationError, path: KeyPath) -> _Found:
        limit = error.validator_value
        message = f"{_subject(path)} is {_shown(error.instance)}; it must be {words.format(limit)}."
        yield path, "value", "out-of-range", message, _meant(error.schema)

    return explain


def _empty(error: ValidationError, path: KeyPath) -> _Found:
    yield path, "value", "empty", f"{_subject(path)} is empty.", f"Give it a value, or remove it. {_meant(error.schema)}".strip()


def _twice(error: ValidationError, path: KeyPath) -> _Found:
    for index, item in enumerate(error.instance):
        if item in error.instance[:index]:
            yield (*path, index), "value", "duplicate", f"{_shown(item)} is in {_subject(path)} twice.", "Remove one of them."


_EXPLANATIONS: dict[str, Callable[[ValidationError, KeyPath], _Found]] = {
    "additionalProperties": _unknown_key,
    "required": _missing_key,
    "type": _wrong_type,
    "enum": _not_allowed,
    "pattern": _no_match,
    "anyOf": _no_alternative,
    "oneOf": _wrong_kind,
    "dependentRequired": _needs,
    "minimum": _limit("at least {}"),
    "exclusiveMinimum": _limit("greater than {}"),
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "uniqueItems": _twice,
}


def _is_task(path: KeyPath) -> bool:
    return len(path) == 2 and path[0] == "tasks"


def _subject(path: KeyPath) -> str:
    return f"`{spelled(path)}`" if path else "The file"


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text if len(text) <= 60 else text[:57] + '…'}`"


def _meant(part: Any) -> str:
    """What the schema says a value is for."""
    return str(_deref(part).get("description", "")) if isinstance(part, Mapping) else ""


def _deref(part: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = part.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#/$defs/"):
        return part
    return {**_deref(schema()["$defs"][reference.removeprefix("#/$defs/")]), **part}
