"""Says in plain words what a part of the JSON Schema takes: "a list of text (each once)"."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "null": "`null`",
}
"""JSON Schema's types, as people call a value of one."""
_MANY = {**TYPES, "object": "mappings", "array": "lists", "integer": "whole numbers", "number": "numbers"}
_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "greater than {}",
    "exclusiveMaximum": "less than {}",
}


def type_words(part: Schema, names: Mapping[str, str], many: bool = False) -> str:
    """Say what a part of the schema takes.

    Args:
        part: The part.
        names: What to call a definition that a `$ref` names, by its name.
        many: Whether there are several of them: "mappings" in place of "a mapping".

    Returns:
        Words for a sentence.
    """
    if "$ref" in part:
        name = str(part["$ref"]).rpartition("/")[2]
        return _plural(names[name]) if many else names[name]
    if "enum" in part:
        return _alternatives([f"`{_json(value)}`" for value in part["enum"]])
    for keyword in ("anyOf", "oneOf"):
        if any("type" in one or "$ref" in one or "enum" in one for one in part.get(keyword, ())):
            return _alternatives([type_words(one, names, many) for one in part[keyword]])
    kinds = part.get("type")
    if isinstance(kinds, list):
        return _alternatives([type_words({**part, "type": kind}, names, many) for kind in kinds])
    if kinds is None:
        return "anything"
    return (_MANY if many else TYPES)[kinds] + _of(part, kinds, names) + _limits(part)


def _of(part: Schema, kind: str, names: Mapping[str, str]) -> str:
    """Say what is in a list or mapping."""
    if kind == "array" and isinstance(part.get("items"), Mapping):
        inner = type_words(part["items"], names, many=True)
        return f" of {inner}" if inner != "anything" else ""
    values = part.get("additionalProperties")
    if kind == "object" and isinstance(values, Mapping) and not part.get("properties"):
        inner = type_words(values, names, many=True)
        return f" from names to {inner}" if inner != "anything" else " from names to values"
    return ""


def _limits(part: Schema) -> str:
    limits = [words.format(_json(part[key])) for key, words in _LIMITS.items() if key in part]
    if part.get("minItems", 0) > 0 or (part.get("minProperties", 0) > 0 and not part.get("properties")):
        limits.append("one at least")
    if part.get("uniqueItems"):
        limits.append("each once")
    return f" ({', '.join(limits)})" if limits else ""


def _plural(words: str) -> str:
    """Return what several of a definition are called: of "[a task](task.md)" "[tasks](task.md)"."""
    many = re.sub(r"^\[an? (\w[\w ]*?)(?= by |\])", r"[\1s", words)
    return re.sub(r"ys(?= by |\])", "ies", many)


def _alternatives(words: list[str]) -> str:
    """Join words by "or"; what is said twice, once."""
    split = [part for word in words for part in (word.split(" or ") if word == TYPES["boolean"] else [word])]
    split = list(dict.fromkeys(split))
    if len(split) == 1:
        return split[0]
    clear = not any(" or " in one for one in split)
    return f"{', '.join(split[:-1])} or {split[-1]}" if clear else "; or ".join(split)


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
