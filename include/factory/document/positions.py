"""Where in a YAML file each key and value stands.

Computed only for files with a mistake: 0.7 ms a file, and most have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import yaml

from include.factory.diagnostics import START, Diagnostic, KeyPath, Located, Position
from include.factory.document.reading import YamlLoader


@dataclass(frozen=True)
class Positions:
    """The places of the keys and values of one document.

    Attributes:
        keys: Where each key begins.
        values: Where each value begins.
        ends: Where each scalar ends.
        blocks: The scalars that begin on the line after (`|` and `>`).
    """

    keys: dict[KeyPath, Position] = field(default_factory=dict)
    values: dict[KeyPath, Position] = field(default_factory=dict)
    ends: dict[KeyPath, Position] = field(default_factory=dict)
    blocks: set[KeyPath] = field(default_factory=set)

    def find(self, path: KeyPath, on: str) -> Position:
        """Return the place of a key or value, or of its nearest ancestor that exists."""
        if on == "key" and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
            if path in self.keys:  # the key is where the missing thing belongs
                return self.keys[path]
        return self.values.get(path, START)


def positions(text: str) -> Positions:
    """Find the place of every key and value.

    Args:
        text: A YAML document without syntax errors.

    Returns:
        Their places; of a key that occurs twice, the last.
    """
    found = Positions()
    root = yaml.compose(text, Loader=YamlLoader)
    todo: list[tuple[KeyPath, yaml.Node | None, frozenset[int]]] = [((), root, frozenset())]
    while todo:
        path, node, above = todo.pop()
        if node is None or id(node) in above:  # an alias to something that contains it
            continue
        found.values[path] = _place(node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            found.ends[path] = _place(node.end_mark)
            if node.style in ("|", ">"):
                found.blocks.add(path)
        elif isinstance(node, yaml.MappingNode):
            for key, value in _merged(node):
                inner = (*path, key.value) if isinstance(key, yaml.ScalarNode) else path
                if inner != path:
                    found.keys[inner] = _place(key.start_mark)
                    todo.append((inner, value, above | {id(node)}))
        elif isinstance(node, yaml.SequenceNode):
            todo.extend(((*path, index), item, above | {id(node)}) for index, item in enumerate(node.value))
    return found


def located(diagnostics: Iterable[Diagnostic], file: str, text: str) -> tuple[Located, ...]:
    """Give each mistake of one file its place.

    Args:
        diagnostics: Mistakes of one file.
        file: The file, relative to the project root.
        text: Its text.

    Returns:
        The same mistakes in the order of the file, each once.
    """
    diagnostics = list(dict.fromkeys(diagnostics))
    places = positions(text) if any(one.position is None for one in diagnostics) else Positions()
    lines = text.splitlines()
    found = [one.at(file, one.position or _within(one, places, lines)) for one in diagnostics]
    return tuple(sorted(found, key=lambda one: (one.position, one.message)))


def _within(diagnostic: Diagnostic, places: Positions, lines: list[str]) -> Position:
    """Return the place of a mistake; of one inside a long value, the place inside it."""
    start, end = places.find(diagnostic.path, diagnostic.on), places.ends.get(diagnostic.path)
    if diagnostic.on == "key" or end is None:
        return start
    if diagnostic.word:
        for number in range(start.line, min(end.line, len(lines)) + 1):
            column = lines[number - 1].find(diagnostic.word, start.column - 1 if number == start.line else 0)
            if column >= 0:
                return Position(number, column + 1)
    number = start.line + diagnostic.line
    if diagnostic.line and diagnostic.path in places.blocks and number <= len(lines):
        return Position(number, len(lines[number - 1]) - len(lines[number - 1].lstrip()) + 1)
    return start


def _merged(node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    """Return the keys and values of a mapping: its own last, so that they count, before them those that `<<` brings."""
    pairs = []
    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            holders = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for holder in reversed(holders):
                pairs += _merged(holder) if isinstance(holder, yaml.MappingNode) else []
    return pairs + [(key, value) for key, value in node.value if key.tag != "tag:yaml.org,2002:merge"]


def _place(mark: yaml.Mark) -> Position:
    return Position(mark.line + 1, mark.column + 1)
