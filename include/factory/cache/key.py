"""What decides what comes of a pipeline's file, beside what its check looks at: code, schema, versions, layers."""

from __future__ import annotations

import json
import os
import sys
import zoneinfo
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from include.constants import ROOT
from include.factory.project import Project

_OURS = ("include/factory", "include/operators")
_OURS_TOO = ("include/__init__.py", "include/constants.py", "schemas/pipeline.schema.json")


class Key:
    """The key of each pipeline's entry. What all pipelines share is looked at once.

    Attributes:
        layers: What the files of the layers hold, the defaults first; None for one that cannot be read.
    """

    def __init__(self, project: Project) -> None:
        """Look at what all pipelines share.

        Args:
            project: The project.
        """
        files = (project.defaults_file, project.environment_file)
        self.layers = tuple(content_of(file) for file in files)
        shared = [
            os.path.abspath(project.root),
            *(os.path.abspath(file) for file in files),
            *(sha256(content).hexdigest() if content is not None else None for content in self.layers),
            sys.version,
            sorted(_distributions()),
            sorted(_time_zones()),
        ]
        self._shared = sha256(json.dumps(shared).encode()).hexdigest()

    @cached_property
    def code(self) -> str:
        """A digest of the factory's own code and schema."""
        return code_digest()

    @property
    def of_layers(self) -> str:
        """The key of the layers' entry."""
        return f"{self.code} {self._shared}"

    def of(self, path: Path, name: str, content: bytes) -> str:
        """Return the key of a pipeline's entry.

        Args:
            path: Its file.
            name: The file's name for people.
            content: What is in it.
        """
        parts = (self.code, self._shared, sha256(content).hexdigest(), os.fspath(path), name)  # no name has a NUL
        return sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def content_of(path: Path) -> bytes | None:
    """Return what is in a file; None if it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError):
        return None


def code_digest() -> str:
    """Return a digest of the factory's own code and schema, as they are now."""
    digest = sha256()
    for path in sorted(_code()):
        content = content_of(ROOT / path) or b""
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _code() -> Iterator[str]:
    yield from _OURS_TOO
    for top in _OURS:
        for folder, _, files in os.walk(ROOT / top):
            yield from (os.path.relpath(f"{folder}/{file}", ROOT) for file in files if file.endswith(".py"))


def _distributions() -> set[str]:
    """Return all that is installed: names and versions, as the names of its folders say them."""
    found: set[str] = set()
    for entry in sys.path:
        try:
            found.update(name for name in os.listdir(entry or ".") if name.endswith((".dist-info", ".egg-info")))
        except OSError:
            continue
    return found


def _time_zones() -> Iterator[str]:
    """Return where the rules of time zones are, and when they were written."""
    for folder in zoneinfo.TZPATH:
        try:
            yield f"{folder} {os.stat(folder).st_mtime_ns}"
        except OSError:
            continue
