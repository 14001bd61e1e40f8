"""Where the cluster's files are: what belongs to this project folder, and what all project folders of a user share."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from include.local import places

CACHE = places.CACHE / "kubernetes"


@dataclass(frozen=True)
class State:
    """The files of one cluster.

    Attributes:
        folder: `.local/kubernetes`, or the one given with --state.
    """

    folder: Path

    @property
    def kubeconfig(self) -> Path:
        """Kubeconfig with one context, the cluster's; there while the cluster is up."""
        return self.folder / "kubeconfig"

    @property
    def image(self) -> Path:
        """Holds the reference of the newest task image."""
        return self.folder / "image"

    @property
    def pushed(self) -> Path:
        """Says what was in the image when it was last pushed."""
        return self.folder / "pushed"

    @property
    def sidecar(self) -> Path:
        """Holds the reference of an image for the XCom sidecar that the cluster has."""
        return self.folder / "sidecar"

    @property
    def node(self) -> Path:
        """Run state of the Debian cluster."""
        return self.folder / "node"

    @property
    def _record(self) -> Path:
        return self.folder / "cluster.json"

    def recorded(self) -> str | None:
        """Return the choice that `up` made ("debian", "kind", "context:staging", …), or None if nothing is up."""
        try:
            choice = json.loads(self._record.read_text())["cluster"]
        except FileNotFoundError:
            return None
        return str(choice)

    def record(self, choice: str | None) -> None:
        """Remembers the choice for the commands that follow; None forgets it."""
        if choice is None:
            self._record.unlink(missing_ok=True)
        else:
            self._record.write_text(json.dumps({"cluster": choice}) + "\n")

    def write_kubeconfig(self, text: str) -> None:
        """Write the kubeconfig, readable by its owner only: it holds keys."""
        write_private(self.kubeconfig, text)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lets one command at a time change the cluster; the others wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from the first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
