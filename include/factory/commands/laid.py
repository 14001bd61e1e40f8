"""Lays the layers over each other as the compiler does, and keeps of each value where it was written.

The compiler lays values over values and forgets where they were; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from include.factory import layers
from include.factory.diagnostics import KeyPath, Position
from include.factory.document.positions import Positions
from include.factory.document.variables import variables
from include.factory.target import Target
from include.factory.targets import TARGETS
from include.factory.templates.jinja import strings

FACTORY = "the factory"
"""The layer of what no file says."""


@dataclass(frozen=True)
class Origin:
    """What one layer says for a setting.

    Attributes:
        layer: `defaults`, `environment`, `pipeline`, `variant`, `task` or `the factory`.
        value: The value.
        file: The file; empty if no file says it.
        position: Where in the file; None if no file says it.
        note: How the value came about, in words; empty if it is as written.
    """

    layer: str
    value: Any
    file: str = ""
    position: Position | None = None
    note: str = ""

    @property
    def place(self) -> str:
        """The place as compilers write it; `-` if there is none."""
        return f"{self.file}:{self.position.line}:{self.position.column}" if self.position else "-"


@dataclass(frozen=True)
class Setting:
    """One setting of a DAG.

    Attributes:
        path: Keys that lead to it; an item of a list that is merged by a key, in brackets.
        origin: What set it.
        over: What lower layers say, the nearest first.
    """

    path: KeyPath
    origin: Origin
    over: tuple[Origin, ...] = ()

    def below(self, path: KeyPath) -> Setting:
        """Return the same setting of something that stands at a path."""
        return replace(self, path=(*path, *self.path))


@dataclass(frozen=True)
class Layer:
    """One layer, or the part of one that lies over the others: a variant, a task.

    Attributes:
        word: Its name.
        spec: What it says.
        path: Where it stands in its file.
        file: The file's name.
        document: What the whole file says, as written.
        places: The places of the file.
        variables: The environment's variables.
    """

    word: str
    spec: Mapping[str, Any] = field(repr=False)
    path: KeyPath
    file: str
    document: Mapping[str, Any] = field(repr=False)
    places: Positions = field(repr=False)
    variables: Mapping[str, str] = field(repr=False)

    def part(self, word: str, spec: Mapping[str, Any], path: KeyPath) -> Layer:
        """Return a part of the same file."""
        return replace(self, word=word, spec=spec, path=path)

    def origin(self, path: KeyPath, value: Any) -> Origin:
        """Return the origin of a value at a path of the layer."""
        whole = (*self.path, *path)
        written: Any = self.document
        for key in whole:
            written = written[key]
        used = dict.fromkeys(name for text in strings(written) for name in variables(text))
        notes = [f"from {name}" if name in self.variables else f"{name} is not set" for name in used]
        return Origin(self.word, value, self.file, self.places.find(whole, "key"), ", ".join(notes))


def by_factory(path: KeyPath, value: Any) -> Setting:
    """Return a setting that no file says."""
    return Setting(path, Origin(FACTORY, value))


def laid(given: Sequence[Layer], path: KeyPath, whole: bool = False) -> list[Setting]:
    """Lay what layers say at a path over each other.

    Args:
        given: The layers, the lowest first.
        path: The keys of a section.
        whole: Whether a key of the section is replaced as a whole, mapping or not.

    Returns:
        The settings of the merged section.
    """
    target = TARGETS.get(str(path[0]))
    found: dict[KeyPath, Setting] = {}
    for layer in given:
        section: Any = layer.spec
        for key in path:
            section = (section or {}).get(key)
        if section is None or section == {}:
            continue
        if whole:
            said = [((*path, key), (*path, key), value) for key, value in section.items()]
        else:
            said = list(leaves(section, path, path, target))
        for label, place, value in said:
            if value == {} and any(other[: len(label)] == label and other != label for other in found):
                continue  # an empty mapping over one that is not changes nothing
            under = [one for other, one in found.items() if _is_same_or_within(other, label)]
            over = tuple(origin for one in under for origin in (one.origin, *one.over) if origin.value != {})
            if label not in found:
                found = {other: one for other, one in found.items() if one not in under}
            found[label] = Setting(label, layer.origin(place, value), over)
    return list(found.values())


def _is_same_or_within(one: KeyPath, other: KeyPath) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def leaves(
    value: Any, label: KeyPath, path: KeyPath, target: Target | None = None
) -> Iterator[tuple[KeyPath, KeyPath, Any]]:
    """Return the values in a mapping that hold no further settings: label, path in the document, value.

    A list is one value, unless it is of a target's section and its items are merged by a key. A mapping that is one
    thing is one value.
    """
    # A list of the section, or of one of the containers in it.
    is_merged = len(label) == 2 or (len(label) == 4 and str(label[2]).startswith("["))
    name = str(label[-1])
    key = target.merge_keys.get(name) if target and is_merged else None
    if target and key and isinstance(value, Mapping):  # names and values in short
        for variable, inner in value.items():
            yield (*label, f"[{variable}]"), (*path, variable), inner
    elif target and key and isinstance(value, list):
        for index, item in enumerate(value):
            rest = {name: inner for name, inner in item.items() if name != key}
            here, place = (*label, f"[{item.get(key, index)}]"), (*path, index)
            if name in target.whole_items:
                yield here, place, rest["value"] if rest.keys() == {"value"} else rest
            else:
                yield from leaves(rest, here, place, target)
    elif isinstance(value, Mapping) and value and not layers.is_one_thing(name, value):
        for inner_name, inner in value.items():
            yield from leaves(inner, (*label, inner_name), (*path, inner_name), target)
    else:
        yield label, path, value
