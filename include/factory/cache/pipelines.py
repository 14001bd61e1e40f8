"""Gives what comes of pipelines' files: as it was kept, or else as a check finds it, which is kept then."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from include.factory.across_files import beside
from include.factory.cache.key import content_of
from include.factory.cache.store import open_store
from include.factory.looks import note_again, noted
from include.factory.other_files import OtherFiles
from include.factory.project import Project
from include.factory.results import Checked

if TYPE_CHECKING:
    from include.factory.check import Checker


class Pipelines:
    """The pipelines of one project, for the loader. Where all is kept, the code of the checks is not even imported."""

    def __init__(self, project: Project) -> None:
        """Open what is kept.

        Args:
            project: The project.
        """
        self._project = project
        self._store = open_store(project)

    @cached_property
    def checker(self) -> Checker:
        """What checks that which is not kept."""
        from include.factory.check import Checker

        return Checker(self._project, warn=False)

    @cached_property
    def _split(self) -> int | None:
        """Between how many loaders the pipelines are split; None if a layer has mistakes."""
        kept = None if self._store is None else self._store.find_layers()
        if kept is not None or self._broken_layers():
            return kept
        loaders = self.checker.settings.loaders
        if self._store is not None:
            self._store.keep_layers(loaders, self.checker.layers, self.checker.looks)
        return loaders

    @property
    def broken_layers(self) -> list[Checked]:
        """The layers with mistakes: with one, no pipeline is what it should be."""
        return self._broken_layers() if self._split is None else []

    @property
    def loaders(self) -> int:
        """Between how many loaders the pipelines are split."""
        return self._split or 1

    def part(self, paths: Iterable[Path]) -> list[Checked]:
        """Return what comes of some files; others are looked at where these must be held against them.

        Args:
            paths: The files.

        Returns:
            What came of each, as if all of the project were checked.
        """
        return beside([self.pipeline(path) for path in paths], self._files)

    @cached_property
    def _paths(self) -> list[Path]:
        return self._project.pipeline_files()

    @cached_property
    def _files(self) -> OtherFiles:
        return OtherFiles(self._paths, self.pipeline)

    def pipeline(self, path: Path) -> Checked:
        """Return what comes of one file.

        Args:
            path: The file.

        Returns:
            The same as that of a check by itself, save that what is for people alone (the pipeline as written) is not
            kept.
        """
        content = None if self._store is None else content_of(path)
        if self._store is not None and content is not None and (found := self._store.find(path, content)):
            return found
        if wrong := [one for layer in self._broken_layers() for one in layer.diagnostics]:  # since the parse began
            return Checked(path, self._project.name(path), diagnostics=tuple(wrong))
        with noted() as looks:
            note_again(self.checker.looks)
            checked = self.checker.pipeline(path)
        if self._store is not None and content is not None:
            self._store.keep(checked, content, self.checker.layers, looks)
        return checked

    def _broken_layers(self) -> list[Checked]:
        return [checked for checked in self.checker.layers if checked.diagnostics]

    def checks(self) -> bool:
        """Whether anything had to be checked so far."""
        return "checker" in self.__dict__

    def forget_the_gone(self) -> None:
        """Remove what is kept of files that are gone."""
        if self._store is not None:
            self._store.keep_only(self._paths)
