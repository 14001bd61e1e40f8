"""Makes Airflow's Code tab show a pipeline's YAML.

Airflow 3.3.2 fills that tab with the file that a DAG's `fileloc` names (`airflow.models.dagcode.DagCode`), and runs
tasks from `relative_fileloc`, by which it also tells which DAGs a file no longer has. Its importer sets both to the
loader's: first `fileloc`, then `relative_fileloc`, which it derives from the other
(`airflow.dag_processing.importers.python_importer`).

It reads the file once all DAGs of the loader are parsed, seconds later with many of them. If the file is gone by then,
it blames the loader and marks all of its DAGs stale (`airflow.dag_processing.collection`): a pipeline that somebody
deletes would take down all others. So `fileloc` names a copy, which stays.
"""

from __future__ import annotations

import locale
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

from airflow.configuration import AIRFLOW_HOME
from airflow.sdk import DAG

COPIES = "snowpod-code"
"""The folder of the copies, in Airflow's home."""


class _ShowsItsFile(DAG):
    """A DAG with the code of another file than the one that it is loaded from."""

    shown: tuple[str, str]
    """That file: its path within the project, and its text."""

    @property
    def relative_fileloc(self) -> str | None:
        """The loader's path, which tasks run from."""
        path: str | None = self.__dict__.get("relative_fileloc")
        return path

    @relative_fileloc.setter
    def relative_fileloc(self, path: str | None) -> None:
        self.__dict__["relative_fileloc"] = path
        if path is not None:  # nothing is derived from `fileloc` from here on
            self.__dict__["loader"] = self.fileloc
            self.fileloc = _copied(*self.shown, self.fileloc)

    @property
    def folder(self) -> str:
        """Where operators look for files first: beside the loader, as if nothing were changed."""
        return str(Path(self.__dict__.get("loader") or self.fileloc).parent)


def show(dag: DAG, name: str, text: str) -> None:
    """Let Airflow show a file as a DAG's code.

    Args:
        dag: The DAG, not yet seen by Airflow's importer.
        name: The file's path within the project.
        text: Its text, which the DAG is built from.
    """
    shown: Any = dag
    shown.__class__ = _ShowsItsFile
    shown.shown = (name, text)


def _copied(name: str, text: str, loader: str) -> str:
    """Return the path of a copy of a file of the loader's project; the loader's own, where none can be written."""
    project = Path(AIRFLOW_HOME, COPIES, sha256(loader.encode()).hexdigest()[:8])
    copy = project / name.lstrip("/")  # of a file that a link leads to, out of the project
    # Airflow reads it in the encoding of the locale. What that does not have must not keep it from reading.
    content = text.encode(locale.getpreferredencoding(False), errors="replace")
    try:
        if not (copy.is_file() and copy.read_bytes() == content):
            _write(copy, content)
    except OSError:
        return loader
    return str(copy)


def _write(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all: another process may read it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f".{path.name}.{os.getpid()}")
    written.write_bytes(content)
    written.replace(path)
