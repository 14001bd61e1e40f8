"""A user's project on the laptop, with pipelines that go wrong or take long."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.laptop import Laptop
from tests.project import make_project


@pytest.fixture(scope="session")
def users(laptop: Laptop, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    """The laptop, in a user's project."""
    project = make_project(tmp_path_factory.mktemp("pipelines") / "project", root / "tests" / "pipeline" / "project")
    return dataclasses.replace(laptop, root=project)
