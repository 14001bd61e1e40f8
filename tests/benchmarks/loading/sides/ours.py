"""Ours: a YAML file for each pipeline."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from include.constants import ROOT
from include.factory.loaders import file_of
from tests.benchmarks.loading.compiled import Compiled
from tests.benchmarks.loading.pipelines import write

LOADERS = 4


def project(folder: Path) -> Path:
    """Make a project without pipelines: its layers are this project's, its code is this project's own."""
    folder.mkdir(parents=True)
    for name in ("include", "schemas"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "configs").mkdir()
    shutil.copy(ROOT / "configs" / "defaults.yaml", folder / "configs")
    shutil.copytree(ROOT / "configs" / "environments", folder / "configs" / "environments")
    (folder / "dags").mkdir()
    shutil.copy(ROOT / "dags" / "snowpod.py", folder / "dags")
    return folder


def write_side(folder: Path, count: int, compiled: Compiled) -> Iterable[Path]:
    """Write the pipelines into the project, which is there already."""
    return write(folder / "configs", count, compiled.kind)


def write_split(folder: Path, count: int, compiled: Compiled) -> Iterable[Path]:
    """Write a project whose pipelines are split over several loaders."""
    defaults = project(folder) / "configs" / "defaults.yaml"
    defaults.write_text(f"{defaults.read_text()}\nloaders: {LOADERS}\n")
    for number in range(2, LOADERS + 1):
        shutil.copy(folder / "dags" / file_of(1), folder / "dags" / file_of(number))
    return write_side(folder, count, compiled)
