"""What one loader builds at one parse."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from airflow.configuration import conf

from include.factory.handover import Handover
from include.factory.loaders import file_of, loader_of, loaders_in, number_of
from include.factory.project import Project

log = logging.getLogger(__name__)
_IN_TIME = 0.8
"""Which part of Airflow's time for an import may be used up when one goes on with what is others'."""


@dataclass(frozen=True)
class Part:
    """The pipelines of one loader.

    Attributes:
        files: Their files.
        handed: Files that it still builds for others, and the name of the loader's file that has them.
    """

    files: list[Path]
    handed: Mapping[Path, str] = field(default_factory=dict)
    _handover: Handover | None = None
    _started: float = field(default_factory=time.monotonic)

    @staticmethod
    def of(loader: Path, wanted: int, project: Project) -> Part:
        """Find the part of a loader.

        Args:
            loader: Its file. One that is no part of a split builds all.
            wanted: Between how many loaders the pipelines are to be split.
            project: The project.
        """
        number = number_of(loader)
        files = project.pipeline_files()
        if number is None:
            return Part(files)
        loaders = loaders_in(loader.parent, wanted)
        if number == 1 and len(loaders) < wanted:
            missing = [file_of(one) for one in range(2, wanted + 1) if one not in loaders]
            log.warning("Not there, or no copy of %s: %s. Run `make loaders`.", loader.name, ", ".join(missing))
        handover = Handover(loader.parent, number, loaders)
        own, handed = [], {}
        for path in files:
            name = path.relative_to(project.configs).as_posix()
            owner = loader_of(name, loaders)
            if owner == number:
                own.append(path)
            elif not handover.ended and handover.builds(name, owner):
                handed[path] = file_of(owner)
        return Part(own, handed, handover)

    @property
    def has_time(self) -> bool:
        """Whether there is time for what is others': its own must be ready before Airflow ends the parse."""
        limit: float = conf.getfloat("core", "dagbag_import_timeout")
        return limit <= 0 or time.monotonic() - self._started < limit * _IN_TIME

    def parsed(self) -> None:
        """Say that all of it is registered."""
        if self._handover is not None:
            self._handover.parsed()
