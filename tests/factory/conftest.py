"""What the factory's tests share: a small project of their own, with functions of every kind of signature."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from include.factory.check import Checker
from include.factory.project import Project
from include.factory.results import Checked

HERE = Path(__file__).parent
PROJECT = HERE / "project"
BROKEN = HERE / "broken"
"""Pipelines with one mistake each, in folders by kind; beside each, in a .txt, what is said about it."""


def name_of_broken(path: Path) -> str:
    """The name of a broken pipeline in the tests: `<kind>/<name>`."""
    return path.relative_to(BROKEN).with_suffix("").as_posix()


@pytest.fixture(scope="session")
def checker() -> Checker:
    """Checks files as if they were in the tests' own project; no environment variable is set but HOME."""
    return Checker(Project(PROJECT, {"HOME": "/home/tests"}))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the tests' own project, to write into."""
    root = tmp_path / "project"
    shutil.copytree(PROJECT, root)
    return Project(root, {})


@pytest.fixture
def check_text(tmp_path: Path, checker: Checker) -> Callable[[str], Checked]:
    """Checks a text as a pipeline."""

    def check(text: str) -> Checked:
        path = tmp_path / "sample.yaml"
        path.write_text(text, encoding="utf-8")
        return checker.pipeline(path)

    return check
