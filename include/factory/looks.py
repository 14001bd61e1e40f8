"""Notes what a check looks at beside the file that it checks: other files, modules, folders, the environment.

What came of a check holds as long as all of it is as it was: what was looked for in vain is a part of it too, as a
module that appears may hide another. All that checks and the compiler look at goes through here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, TypeVar

Kind = Literal["file", "folder", "importable", "module", "project-module", "package", "project-package", "variable"]
"""What is looked at; of `module` and `package` among all that Python can import, or in the project alone."""
Looks = dict[tuple[Kind, str], str]
"""What was looked at, by kind and name, and in what state it was."""

ABSENT = ""
"""The state of what is not there."""
CHANGED = "changed"
"""The state of what changed between two looks; nothing is ever found in it."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_open: list[Looks] = []


@contextmanager
def noted() -> Iterator[Looks]:
    """Note all looks until the end of the block; those of inner blocks are the outer one's too."""
    looks: Looks = {}
    _open.append(looks)
    try:
        yield looks
    finally:
        _open.pop()
        note_again(looks)


def note(kind: Kind, name: str, state: str) -> None:
    """Note one look."""
    if _open:
        looks = _open[-1]
        if looks.setdefault((kind, name), state) != state:
            looks[kind, name] = CHANGED


def note_again(looks: Looks) -> None:
    """Note the looks behind what was found before, and is used once more."""
    for (kind, name), state in looks.items():
        note(kind, name, state)


def kept(known: dict[_Key, tuple[_Value, Looks]], key: _Key, find: Callable[[], _Value]) -> _Value:
    """Find something once, and note the looks behind it each time.

    Args:
        known: What was found before.
        key: What is asked for.
        find: Finds it.

    Returns:
        What was found.
    """
    if key in known:
        value, looks = known[key]
        note_again(looks)
        return value
    with noted() as looks:
        value = find()
    known[key] = value, looks
    return value


def read_file(path: Path) -> bytes:
    """Read a file.

    Args:
        path: The file.

    Returns:
        What is in it.

    Raises:
        OSError: it cannot be read.
        ValueError: no file can have this name.
    """
    content: bytes | None = None
    try:
        content = path.read_bytes()
    finally:
        note("file", str(path), _of_content(content) if content is not None else file_state(str(path)))
    return content


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """Read a file as text; the ends of lines become plain ones.

    Args:
        path: The file.
        encoding: Its encoding.

    Returns:
        The text.

    Raises:
        OSError: it cannot be read.
        ValueError: no file can have this name; UnicodeDecodeError: it has another encoding.
    """
    return read_file(path).decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def is_file(path: Path) -> bool:
    """Whether there is a file; a name that no file can have (too long, with a NUL) is that of none."""
    state = file_state(str(path))
    note("file", str(path), state)
    return state != ABSENT


def is_folder(path: Path) -> bool:
    """Whether there is a folder; as above."""
    state = folder_state(str(path))
    note("folder", str(path), state)
    return state != ABSENT


def is_importable(name: str) -> bool:
    """Whether Python finds a top-level module, which need not be written in Python."""
    state = importable_state(name)
    note("importable", name, state)
    return state != ABSENT


class Variables(Mapping[str, str]):
    """The environment's variables, which are noted where they are asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def __getitem__(self, name: str) -> str:
        note("variable", name, variable_state(self._variables.get(name)))
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


# The states, as they are now: by these a cache tells whether they are still as they were noted.


def file_state(path: str) -> str:
    """Return the state of a file: a digest of its content."""
    if not os.path.isfile(path):
        return ABSENT
    try:
        return _of_content(Path(path).read_bytes())
    except OSError:
        return "unreadable"


def folder_state(path: str) -> str:
    """Return the state of a folder: whether it is there."""
    return "there" if os.path.isdir(path) else ABSENT


def importable_state(name: str) -> str:
    """Return the state of a top-level module: where Python finds it."""
    spec = find_spec(name)
    return ABSENT if spec is None else f"{spec.origin}:{list(spec.submodule_search_locations or ())}"


def module_state(path: Path | None, content: bytes | None) -> str:
    """Return the state of a module: where it is, and a digest of its source, if that can be read."""
    return ABSENT if path is None else f"{path}:{_of_content(content) if content is not None else ''}"


def variable_state(value: str | None) -> str:
    """Return the state of a variable of the environment: a digest of its value."""
    return ABSENT if value is None else _of_content(value.encode(errors="surrogateescape"))


def _of_content(content: bytes) -> str:
    return sha256(content).hexdigest()
