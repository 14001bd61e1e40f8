"""Makes the loader files in dags/ what the settings ask for, and says where they are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from include.constants import ENVIRONMENT_VARIABLE
from include.factory.check import Checker
from include.factory.diagnostics import START, Diagnostic, Located
from include.factory.loaders import FIRST, file_of, loaders_in, number_of
from include.factory.project import Project

_COMMAND = "make loaders"


@dataclass(frozen=True)
class LoaderFiles:
    """The loader files of a project, held against its settings.

    Attributes:
        wanted: How many the environment asks for that asks for most: all are deployed from the same files.
        missing: Those that are not there, or are no copies of the first.
        surplus: Those that no environment asks for.
    """

    wanted: int
    missing: list[Path]
    surplus: list[Path]


def loader_files(project: Project) -> LoaderFiles:
    """Hold the loader files of a project against its settings."""
    wanted = max(_numbers(project))
    there = loaders_in(project.dags, wanted)
    missing = [project.dags / file_of(number) for number in range(2, wanted + 1) if number not in there]
    numbered = {number_of(file): file for file in project.dags.glob("snowpod_*.py")}
    surplus = [file for number, file in sorted((n, file) for n, file in numbered.items() if n and n > wanted)]
    return LoaderFiles(wanted, missing, surplus)


def loader_doubts(project: Project) -> list[Located]:
    """Return warnings where the loader files and the settings disagree."""
    files = loader_files(project)
    found = []
    if files.missing:
        message = f"`loaders` is {files.wanted}, but {_names(files.missing)} {_is(files.missing)} no copy of {FIRST}."
        found.append((message, f"Run `{_COMMAND}`; until then the others build the DAGs."))
    if files.surplus:
        message = f"`loaders` is {files.wanted}: {_names(files.surplus)} {_is(files.surplus)} not needed."
        hint = f"Once Airflow runs with that number and no task is queued from before, run `{_COMMAND} REMOVE=1`."
        found.append((message, hint))
    file = project.name(project.defaults_file)
    return [
        Diagnostic(("loaders",), message, hint, "loader-files", level="warning", position=START).at(file, START)
        for message, hint in found
    ]


def write(project: Project, remove: bool) -> Iterator[str]:
    """Write the loader files that are missing.

    Args:
        project: The project.
        remove: Whether to remove those that are not needed.

    Returns:
        What was done, and what is to do, in words.

    Raises:
        ValueError: if there is no first one, of which the others are copies.
    """
    files = loader_files(project)
    if files.missing:
        try:
            content = (project.dags / FIRST).read_bytes()
        except OSError as problem:
            raise ValueError(f"There is no {project.name(project.dags / FIRST)} to copy: {problem}.") from None
        for file in files.missing:
            file.write_bytes(content)
            yield f"wrote {project.name(file)}"
    for file in files.surplus:
        if remove:
            file.unlink()
            yield f"removed {project.name(file)}"
        else:
            yield f"{project.name(file)} is not needed, and builds nothing; REMOVE=1 removes it"


def _numbers(project: Project) -> Iterator[int]:
    """Return `loaders` of each environment, as far as it is a number that there can be."""
    names = {project.environment, *(file.stem for file in project.environments.glob("*.yaml"))}
    for name in sorted(names):
        there = Project(project.root, {**project.variables, ENVIRONMENT_VARIABLE: name})
        checker = Checker(there)
        wrong = {one.path for layer in checker.layers for one in layer.diagnostics}
        yield 1 if ("loaders",) in wrong else checker.settings.loaders


def _names(files: list[Path]) -> str:
    return ", ".join(f"`dags/{file.name}`" for file in files)


def _is(files: list[Path]) -> str:
    return "is" if len(files) == 1 else "are"
