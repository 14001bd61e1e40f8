"""Files that operators template are found below the project root, where `sql:` and our own paths count from."""

from __future__ import annotations

import pytest

from include.factory.build import build
from include.factory.check import check
from include.factory.project import Project


@pytest.mark.parametrize(
    "searched", ["", "dag: {template_searchpath: [include/more]}\n"], ids=["root", "beside others"]
)
def test_paths_count_from_the_root(project: Project, searched: str) -> None:
    (project.root / "include" / "more").mkdir()
    task = "{operator: airflow.providers.standard.operators.bash.BashOperator, bash_command: 'true'}"
    (project.configs / "sample.yaml").write_text(
        f"pipeline: sample\n{searched}tasks:\n  first: {task}\n", encoding="utf-8"
    )

    result = check(project)

    assert result.diagnostics == []
    (checked,) = result.files
    loader = build("sample", checked.configs["sample"]).get_task("first").get_template_env().loader
    assert loader is not None
    assert "include/tasks/fill.sql" in loader.list_templates()
