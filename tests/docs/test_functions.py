"""The page on functions: its pipeline is right, its functions run, its messages are those that a task gives."""

from __future__ import annotations

import dataclasses
import datetime
import re
from pathlib import Path

import pytest

from include.factory.check import Checker
from include.factory.project import Project
from include.runtime.errors import NotJsonError
from include.runtime.inside import LOG_LIMIT
from include.runtime.outcome import checked
from tests.docs.conftest import DOCS, blocks
from tests.laptop import Laptop
from tests.pipeline import test_batch_types
from tests.project import make_project

PAGE = DOCS / "functions.md"
DAG = "orders_snowpark"


@pytest.fixture(scope="module")
def additions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the page adds to a project: its pipeline, and its functions as one module."""
    folder = tmp_path_factory.mktemp("functions")
    for name, text in (("configs/orders.yaml", blocks(PAGE, "yaml")), ("tasks/orders.py", blocks(PAGE, "python"))):
        (folder / name).parent.mkdir()
        (folder / name).write_text("\n\n".join(text), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def done(laptop: Laptop, additions: Path, tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    users = dataclasses.replace(laptop, root=make_project(tmp_path_factory.mktemp("page") / "project", additions))
    run = users.run(DAG, {"rows": 50}, CLUSTER="none")
    assert run.code == 0, run.output
    return users


def test_its_pipeline_is_right(additions: Path, docs_project: Project, tmp_path: Path) -> None:
    (docs_project.root / "include" / "tasks" / "orders_of_page.py").write_text(
        (additions / "tasks/orders.py").read_text()
    )
    text = (additions / "configs/orders.yaml").read_text().replace("tasks.orders.", "tasks.orders_of_page.")
    (tmp_path / "orders.yaml").write_text(text)
    assert Checker(docs_project).pipeline(tmp_path / "orders.yaml").diagnostics == ()


def test_its_functions_run(done: Laptop) -> None:
    results = {task["task_id"]: task["result"] for task in done.latest(DAG)["tasks"]}
    assert results["load"] == {"table": "ORDERS", "rows": 50}
    assert results["train"] == {"model": "@ORDERS_MODELS/orders.joblib", "rows": 50}
    assert results["predict"] == {"table": "ORDERS_PREDICTED_snowpark", "rows": 50}
    off = "SELECT MAX(ABS(P.AMOUNT - O.AMOUNT)) AS OFF FROM ORDERS O JOIN ORDERS_PREDICTED_snowpark P USING (ID)"
    assert float(done.value(off)) < 0.001
    assert "50 orders" in done.log(DAG)


def test_what_it_says_of_a_result_that_is_not_json() -> None:
    with pytest.raises(NotJsonError) as raised:
        checked("include.tasks.orders.load", {"day": datetime.date(2026, 1, 31)})
    assert [str(raised.value)] == blocks(PAGE, "text")


def test_its_types_in_a_batch_are_those_that_are_tested() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| Snowflake | in the batch |")[2].partition("\n\n")[0]
    said: dict[str, list[str]] = {}
    for names, types in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", table, re.MULTILINE):
        for name in names.split(", "):
            said.setdefault(name.partition(" ")[0], []).extend(re.findall(r"`([^`]+)`", types))
    for kind, _, dtype, _ in test_batch_types.TYPES.values():
        assert dtype in said[kind.partition("(")[0]]


def test_how_much_it_says_is_kept_of_what_a_procedure_prints() -> None:
    assert f"the last {LOG_LIMIT // 1024} KB" in PAGE.read_text(encoding="utf-8")
