"""Whose prices the pages count with."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.factory.project import Project
from include.ui.overview import _of_targets
from include.ui.prices import prices


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with prices for production, and others for all else."""
    folder = tmp_path / "configs" / "environments"
    folder.mkdir(parents=True)
    (tmp_path / "configs" / "defaults.yaml").write_text("prices: {credit: {price: 2, source: a list}}\n")
    (folder / "production.yaml").write_text("prices: {credit: {price: 3, source: our contract}}\n")
    (folder / "local.yaml").write_text("{}\n")
    return tmp_path


@pytest.mark.parametrize(("environment", "price"), [("production", 3), ("local", 2)])
def test_those_of_the_environment(project: Path, environment: str, price: int) -> None:
    assert prices(Project(project, {"SNOWPOD_ENVIRONMENT": environment}))["credit"]["price"] == price


@pytest.mark.parametrize("variables", [{}, {"SNOWPOD_ENVIRONMENT": ""}])
def test_none_where_nothing_says_which_environment_this_is(project: Path, variables: dict[str, str]) -> None:
    assert prices(Project(project, variables)) == {}


def test_those_of_now_when_a_layer_was_edited(project: Path) -> None:
    here = Project(project, {"SNOWPOD_ENVIRONMENT": "production"})
    before = prices(here)
    (project / "configs" / "environments" / "production.yaml").write_text("{}\n")
    assert before["credit"]["price"] == 3
    assert prices(here)["credit"]["price"] == 2


def test_a_group_of_the_pipelines_own_is_no_target() -> None:
    assert _of_targets({"ingest": 12.0, "snowpark": 5.0}) == {"snowpark": 5.0}
