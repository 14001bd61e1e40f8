"""What a target is stands in its own file: all others treat targets alike."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from include import factory, operators, runtime
from include.factory.document.schema import schema
from include.factory.targets import DEFAULT_TARGET, TARGETS

CORE = [Path(package.__path__[0]) for package in (factory, operators, runtime)]
THE_PACKAGE = ("models.py", "find_spec")
"""Where `kubernetes` is the Python package of that name."""


def _names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Where the code says the name of a target, and of the function it passes it to."""
    called = {
        id(argument): node.func for node in ast.walk(tree) if isinstance(node, ast.Call) for argument in node.args
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in TARGETS:
            yield node.lineno, ast.unparse(called[id(node)]) if id(node) in called else ""


def test_no_other_file_names_a_target() -> None:
    found = [
        (path.name, function or line)
        for folder in CORE
        for path in sorted(folder.rglob("*.py"))
        if path.parent.name != "targets"
        for line, function in _names(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [THE_PACKAGE]


def test_the_schema_has_the_same_targets() -> None:
    definitions = schema()["$defs"]
    assert set(definitions["target"]["enum"]) == set(TARGETS)
    for holder in (schema(), definitions["our_task"], definitions["variant"], definitions["layer"]):
        for name in TARGETS:
            assert holder["properties"][name]["$ref"] == f"#/$defs/{name}"


def test_one_is_the_default() -> None:
    assert [target.name for target in TARGETS.values() if target.is_default] == [DEFAULT_TARGET.name]


@pytest.mark.parametrize("name", TARGETS)
def test_its_operators_are_there(name: str) -> None:
    for path in TARGETS[name].operators.values():
        module, _, operator = path.rpartition(".")
        assert callable(getattr(importlib.import_module(module), operator))


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_misnamed_is_no_key_of_the_section(name: str) -> None:
    assert not TARGETS[name].misnamed.keys() & schema()["$defs"][name]["properties"].keys()
