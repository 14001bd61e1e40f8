"""The files of a project of which some are checked, and others only where these must be held against them."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path

from include.factory.diagnostics import did_you_mean
from include.factory.results import Checked

_PIPELINE = re.compile(rb"""^["']?pipeline["']?\s*:\s*["']?([A-Za-z][A-Za-z0-9_-]*)["']?\s*(?:#.*)?$""", re.MULTILINE)
_KEY = re.compile(rb"""["']?([A-Za-z0-9_.-]+)["']?\s*:""")
_VARIANTS = re.compile(rb"""variants["']?\s*:""")


class OtherFiles:
    """The files of a project, some of them checked.

    What the others call their pipelines is read from their bytes, which is a hundred times quicker than to check them.
    """

    def __init__(self, paths: Iterable[Path], check: Callable[[Path], Checked]) -> None:
        """Take the files.

        Args:
            paths: All of them.
            check: Checks one by itself.
        """
        self._paths = paths
        self._check = check
        self._checked: dict[Path, Checked] = {}

    @property
    def checked(self) -> list[Checked]:
        """What came of those that are checked so far."""
        return list(self._checked.values())

    def add(self, files: Iterable[Checked]) -> None:
        """Take what came of some of them."""
        self._checked.update((checked.path, checked) for checked in files)

    def ask_for(self, dag_ids: Iterable[str]) -> None:
        """Check the files that may have one of these DAGs."""
        for dag_id in dag_ids:
            for end in [*(found.start() for found in re.finditer("_", dag_id)), len(dag_id)]:
                for path in self._by_name.get(dag_id[:end], ()):
                    if end == len(dag_id) or self._has_variants(path):
                        self._ask(path)
        for path in self._unnamed:
            self._ask(path)

    def ask_for_alike(self, dag_id: str, alike: float) -> None:
        """Check the files that may have DAGs for which one that nobody has may be meant.

        Args:
            dag_id: The one that nobody has.
            alike: How alike two ids are for one to be the other misspelt, from 0 to 1.
        """
        for name, paths in self._by_name.items():
            for path in paths:
                words = self._variants(path)
                ids = {name, *(f"{name}_{word}" for word in words)}
                begins = name.startswith(f"{dag_id}_") or (words and dag_id.startswith(f"{name}_"))
                if begins or any(_alike(dag_id, one, alike) for one in ids):
                    self._ask(path)

    def _ask(self, path: Path) -> None:
        if path not in self._checked:
            self._checked[path] = self._check(path)

    @cached_property
    def _contents(self) -> dict[Path, bytes]:
        return dict(_read(path for path in self._paths if path not in self._checked))

    @cached_property
    def _names(self) -> dict[Path, set[str]]:
        """What each file may call its pipeline, as far as its text shows it."""
        return {path: names_in(text) for path, text in self._contents.items()}

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        by_name: dict[str, list[Path]] = {}
        for path, names in self._names.items():
            for name in {path.stem, *names}:
                by_name.setdefault(name, []).append(path)
        return by_name

    @cached_property
    def _unnamed(self) -> list[Path]:
        """The files whose text does not show what they call their pipeline."""
        return [path for path, names in self._names.items() if not names]

    def _has_variants(self, path: Path) -> bool:
        return _VARIANTS.search(self._contents[path]) is not None

    def _variants(self, path: Path) -> set[str]:
        """Return all that may be the name of a variant in a file."""
        if not self._has_variants(path):
            return set()
        return {key.decode() for key in _KEY.findall(self._contents[path])}


def names_in(content: bytes) -> set[str]:
    """Return what a file may call its pipeline, as far as its bytes show it; empty if they do not."""
    return {name.decode() for name in _PIPELINE.findall(content.removeprefix(BOM_UTF8))}


def _read(paths: Iterable[Path]) -> Iterator[tuple[Path, bytes]]:
    for path in paths:
        try:
            yield path, path.read_bytes()
        except OSError:  # who asks for it gets to know why
            yield path, b""


def _alike(one: str, other: str, alike: float) -> bool:
    """Whether two ids are that much alike; by their lengths alone most are not."""
    by_length = 2 * min(len(one), len(other)) >= alike * (len(one) + len(other))
    return by_length and did_you_mean(one, (other,), alike) is not None
