"""Where in a YAML file each key and value stands. Computed only for files with a mistake: 0.7 ms a file, and most have none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import yaml

from include.factory.mistakes import KeyPath, Mistake, Position
from include.factory.reading import YamlLoader


@dataclass(frozen=True)
class Positions:
    """The places of the keys and values of one document."""

    keys: dict[KeyPath, Position]
    values: dict[KeyPath, Position]

    def find(self, path: KeyPath, on: str) -> Position:
        """The place of a key or value, or of its nearest ancestor that exists."""
        if on == "key" and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
            if path in self.keys:  # the key is where the missing thing belongs
                return self.keys[path]
        return self.values.get(path, Position(1, 1))


def positions(text: str) -> Positions:
    """Find the place of every key and value.

    Args:
        text: A YAML document without syntax errors.

    Returns:
        Their places; of a key that occurs twice, the last.
    """
    found = Positions({}, {})
    root = yaml.compose(text, Loader=YamlLoader)
    todo: list[tuple[KeyPath, yaml.Node | None, frozenset[int]]] = [((), root, frozenset())]
    while todo:
        path, node, above = todo.pop()
        if node is None or id(node) in above:  # an alias to something that contains it
            continue
        found.values[path] = _place(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = (*path, key.value) if isinstance(key, yaml.ScalarNode) else path
                if below != path:
                    found.keys[below] = _place(key.start_mark)
                    todo.append((below, value, above | {id(node)}))
        elif isinstance(node, yaml.SequenceNode):
            todo.extend(((*path, index), item, above | {id(node)}) for index, item in enumerate(node.value))
    return found


def located(mistakes: list[Mistake], text: str) -> list[Mistake]:
    """Give each mistake of one file its position and sort them by it.

    Args:
        mistakes: Mistakes of one file.
        text: The file's text.

    Returns:
        The same mistakes, each with a position, in the order of the file.
    """
    if not all(mistake.position for mistake in mistakes):
        places = positions(text)
        mistakes = [m if m.position else replace(m, position=places.find(m.path, m.on)) for m in mistakes]
    return sorted(mistakes, key=lambda m: (m.position or Position(1, 1), m.message))


def _place(mark: yaml.Mark) -> Position:
    return Position(mark.line + 1, mark.column + 1)
