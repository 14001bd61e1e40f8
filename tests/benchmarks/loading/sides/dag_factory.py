"""dag-factory: a YAML file for each DAG, loaded by its own `load_yaml_dags`."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.loading.compiled import Compiled
from tests.benchmarks.loading.sides.hand_written import LOADERS


def write_side(folder: Path, count: int, compiled: Compiled) -> Iterable[Path]:
    """Write the files; our configurations are dag-factory's already."""
    (folder / "dags").mkdir(parents=True)
    (folder / "configs").mkdir()
    shutil.copy(LOADERS / "dag_factory.py", folder / "dags" / "loader.py")
    for number in range(count):
        path = folder / "configs" / f"p{number:05d}.yaml"
        path.write_text(dumped({path.stem: with_anchor(compiled.config(number))}))
        yield path


def with_anchor(config: dict[str, Any]) -> dict[str, Any]:
    """Let the tasks share one pod section: written once with an anchor, as one does by hand."""
    sections = [task for task in config["tasks"].values() if "kubernetes" in task]
    for task in sections:
        task["kubernetes"] = sections[0]["kubernetes"]
    return config


def dumped(value: Any) -> str:
    """A value as YAML."""
    return yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False, width=120)
