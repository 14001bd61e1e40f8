"""What the tests of the docs share: a small project with the functions that the docs name."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import include.tasks
from include.factory.check import Checker
from include.factory.project import Project

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DOCS = ROOT / "docs"


@pytest.fixture(scope="session")
def docs_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A copy of the docs' own project, whose functions can be imported, as dag-factory does with callbacks."""
    root = tmp_path_factory.mktemp("docs") / "project"
    shutil.copytree(HERE / "project", root)
    include.tasks.__path__.append(str(root / "include" / "tasks"))
    yield Project(root, {})
    include.tasks.__path__.remove(str(root / "include" / "tasks"))


@pytest.fixture(scope="session")
def docs_checker(docs_project: Project) -> Checker:
    """Checks pipelines of the docs' own project."""
    return Checker(docs_project)


def blocks(page: Path, language: str) -> list[str]:
    """Return the blocks of code of a page, in one language."""
    text = page.read_text(encoding="utf-8")
    found: list[str] = re.findall(rf"^```{language}\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    return found
