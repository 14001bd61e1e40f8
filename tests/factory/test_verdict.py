"""The fast verdict on a document's shape: the same as jsonschema's, which words what is wrong."""

from __future__ import annotations

import copy
import math
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from include.factory.diagnostics import KeyPath
from include.factory.document import schema as shapes
from include.factory.document.reading import Document, Unquoted, read
from include.factory.document.verdict import FEW, Verdict, compiled
from tests.factory.test_corpus import FILES, RIGHT, WARNED

SLOW = Draft202012Validator(shapes._inlined(shapes.schema()))
FAST = compiled(shapes.schema())
DOCUMENTS = {
    path: document.value
    for path in [*FILES, *RIGHT, *WARNED]
    if isinstance(document := read(path), Document) and len(document.text) < 20_000
}
ODD = [
    None, True, False, 0, 1, -1, 1.0, -0.0, 1.5, 2**63, 2**64, 10**400, -(10**400), 1e308, math.inf, -math.inf,
    math.nan, "", " ", "x", "first", "snowpark", "5m", "1h 5m", "2024-01-31", "2024-01-31\n", "{{ x }}",
    "\ufeff{{ x }}", "\x1c{{ x }}", "\x855m", "\u00a05m", "{{ x\n}}", "\u0661m",
    "\u0662\u0660\u0662\u0664-01-31", "\ud800", "ü",
    "a.ü.b", "日本", "\U0001f600", "x\n", "a" * 200, Unquoted("${A}"), [], [[]], ["x", "x"], ["x", Unquoted("x")],
    [1, 1.0],
    [1, True], [0, False], [math.nan, math.nan], [None], {}, {"": 1}, {"ü": 1}, {"\ud800": 1}, {"a b": {}},
    {Unquoted("a"): 1},
    {"default": math.nan}, {"minimum": -math.inf}, {"__type__": "x"}, {"x": math.inf}, {1: 2}, {None: 1},
]  # fmt: skip


def _paths(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in _paths(one, (*path, key)))]


def _scalars(value: Any) -> list[Any]:
    if isinstance(value, dict | list):
        return [one for inner in (value.values() if isinstance(value, dict) else value) for one in _scalars(inner)]
    return [value]


def _odd_ones(value: dict[str, Any], seed: str) -> Iterator[dict[str, Any]]:
    """A document with each odd value in some place, or with an odd key."""
    chance = random.Random(seed)
    paths = _paths(value)[1:]
    for odd in ODD:
        path = chance.choice(paths)
        changed = copy.copy(value)
        parent: Any = changed
        for part in path[:-1]:
            parent[part] = copy.copy(parent[part])
            parent = parent[part]
        if isinstance(odd, dict) and isinstance(parent, dict) and chance.random() < 0.5:
            parent.update(odd)
        else:
            parent[path[-1]] = odd
        yield changed


def _slow(value: Any) -> bool:
    try:
        return SLOW.is_valid(value)
    except TypeError:  # a key that is no text, which no file gives
        return False


def _fast(value: Any) -> bool | None:
    """None where it cannot say."""
    assert FAST is not None
    try:
        return FAST.is_valid(value)
    except ValueError:
        return None


def test_it_is_the_same_for_the_corpus() -> None:
    for path, value in DOCUMENTS.items():
        # What jsonschema takes for a number, and no JSON has.
        if not {"inf", "nan"} & {str(one) for one in _scalars(value)}:
            assert _fast(value) in (None, _slow(value)), path


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path in RIGHT], ids=lambda path: path.stem)
def test_it_is_never_more_lenient(path: Path) -> None:
    for changed in _odd_ones(DOCUMENTS[path], path.stem):
        assert not _fast(changed) or _slow(changed), changed


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_an_odd_value_where_anything_may_stand_is_no_more_than_not_known(odd: Any) -> None:
    for key in ("x-odd", "params", "description", "dag", "tasks", "target"):
        value = {"pipeline": "sample", "tasks": {"first": {"sql": "select 1"}}, key: odd}
        assert not _fast(value) or _slow(value)


def test_what_it_cannot_say_jsonschema_says() -> None:
    odd = {"pipeline": "sample", "description": Unquoted("${A}"), "tasks": {"first": {"sql": "select 1"}}}
    infinite = {"pipeline": "sample", "params": {"x": math.inf}, "tasks": {"first": {"sql": "select 1"}}}
    assert _fast(odd) is None
    assert _fast(infinite) is False
    for _ in range(FEW + 2):
        assert shapes.pipeline_shape(odd) == []
        assert shapes.pipeline_shape(infinite) == []


def test_both_ways_to_it_agree() -> None:
    """Few documents are checked by jsonschema itself, more by the compiled schema."""
    verdict = Verdict({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string", "pattern": r"^\s*\w+$"}}})
    for _ in range(FEW + 2):
        assert verdict.fits(" x")
        assert not verdict.fits(1)
        assert not verdict.fits("\ufeffx")


def test_without_jsonschema_rs_the_verdict_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that was set up before it was needed."""
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    verdict = Verdict({"type": "string"})
    for _ in range(FEW + 2):
        assert verdict.fits("x")
        assert not verdict.fits(1)


def test_a_limit_stands_beside_a_type() -> None:
    """What is no finite number is refused by its type: of limits alone, jsonschema-rs says that it is within."""

    def limits(part: Any) -> Iterator[dict[str, Any]]:
        if isinstance(part, dict):
            if any(isinstance(part.get(key), int | float) for key in ("minimum", "maximum", "exclusiveMinimum")):
                yield part
            for inner in part.values():
                yield from limits(inner)
        elif isinstance(part, list):
            for inner in part:
                yield from limits(inner)

    found = list(limits(shapes.schema()))
    assert len(found) > 20
    assert all("type" in part for part in found)
