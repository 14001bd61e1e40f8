"""What the tests of the cache share: a project whose checked pipelines are kept in a folder of the test's own."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from include.factory.across_files import with_duplicate_ids, with_unknown_dags
from include.factory.cache.pipelines import Pipelines
from include.factory.check import Checker
from include.factory.project import Project

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()
PIPELINE = """\
pipeline: sample
dag: {schedule: "@daily", start_date: 2024-01-01}
params: {table: T}
tasks:
  create: {sql: include/tasks/create.sql}
  load:
    python_callable: include.tasks.sample.load
    op_kwargs: {table: T}
    dependencies: [create]
"""


@pytest.fixture(autouse=True)
def airflows_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", KEY)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def kept(project: Project, place: Path) -> Project:
    """A project with one pipeline, which keeps what it checked."""
    (project.configs / "sample.yaml").write_text(PIPELINE)
    return Project(project.root, {"SNOWPOD_CACHE": str(place)})


def entries(place: Path) -> list[Path]:
    """The files in which something is kept."""
    return sorted(path for path in place.glob("*/*"))


def load(project: Project) -> tuple[list[Any], bool]:
    """What comes of all files, and whether all of it was kept."""
    pipelines = Pipelines(project)
    found = pipelines.broken_layers or pipelines.part(project.pipeline_files())
    pipelines.forget_the_gone()
    return _outcomes(found), not pipelines.checks()


def plain(project: Project) -> list[Any]:
    """What comes of all files where nothing is kept."""
    checker = Checker(project, warn=False)
    broken = [layer for layer in checker.layers if layer.diagnostics]
    found = [checker.pipeline(path) for path in project.pipeline_files()]
    return _outcomes(broken or with_unknown_dags(with_duplicate_ids(found)))


def _outcomes(found: list[Any]) -> list[Any]:
    return [(one.path, one.name, one.text, one.configs, one.pages, one.facts, one.diagnostics) for one in found]
