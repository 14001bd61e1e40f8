"""What a part of the schema takes, in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from include.factory.document.type_words import type_words

NAMES = {"duration": "[a duration](types.md#duration)", "quantity": "[a quantity](types.md#quantity)",
         "typed": "[an object by `__type__`](types.md#typed)"}  # fmt: skip


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"type": "string", "minLength": 1}, "text"),
        ({"type": "integer", "minimum": 0}, "a whole number (at least 0)"),
        ({"type": "boolean"}, "`true` or `false`"),
        ({"type": ["string", "null"]}, "text or `null`"),
        ({"enum": ["a", "b", None]}, "`a`, `b` or `null`"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
         "a list of text (one at least, each once)"),
        ({"type": "array", "items": {"$ref": "#/$defs/typed"}},
         "a list of [objects by `__type__`](types.md#typed)"),
        ({"type": "object", "additionalProperties": {"$ref": "#/$defs/quantity"}},
         "a mapping from names to [quantities](types.md#quantity)"),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, "a mapping"),
        ({"anyOf": [{"$ref": "#/$defs/duration"}, {"type": "null"}]}, "[a duration](types.md#duration) or `null`"),
        ({"anyOf": [{"enum": ["a", "b"]}, {"type": "array", "items": {"enum": ["a", "b"]}}]},
         "`a` or `b`; or a list of `a` or `b`"),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}], "type": "object"}, "a mapping"),
        ({"description": "whatever"}, "anything"),
    ],
)  # fmt: skip
def test_words(part: dict[str, Any], words: str) -> None:
    assert type_words(part, NAMES) == words
