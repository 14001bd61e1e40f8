"""What is said of some files of a project, and of names that no file can have."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from include.factory.check import check
from include.factory.project import Project
from include.factory.results import Checked

TWO = "pipeline: trips\ntasks:\n  a: {sql: select 1}\n"
BASH = "operator: airflow.providers.standard.operators.bash.BashOperator"
LONG = "x" * 5000


def _messages(project: Project, *names: str) -> list[tuple[str, str]]:
    return [(one.file, one.message) for one in check(project, [project.configs / name for name in names]).diagnostics]


@pytest.mark.parametrize(
    ("other", "dag_id"), [(TWO, "trips"), (TWO.replace("trips", "trips_daily"), "trips_daily")], ids=["name", "variant"]
)
def test_a_dag_id_of_a_file_that_is_not_given_is_taken(project: Project, other: str, dag_id: str) -> None:
    (project.configs / "mine.yaml").write_text(
        TWO + ("variants: {daily: {target: snowpark}}\n" if dag_id != "trips" else "")
    )
    (project.configs / f"{dag_id}.yaml").write_text(other)
    (project.configs / "broken.yaml").write_bytes(b"\xff")

    reported = [("configs/mine.yaml", f"configs/{dag_id}.yaml has the same DAG id: `{dag_id}`.")]
    assert _messages(project, "mine.yaml") == reported
    assert _messages(project, f"{dag_id}.yaml") == []
    assert _messages(project, "mine.yaml", f"{dag_id}.yaml") == reported


@pytest.mark.parametrize("name", ["defaults.yml", "environments/local.yml"])
def test_a_layer_with_the_other_extension_is_told(project: Project, name: str) -> None:
    path = project.configs / name
    path.with_suffix(".yaml").rename(path)

    assert any(
        path.with_suffix(".yaml").name in one.hint and "Rename" in one.hint for one in check(project).diagnostics
    )


@pytest.mark.parametrize("name", ['"a\\0b.sql"', f"{LONG}.sql", f"{LONG}/a.sql"], ids=["NUL", "long", "long folder"])
@pytest.mark.parametrize(
    "task", ["sql: {}", f"{BASH}\n    env: {{{{}}}}\n    bash_command: {{}}"], ids=["sql", "operator"]
)
def test_a_name_that_no_file_can_have_is_told_at_its_place(
    check_text: Callable[[str], Checked], task: str, name: str
) -> None:
    given = name if task.startswith("sql") else name.replace(".sql", ".sh")
    (diagnostic,) = check_text(
        "pipeline: sample\ntasks:\n  a: {sql: select 1}\n  b:\n    " + task.format(given) + "\n"
    ).diagnostics

    assert (diagnostic.code, diagnostic.position and diagnostic.position.line) == (
        "missing-file",
        7 if "env" in task else 5,
    )


def test_a_folder_that_cannot_be_there_is_told_at_its_place(check_text: Callable[[str], Checked]) -> None:
    (diagnostic,) = check_text(
        f"pipeline: sample\ndag:\n  template_searchpath:\n    - {LONG}\ntasks:\n  a: {{sql: select 1}}\n"
    ).diagnostics

    assert (diagnostic.code, diagnostic.position and diagnostic.position.line) == ("missing-folder", 4)
