"""Whether all that a check looked at is still as it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from include.factory import looks
from include.factory.cache.key import content_of
from include.factory.python.modules import package_state, source_of
from include.factory.python.sources import python_folders


class Present:
    """States as they are now. Each thing is looked at once, for all pipelines."""

    def __init__(self, root: Path, variables: Mapping[str, str]) -> None:
        """Look at nothing yet.

        Args:
            root: The project root.
            variables: The environment's variables.
        """
        self._all = python_folders(root)
        self._project = [root]
        self._variables = variables
        self._states: dict[tuple[str, str], str] = {}
        self._digests: dict[str, str] = {}

    def digest(self, listed: str) -> str:
        """Return a digest of the states of all that is listed; what pipelines look at alike is told once.

        Args:
            listed: Kinds and names, as `listed_looks` writes them.
        """
        if listed not in self._digests:
            self._digests[listed] = _digest([self._state(kind, name) for kind, name in json.loads(listed)])
        return self._digests[listed]

    def _state(self, kind: looks.Kind, name: str) -> str:
        key = (kind, name)
        if key not in self._states:
            self._states[key] = self._look(kind, name)
        return self._states[key]

    def _look(self, kind: looks.Kind, name: str) -> str:
        if kind in ("module", "project-module"):
            path = source_of(self._all if kind == "module" else self._project, name)
            return looks.module_state(path, None if path is None else content_of(path))
        if kind in ("package", "project-package"):
            return package_state(self._all if kind == "package" else self._project, name)
        if kind == "variable":
            return looks.variable_state(self._variables.get(name))
        if kind == "importable":
            return looks.importable_state(name)
        return looks.folder_state(name) if kind == "folder" else looks.file_state(name)


def listed_looks(noted: looks.Looks) -> tuple[str, str] | None:
    """Return what was looked at, as one text, and a digest of the states; None if some changed meanwhile."""
    if looks.CHANGED in noted.values():
        return None
    keys = sorted(noted)
    return json.dumps(keys), _digest([noted[key] for key in keys])


def _digest(states: list[str]) -> str:
    return sha256("\0".join(states).encode(errors="surrogateescape")).hexdigest()
