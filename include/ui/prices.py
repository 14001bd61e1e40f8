"""The prices that the project's layers set, read when they have changed."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from include.constants import ENVIRONMENT_VARIABLE
from include.factory.document.reading import Document, read
from include.factory.document.variables import expand
from include.factory.layers import section
from include.factory.project import Project

log = logging.getLogger(__name__)
_read: dict[tuple[tuple[str, int], ...], dict[str, Any]] = {}


def prices(project: Project | None = None) -> dict[str, Any]:
    """Return the merged section `prices` of the defaults and the environment.

    Args:
        project: the project; this one if None.

    Returns:
        The section; empty if none is set, or a layer cannot be read: the loader says what is wrong with it. Empty also
        where nothing says which environment this is: a run of production must not be told a laptop's prices.
    """
    project = project or Project()
    if not project.variables.get(ENVIRONMENT_VARIABLE):
        return {}
    files = [path for path in (project.defaults_file, project.environment_file) if path.is_file()]
    key = tuple((str(path), os.stat(path).st_mtime_ns) for path in files)
    found = _read.get(key)
    if found is None:
        found = section("prices", *(_layer(path, project) for path in files))
        _read.clear()
        _read[key] = found
    return found  # not `_read[key]`: another request may have cleared it


def _layer(path: Path, project: Project) -> dict[str, Any]:
    document = read(path)
    if not isinstance(document, Document):
        log.warning("No prices from %s, which has mistakes: `make validate` shows them", project.name(path))
        return {}
    value, _ = expand(document.value, project.variables)
    return value if isinstance(value.get("prices") or {}, dict) else {}
