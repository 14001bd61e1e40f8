"""What a check found: a value, never an exception, so that one run reports every mistake of every file."""

from __future__ import annotations

import shlex
from collections.abc import Collection
from dataclasses import KW_ONLY, dataclass, replace
from difflib import get_close_matches
from typing import Literal

import yaml

_SHOWN = 30
"""How many names a hint lists; of more it lists the nearest."""

KeyPath = tuple[str | int, ...]
"""Keys and list indexes that lead from the top of a document to a value."""
On = Literal["key", "value"]
"""Which of the two that a path leads to: a key, or its value."""


Level = Literal["error", "warning"]
"""What a diagnostic means: with a warning a pipeline loads all the same."""


@dataclass(frozen=True, order=True)
class Position:
    """A place in a file; both numbers count from 1."""

    line: int
    column: int


START = Position(1, 1)
"""The place of a mistake that is the whole file's."""


@dataclass(frozen=True)
class Diagnostic:
    """One mistake in a document, as a check finds it: which file it is in, and where there, is not the check's to know.

    Attributes:
        path: Where in the document. The nearest part of it that exists is shown.
        message: What is wrong.
        hint: What to do about it.
        code: A short name of the check, such as `unknown-key`; programs filter on it.
        on: Whether the key or the value of `path` is wrong.
        word: What in the value is wrong, as it is most likely written: `params.tabel`. The place is that of the word
            then.
        line: The line of a value of several lines that is wrong, from 1; 0 if that is not known.
        position: The place in the file, where no path leads there: of what is wrong with the text itself.
        level: Whether it keeps the pipeline from loading.
    """

    path: KeyPath
    message: str
    hint: str
    code: str
    _: KW_ONLY
    on: On = "value"
    word: str = ""
    line: int = 0
    position: Position | None = None
    level: Level = "error"

    def below(self, path: KeyPath) -> Diagnostic:
        """Return the same for a document in which the checked one stands at a path."""
        return replace(self, path=(*path, *self.path))

    def at(self, file: str, position: Position) -> Located:
        """Return the same with its place."""
        return Located(file, position, self.path, self.message, self.hint, self.code, self.level)


@dataclass(frozen=True)
class Located:
    """A diagnostic with its place, as people and programs get to see it.

    Attributes:
        file: The file, relative to the project root, with forward slashes.
        position: Where in the file.
        path: Where in the document.
        message: What is wrong.
        hint: What to do about it.
        code: The name of the check.
        level: Whether it keeps the pipeline from loading.
    """

    file: str
    position: Position
    path: KeyPath
    message: str
    hint: str
    code: str
    level: Level = "error"


def spelled(path: KeyPath) -> str:
    """Write a key path the way people say it: `tasks.train.dependencies[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def did_you_mean(word: object, known: Collection[str], alike: float = 0.7) -> str | None:
    """Return the known word nearest to a misspelt one.

    Args:
        word: What was written.
        known: What could have been meant.
        alike: How alike the two must be, from 0 to 1. Of short words almost any other is near: `sql` and `sla` share
            two of three letters.

    Returns:
        The nearest known word, or None if none is near.
    """
    lowered = {name.lower(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(str(word).lower(), lowered, n=1, cutoff=alike)
    return lowered[near[0]] if near else None


def hint_by_name(word: object, known: Collection[str], kind: str) -> str:
    """Return the hint for an unknown name: the near one if there is one, else all there are.

    Args:
        word: What was written.
        known: What there is.
        kind: What the names are, in the plural: "tasks".

    Returns:
        A sentence.
    """
    near = did_you_mean(word, known)
    if near is not None:
        return f"Did you mean `{near}`?"
    names = sorted(known)
    if not names:
        return f"There are no {kind} here."
    if len(names) > _SHOWN:
        nearest = get_close_matches(str(word), names, n=12, cutoff=0)
        return f"The nearest {kind} are {', '.join(f'`{name}`' for name in nearest)}."
    return f"There are these {kind}: {', '.join(f'`{name}`' for name in names)}."


def hint_of_words(text: str) -> str:
    """Return the hint for a command that is one text and must be a list: its words, as a shell would take them."""
    try:
        words = shlex.split(text)
    except ValueError:  # a quotation mark that is not closed
        words = text.split()
    return f"Write a list: `{yaml.safe_dump(words, default_flow_style=True, width=10**6, allow_unicode=True).strip()}`."
