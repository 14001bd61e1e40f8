"""Keeps what came of pipelines' files, and gives it back where all that decided it is as it was."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.constants import CACHE_VARIABLE
from include.factory.cache import entry
from include.factory.cache.folder import Folder, open_folder
from include.factory.cache.key import Key, code_digest
from include.factory.cache.present import Present, listed_looks
from include.factory.cache.seal import Seal, airflows_seal

if TYPE_CHECKING:
    from include.factory.looks import Looks
    from include.factory.project import Project
    from include.factory.results import Checked

log = logging.getLogger(__name__)
_OFF = ("", "off")
_NAME = "snowpod-cache"
_LAYERS = sha256(b"layers").hexdigest()
"""The name of the entry of the layers."""
_MISSHAPEN = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""What comes of an entry that has another shape: one of ours, from another time."""


class Store:
    """What is kept of one project."""

    def __init__(self, project: Project, folder: Folder, seal: Seal) -> None:
        """Look at what all pipelines share.

        Args:
            project: The project.
            folder: Where the entries are.
            seal: What seals them.
        """
        self._project = project
        self._folder = folder
        self._seal = seal
        self._key = Key(project)
        self._present = Present(project.root, project.variables)
        self._same_code: bool | None = None
        self._folders: dict[str, str] = {}

    def find(self, path: Path, content: bytes) -> Checked | None:
        """Return what came of a pipeline's file.

        Args:
            path: The file.
            content: What is in it now.

        Returns:
            What came of it when it was checked; None if that is not known, or something that decided it has changed.
        """
        shown = self._shown(path)
        try:
            found = self._found(_name_of(path), self._key.of(path, shown, content))
            return None if found is None else entry.read(found, path, shown, content.decode("utf-8-sig"))
        except _MISSHAPEN as problem:
            log.debug("What is kept of %s is not believed: %r", shown, problem)  # ours, and from another time
            return None

    def find_layers(self) -> int | None:
        """Return between how many loaders the layers split the pipelines; None as above."""
        try:
            found = self._found(_LAYERS, self._key.of_layers)
            return None if found is None else int(found["loaders"])
        except _MISSHAPEN:
            return None

    def keep(self, checked: Checked, content: bytes, layers: Iterable[Checked], looks: Looks) -> None:
        """Keep what came of a file, if it has no mistakes, and if it is sure what decided it.

        Args:
            checked: What came of the file.
            content: What was in it before it was checked.
            layers: What came of the layers.
            looks: What the check, and those of the layers, looked at.
        """
        values = entry.written(checked)
        if not checked.diagnostics and values is not None and checked.text == _text(content):
            key = self._key.of(checked.path, checked.name, content)
            self._keep(_name_of(checked.path), key, values, layers, looks)

    def keep_layers(self, loaders: int, layers: Iterable[Checked], looks: Looks) -> None:
        """Keep that the layers have no mistakes, and between how many loaders they split the pipelines."""
        self._keep(_LAYERS, self._key.of_layers, {"loaders": loaders}, layers, looks)

    def keep_only(self, paths: Iterable[Path]) -> None:
        """Remove what was kept of all files of pipelines but these."""
        self._folder.keep_only({_LAYERS, *map(_name_of, paths)})

    def _found(self, name: str, key: str) -> dict[str, Any] | None:
        sealed = self._folder.read(name)
        opened = None if sealed is None else self._seal.open(name, sealed)
        found: dict[str, Any] | None = None if opened is None else json.loads(opened)
        if found is None or found["key"] != key or found["state"] != self._present.digest(found["looks"]):
            return None
        return found

    def _keep(self, name: str, key: str, values: dict[str, Any], layers: Iterable[Checked], looks: Looks) -> None:
        noted = listed_looks(looks)
        if noted is None or not self._is_sure(layers):
            return
        written = entry.as_json({"key": key, "looks": noted[0], "state": noted[1], **values})
        if written is not None:
            self._folder.write(name, self._seal.close(name, written))

    def _shown(self, path: Path) -> str:
        """Return a file's name for people; of the folder, which it has in common with others, it is found once."""
        if os.path.islink(path):
            return self._project.name(path)
        folder, name = os.path.split(path)
        if folder not in self._folders:
            self._folders[folder] = self._project.name(path).removesuffix(name)
        return self._folders[folder] + name

    def _is_sure(self, layers: Iterable[Checked]) -> bool:
        """Whether a check saw what the key is made of: files, and our own code, may change meanwhile."""
        if self._same_code is None:
            self._same_code = code_digest() == self._key.code
        return self._same_code and [layer.text for layer in layers] == [_text(one) for one in self._key.layers]


def open_store(project: Project) -> Store | None:
    """Open what is kept of a project.

    Args:
        project: The project. The variable `SNOWPOD_CACHE` names the folder; by default it is in Airflow's home.

    Returns:
        The store; None if none is wanted, Airflow has no Fernet key, or there is no place for one.
    """
    from airflow.configuration import AIRFLOW_HOME

    place = project.variables.get(CACHE_VARIABLE, os.path.join(AIRFLOW_HOME, _NAME))
    if place.strip().lower() in _OFF:
        return None
    seal = airflows_seal()
    if seal is None:
        log.debug("Checked pipelines are not kept: Airflow has no Fernet key to seal them with.")
        return None
    root = sha256(os.path.abspath(project.root).encode(errors="surrogateescape")).hexdigest()
    folder = open_folder(Path(os.path.abspath(place), root[:16]))
    return None if folder is None else Store(project, folder, seal)


def _name_of(path: Path) -> str:
    return sha256(os.path.abspath(path).encode(errors="surrogateescape")).hexdigest()


def _text(content: bytes | None) -> str | None:
    try:
        return None if content is None else content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
