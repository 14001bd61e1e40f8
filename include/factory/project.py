"""Where the files of a project are."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from include.constants import ENVIRONMENT_VARIABLE, ROOT
from include.factory.python.sources import Sources, all_sources, project_sources

DEFAULT_ENVIRONMENT = "local"


@dataclass(frozen=True)
class Project:
    """One project.

    Attributes:
        root: Its root folder: the one with `configs/`.
        variables: The environment's variables: `SNOWPOD_ENVIRONMENT` (default `local`), and all that `${NAME}` in
            configurations asks for.
    """

    root: Path = ROOT
    variables: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @property
    def configs(self) -> Path:
        """The folder of the configurations."""
        return self.root / "configs"

    @property
    def environment(self) -> str:
        """The name of the environment."""
        return self.variables.get(ENVIRONMENT_VARIABLE) or DEFAULT_ENVIRONMENT

    @property
    def dags(self) -> Path:
        """The folder of the loaders."""
        return self.root / "dags"

    @property
    def defaults_file(self) -> Path:
        """What all pipelines share."""
        return self.configs / "defaults.yaml"

    @property
    def environments(self) -> Path:
        """The folder of the environments."""
        return self.configs / "environments"

    @property
    def environment_file(self) -> Path:
        """What the environment lays over the defaults."""
        return self.environments / f"{self.environment}.yaml"

    def pipeline_files(self, named: Collection[str] | None = None) -> list[Path]:
        """Return the files of `configs/` and below with a pipeline, in the order of their paths.

        Args:
            named: Names without extension, for the files of these names alone; all if None.
        """
        defaults, environments = str(self.defaults_file), f"{self.environments}{os.sep}"
        found = []
        for path in _files(str(self.configs), frozenset()):
            stem, end = os.path.splitext(path)
            if end in (".yaml", ".yml") and (named is None or os.path.basename(stem) in named):
                found.append(path)
        return sorted(Path(path) for path in found if path != defaults and not path.startswith(environments))

    def all_files(self) -> list[Path]:
        """Return the files of all environments and all pipelines."""
        return [*sorted(self.environments.glob("*.yaml")), *self.pipeline_files()]

    def is_layer(self, path: Path) -> bool:
        """Whether a file is a layer under the pipelines: the defaults or an environment."""
        return path == self.defaults_file or path.parent == self.environments

    def name(self, path: Path) -> str:
        """Return a file's name for people: relative to the root, with forward slashes."""
        try:
            return path.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            return path.as_posix()


def _files(folder: str, above: frozenset[str]) -> Iterator[str]:
    """Return the files in a folder and below, linked folders included; a link to a folder above is not followed."""
    here = os.path.realpath(folder)
    if here in above or not os.path.isdir(folder):
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path, above | {here})
            else:
                yield entry.path


@dataclass(frozen=True, eq=False)
class Settings:
    """What the pipelines lie over.

    Attributes:
        root: The project root: relative paths in configurations count from it.
        defaults: configs/defaults.yaml, expanded.
        environment: configs/environments/<name>.yaml, expanded.
    """

    root: Path
    defaults: Mapping[str, Any]
    environment: Mapping[str, Any]

    @cached_property
    def sources(self) -> Sources:
        """The Python sources of the project and of all that this interpreter can import."""
        return all_sources(self.root)

    @cached_property
    def callables(self) -> Sources:
        """The Python sources of the project alone: where the functions of tasks are."""
        return project_sources(self.root)

    @property
    def layers(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The defaults, and the environment that lies over them."""
        return self.defaults, self.environment

    @property
    def loaders(self) -> int:
        """Between how many loaders the pipelines are split."""
        number: int = self.environment.get("loaders", self.defaults.get("loaders", 1))
        return number
