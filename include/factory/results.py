"""What came of checking files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the loader takes from its cache what was checked before, and needs no more of the checks than this
    from include.factory.config import Config
    from include.factory.diagnostics import KeyPath, Located
    from include.factory.pipeline import Pipeline
    from include.factory.project import Settings


@dataclass(frozen=True)
class Ids:
    """The ids in one DAG: what another file may name of it.

    Attributes:
        tasks: Those of its tasks.
        task_groups: Those of its task groups.
    """

    tasks: tuple[str, ...]
    task_groups: tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """What one task, by its operator, names of other DAGs.

    Attributes:
        dags: Ids of DAGs, and where in the file they stand.
        within: Ids in that DAG: `tasks` or `task_groups`, where in the file, the id.
    """

    dags: tuple[tuple[KeyPath, str], ...]
    within: tuple[tuple[str, KeyPath, str], ...]


@dataclass(frozen=True)
class Facts:
    """What the checks across files ask of a file without mistakes.

    Attributes:
        pipeline: The name of its pipeline.
        dags: What it gives: ids by the DAG's id.
        named: What its tasks name of other DAGs, its own included.
    """

    pipeline: str
    dags: Mapping[str, Ids]
    named: tuple[Named, ...]


@dataclass(frozen=True)
class Page:
    """What Airflow shows of a DAG and its tasks beside their graph.

    Attributes:
        tags: The targets that the DAG is found by.
        text: The DAG's text, in Markdown.
        tasks: Two texts by task id, in Markdown: what the task says of itself, in place of which a `doc_md` that the
            user gives stands, and where it runs.
    """

    tags: tuple[str, ...]
    text: str
    tasks: Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Checked:
    """What came of one file.

    Attributes:
        path: The file.
        name: Its name for people.
        text: Its text; empty if it could not be read.
        written: What it says, `${NAME}` not expanded: what may be shown of it.
        pipeline: The pipeline, if it has no mistakes; None for a layer.
        configs: What it compiles to, by DAG id: dag-factory's configuration of each of its DAGs.
        pages: What Airflow shows of each of its DAGs, by id.
        facts: What other files' checks ask of it; None with mistakes, and for a layer.
        diagnostics: What is wrong with it, in the order of the file.
        warnings: What may be wrong with a pipeline that has no mistakes; it loads all the same.
    """

    path: Path
    name: str
    text: str = field(repr=False, default="")
    written: Mapping[str, Any] = field(repr=False, default_factory=dict)
    pipeline: Pipeline | None = None
    configs: Mapping[str, Config] = field(default_factory=dict, repr=False)
    pages: Mapping[str, Page] = field(default_factory=dict, repr=False)
    facts: Facts | None = field(default=None, repr=False)
    diagnostics: tuple[Located, ...] = ()
    warnings: tuple[Located, ...] = ()


@dataclass(frozen=True)
class Result:
    """What came of a project's files.

    Attributes:
        settings: The layers below the pipelines.
        layers: The files of the layers that the pipelines lie over: with a mistake in one, no pipeline is what it
            should be.
        files: The files of the pipelines.
        others: The files of other environments.
    """

    settings: Settings
    layers: tuple[Checked, ...]
    files: tuple[Checked, ...]
    others: tuple[Checked, ...] = ()

    @property
    def diagnostics(self) -> list[Located]:
        """All mistakes of all files."""
        return [
            diagnostic for checked in (*self.layers, *self.others, *self.files) for diagnostic in checked.diagnostics
        ]

    @property
    def warnings(self) -> list[Located]:
        """All warnings of all files."""
        return [warning for checked in self.files for warning in checked.warnings]

    @property
    def texts(self) -> dict[str, str]:
        """The text of each file, by name."""
        return {checked.name: checked.text for checked in (*self.layers, *self.others, *self.files)}
