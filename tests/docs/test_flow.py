"""The page on mapping, groups, conditions, branches and setup: all of it together is a right pipeline that builds."""

from __future__ import annotations

from typing import Any

import yaml

from include.factory.accept import accept
from include.factory.build import build
from include.factory.check import Checker
from include.factory.project import Project
from tests.docs.conftest import DOCS, blocks

PAGE = DOCS / "flow.md"


def test_its_parts_are_one_right_pipeline_that_builds(docs_project: Project) -> None:
    whole: dict[str, Any] = {"pipeline": "months", "params": {}, "tasks": {}}
    for block in blocks(PAGE, "yaml"):
        part = yaml.safe_load(block)
        for key in ("params", "tasks"):
            assert not whole[key].keys() & part.get(key, {})
            whole[key] |= part.get(key, {})
    for task in whole["tasks"].values():
        if str(task.get("sql")).endswith(".sql"):
            (docs_project.root / task["sql"]).write_text("SELECT 1")
    whole["variants"] = {"one": {"target": "snowpark"}, "both": {"target": ["snowpark", "kubernetes"]}}
    path = docs_project.root / "configs" / "months.yaml"
    path.write_text(yaml.safe_dump(whole, sort_keys=False))

    checked = Checker(docs_project).pipeline(path)

    assert checked.diagnostics == ()
    for dag_id, config in checked.configs.items():
        accept(build(dag_id, config), config)
    tasks = checked.configs["months_one"]["tasks"]
    assert "statistics_items" in tasks
    assert tasks["features"]["dependencies"] == ["weather", "stations"]
