"""Ours: a YAML file for each pipeline."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from include.constants import ROOT
from tests.benchmarks.loading.compiled import Compiled
from tests.benchmarks.loading.pipelines import write


def project(folder: Path) -> Path:
    """Make a project without pipelines: its layers are this project's, its code is this project's own."""
    folder.mkdir(parents=True)
    for name in ("include", "schemas"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "configs").mkdir()
    shutil.copy(ROOT / "configs" / "defaults.yaml", folder / "configs")
    shutil.copytree(ROOT / "configs" / "environments", folder / "configs" / "environments")
    (folder / "dags").mkdir()
    shutil.copy(ROOT / "dags" / "snowpod.py", folder / "dags" / "loader.py")
    return folder


def write_side(folder: Path, count: int, compiled: Compiled) -> Iterable[Path]:
    """Write the pipelines into the project, which is there already."""
    return write(folder / "configs", count, compiled.kind)
