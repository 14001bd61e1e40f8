"""Reading: files that would take a process down, and what YAML says of scalars."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from include.factory.document.positions import positions
from include.factory.document.reading import MAX_BYTES, Document, read
from include.factory.document.variables import expand
from tests.factory.conftest import HERE


def _codes(path: Path) -> list[str]:
    found = read(path)
    assert isinstance(found, list)
    return [diagnostic.code for diagnostic in found]


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 30_000 + "]" * 30_000,  # libyaml's own nodes would end the process here
        "a: " + "{a: " * 20_000 + "}" * 20_000,
        "a:\n  " + "- " * 20_000 + "x\n",
        "a:\n  " + "? " * 20_000 + "x\n",
        "\n".join(" " * depth + f"a{depth}:" for depth in range(60)) + " x\n",
    ],
    ids=["lists", "mappings", "items", "keys", "indentation"],
)
def test_nesting_without_end(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.yaml"
    path.write_text(text)
    assert _codes(path) == ["too-deep"]


def test_a_file_over_one_megabyte(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_text("a: " + "x" * MAX_BYTES)
    assert _codes(path) == ["too-big"]


@pytest.mark.parametrize(
    "text", ["a: !!timestamp 2019", "a: !!binary x", "a: !!set {b}", "a: !mine x", "a: !!omap [b: 1]"]
)
def test_tags(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tag.yaml"
    path.write_text(text)
    assert "tag" in _codes(path)


def test_a_file_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    assert _codes(tmp_path / "nowhere.yaml") == ["unreadable"]
    assert _codes(tmp_path) == ["unreadable"]


def test_scalars_are_those_of_yaml_1_2_as_in_editors(tmp_path: Path) -> None:
    path = tmp_path / "scalars.yaml"
    path.write_text("a: [no, on, 12:30, 2024-01-31, 010, 0x10, 0o17, -3, 1e3, 1.5, true, null, ~, '1', .5]\n")
    found = read(path)
    assert isinstance(found, Document)
    assert found.value["a"] == [
        "no",
        "on",
        "12:30",
        "2024-01-31",
        10,
        16,
        15,
        -3,
        1000.0,
        1.5,
        True,
        None,
        None,
        "1",
        0.5,
    ]


def test_environment_variables() -> None:
    value = {"a": ["${SET}-${UNSET:-default}", "$${SET}", 1], "b": {"c": "${EMPTY:-x}${UNSET:-}"}}

    expanded, diagnostics = expand(value, {"SET": "one", "EMPTY": ""})

    assert expanded == {"a": ["one-default", "${SET}", 1], "b": {"c": ""}}
    assert diagnostics == []
    assert value["a"][0] == "${SET}-${UNSET:-default}"


@pytest.mark.parametrize("path", sorted((HERE / "right").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_key_and_value_has_its_place(path: Path) -> None:
    """Read at the place that is given for a key, the key is there."""
    document = read(path)
    assert isinstance(document, Document)
    lines = document.text.splitlines()
    places = positions(document.text)
    for key, place in places.keys.items():
        there = lines[place.line - 1][place.column - 1 :].lstrip("'\"")
        assert there.startswith(str(key[-1]))
    assert set(places.keys) <= set(places.values)


def test_positions_of_what_is_not_there_are_those_of_what_holds_it() -> None:
    places = positions("a:\n  b: [1, 2]\n")
    assert (
        places.find(("a", "b", 7), "value").line,
        places.find(("a", "c"), "value").line,
        places.find(("z",), "value").line,
    ) == (2, 1, 1)


def test_libyaml_is_there() -> None:
    assert yaml.__with_libyaml__
