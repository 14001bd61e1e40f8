"""The page for users of dag-factory: its files are built by dag-factory itself, ours by ours, for the same DAGs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import dagfactory
import pytest
import yaml
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from include.factory.build import build
from include.factory.check import Checker, check
from include.factory.document.schema import schema
from include.factory.project import Project
from tests.docs.conftest import DOCS, blocks

PAGE = DOCS / "from-dag-factory.md"
SECTIONS = {
    section.partition("\n")[0]: section
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
}
WITH_DAGS = [name for name, section in SECTIONS.items() if "\n# dag-factory\n" in section]


def _blocks(section: str) -> tuple[list[str], list[str]]:
    """The files of a section: dag-factory's, and ours."""
    found = re.findall(r"^```yaml\n(.*?)\n```$", SECTIONS[section], re.MULTILINE | re.DOTALL)
    theirs = [text for text in found if text.startswith("# dag-factory")]
    return theirs, [text for text in found if text not in theirs]


def _theirs(texts: list[str], folder: Path) -> dict[str, DAG]:
    (folder / "dags.yml").write_text("\n".join(texts))
    found: dict[str, Any] = {}
    dagfactory.load_yaml_dags(
        globals_dict=found, config_filepath=str(folder / "dags.yml"), defaults_config_path=str(folder)
    )
    return {name: dag for name, dag in found.items() if isinstance(dag, DAG)}


def _ours(texts: list[str], checker: Checker, folder: Path) -> dict[str, DAG]:
    found = {}
    for text in texts:
        path = folder / "ours.yaml"
        path.write_text(text)
        checked = checker.pipeline(path)
        assert [(one.message, one.hint) for one in checked.diagnostics] == []
        found |= {dag_id: build(dag_id, config) for dag_id, config in checked.configs.items()}
    return found


def _before(dag: DAG) -> dict[str, set[str]]:
    """What each task waits for, through others too; ids without groups, and without the tasks that list items."""
    before = {task.task_id: task.get_flat_relative_ids(upstream=True) for task in dag.tasks}
    return {_plain(one): {*map(_plain, others)} - {""} for one, others in before.items() if _plain(one)}


def _schedule(dag: DAG) -> Any:
    return DagSerialization.to_dict(dag)["dag"]["timetable"]


def _plain(task_id: str) -> str:
    return "" if task_id.endswith("_items") else task_id.rpartition(".")[2]


@pytest.mark.parametrize("section", WITH_DAGS)
def test_both_give_the_same_dags(section: str, docs_checker: Checker, tmp_path: Path) -> None:
    theirs, ours = _blocks(section)
    built, own = _theirs(theirs, tmp_path), _ours(ours, docs_checker, tmp_path)
    assert set(built) == set(own) != set()
    for dag_id, dag in built.items():
        assert _before(own[dag_id]) == _before(dag)
        assert _schedule(own[dag_id]) == _schedule(dag)
        assert own[dag_id].catchup == dag.catchup
        assert own[dag_id].has_on_success_callback == dag.has_on_success_callback


def test_defaults_for_all_files(docs_project: Project, tmp_path: Path) -> None:
    (theirs,), (ours,) = _blocks("Defaults for all files")
    (tmp_path / "defaults.yml").write_text(theirs)
    dag = "orders: {default_args: {start_date: 2026-01-01}, schedule: null, tasks: [{task_id: a, operator: %s}]}"
    operator = "airflow.providers.standard.operators.empty.EmptyOperator"
    task = _theirs([dag % operator], tmp_path)["orders"].get_task("a")
    (docs_project.environments / "page.yaml").write_text(ours)
    page = Project(docs_project.root, {"SNOWPOD_ENVIRONMENT": "page"})
    (tmp_path / "sample.yaml").write_text(f"pipeline: sample\ntasks: {{a: {{operator: {operator}}}}}\n")
    result = check(page, [tmp_path / "sample.yaml"])
    assert result.diagnostics == []
    own = build("sample", result.files[0].configs["sample"]).get_task("a")
    assert (own.owner, own.retries) == (task.owner, task.retries) == ("sales", 2)


@pytest.mark.parametrize("section", WITH_DAGS)
def test_one_of_theirs_is_recognised(section: str, docs_checker: Checker, tmp_path: Path) -> None:
    (tmp_path / "theirs.yaml").write_text(_blocks(section)[0][0])
    (found,) = docs_checker.pipeline(tmp_path / "theirs.yaml").diagnostics
    assert found.code == "other-format"


def test_the_names_on_our_side_are_keys_of_the_format() -> None:
    known = {key for part in schema()["$defs"].values() for key in part.get("properties", {})} | {
        *schema()["properties"]
    }
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", SECTIONS["Names"], re.MULTILINE)[1:]
    assert len(rows) >= 10
    for _, ours in rows:
        for word in re.findall(r"`([a-z_]+)(?=[:`])", ours):
            assert word in known, word


def test_every_block_is_one_of_the_two_formats() -> None:
    for text in blocks(PAGE, "yaml"):
        assert text.startswith(("# dag-factory", "# configs/"))
        assert isinstance(yaml.safe_load(text), dict)
