"""Whatever decided what comes of a file: when it changes, what was kept is not believed any more, in the same load."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from include.constants import ROOT
from include.factory.cache import key
from include.factory.project import Project
from tests.factory.cache.conftest import PIPELINE, load, plain

Change = Callable[[Project], Project | None]


def _edit(name: str, old: str, new: str, times: bool = True) -> Change:
    """Changes a file; its size too, unless the two texts are of one length, and its times only if asked to."""

    def change(project: Project) -> None:
        path = project.root / name
        before = path.stat()
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        if not times:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)

    return change


def _write(name: str, text: str) -> Change:
    def change(project: Project) -> None:
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text(text)

    return change


def _remove(name: str) -> Change:
    return lambda project: (project.root / name).unlink()


def _set(**variables: str) -> Change:
    return lambda project: replace(project, variables={**project.variables, **variables})


SAMPLE = "configs/sample.yaml"
TASKS = "include/tasks/sample.py"
CHANGES: dict[str, Change] = {
    "pipeline": _edit(SAMPLE, "@daily", "@hourly"),
    "pipeline of the same size and time": _edit(SAMPLE, "2024", "2025", times=False),
    "pipeline broken": _edit(SAMPLE, "dependencies:", "dependecies:"),
    "defaults": _edit("configs/defaults.yaml", "retries: 1", "retries: 2"),
    "defaults of the same size and time": _edit("configs/defaults.yaml", "retries: 1", "retries: 2", times=False),
    "defaults broken": _edit("configs/defaults.yaml", "retries: 1", "retrise: 1"),
    "defaults gone": _remove("configs/defaults.yaml"),
    "environment's file": _write("configs/environments/local.yaml", "snowflake: {connection: another}\n"),
    "environment": _set(SNOWPOD_ENVIRONMENT="production"),
    "environment that is not there": _set(SNOWPOD_ENVIRONMENT="nowhere"),
    "signature": _edit(TASKS, "def load(session: Any, table: str,", "def load(session: Any, table: str, more: int,"),
    "default of the same size and time": _edit(TASKS, "rows: int = 10", "rows: int     ", times=False),
    "docstring": _edit(TASKS, "rows: int = 10) -> dict[str, Any]:\n", "rows: int = 10) -> Any:\n    'Says more.'\n"),
    "module broken": _edit(TASKS, "def load(", "def load(("),
    "module gone": _remove(TASKS),
    "module that hides another": _write("include/tasks/sample/__init__.py", "def other(session): ...\n"),
    "SQL": _write("include/tasks/create.sql", "SELECT 1"),
    "SQL with a template": _write("include/tasks/create.sql", "SELECT '{{ params.nothing }}'"),
    "SQL gone": _remove("include/tasks/create.sql"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_counts_at_once(kept: Project, change: Change) -> None:
    first, _ = load(kept)
    assert load(kept) == (first, True)

    project = change(kept) or kept
    found, was_kept = load(project)

    assert not was_kept
    assert found == plain(project) != first


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_as_it_was_again_is_right_too(kept: Project, tmp_path: Path, change: Change) -> None:
    first, _ = load(kept)
    shutil.copytree(kept.root, tmp_path / "before")
    load(change(kept) or kept)

    shutil.rmtree(kept.root)
    shutil.copytree(tmp_path / "before", kept.root)

    assert load(kept)[0] == first


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (SAMPLE, 'schedule: "@daily"', 'schedule: "${WHEN:-@daily}"'),
        (SAMPLE, 'schedule: "@daily"', 'schedule: "\\x24{WHEN:-@daily}"'),  # the text alone does not show it
        ("configs/defaults.yaml", "owner: tests", "owner: '${WHEN:-tests}'"),
        ("configs/environments/local.yaml", "{in_cluster: false}", "{}\nsnowflake: {role: '${WHEN:-tests}'}"),
    ],
    ids=["pipeline", "pipeline with an escape", "defaults", "environment"],
)
def test_a_variable_of_the_environment_counts(kept: Project, name: str, old: str, new: str) -> None:
    _edit(name, old, new)(kept)
    first, _ = load(kept)
    for project in (_set(WHEN="@weekly")(kept), _set(WHEN="@yearly")(kept), kept):
        assert load(project)[0] == plain(project)
        assert load(project)[1]
    assert plain(_set(WHEN="@weekly")(kept)) != first


def test_a_variable_that_is_not_named_does_not_count(kept: Project) -> None:
    load(kept)
    assert load(_set(OTHER="1")(kept))[1]


OPERATOR = """\
from airflow.sdk import BaseOperator

class Op(BaseOperator):
    def __init__(self, *, given, **kwargs): ...
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what somebody installed: an operator, which a pipeline uses."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "somebodys_operators.py").write_text(OPERATOR)
    (folder / "somebodys_operators-1.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


@pytest.fixture
def with_operator(kept: Project) -> Project:
    text = "pipeline: sample\ntasks:\n  one: {operator: somebodys_operators.Op, given: 1}\n"
    (kept.configs / "sample.yaml").write_text(text)
    return kept


def test_an_operators_signature_counts(with_operator: Project, installed: Path) -> None:
    first, _ = load(with_operator)
    assert load(with_operator) == (first, True)
    assert not first[0][-1]
    (installed / "somebodys_operators.py").write_text(OPERATOR.replace("given", "taken"))
    found, _ = load(with_operator)
    assert found == plain(with_operator)
    assert found[0][-1]


def test_a_module_that_hides_an_installed_one_counts(with_operator: Project, installed: Path) -> None:
    load(with_operator)
    (with_operator.root / "somebodys_operators.py").write_text("class Other: ...\n")
    found, _ = load(with_operator)
    assert found == plain(with_operator)
    assert found[0][-1]


def test_another_version_of_what_is_installed_counts(with_operator: Project, installed: Path) -> None:
    load(with_operator)
    (installed / "somebodys_operators-1.0.dist-info").rename(installed / "somebodys_operators-1.1.dist-info")
    assert not load(with_operator)[1]
    assert load(with_operator)[1]


def test_a_file_of_templates_counts(kept: Project) -> None:
    task = "{operator: airflow.providers.standard.operators.bash.BashOperator, bash_command: include/tasks/fill.sh}"
    (kept.configs / "sample.yaml").write_text(f"pipeline: sample\nparams: {{table: T}}\ntasks:\n  one: {task}\n")
    first, _ = load(kept)
    assert load(kept) == (first, True)
    (kept.root / "include/tasks/fill.sh").write_text("echo {{ params.nothing }}\n")
    found, _ = load(kept)
    assert found == plain(kept) != first
    (kept.root / "include/tasks/fill.sh").unlink()
    assert load(kept)[0] == plain(kept) not in (first, found)


def test_a_folder_of_templates_counts(kept: Project) -> None:
    (kept.root / "texts").mkdir()
    _edit(SAMPLE, "dag: {", "dag: {template_searchpath: [texts], ")(kept)
    first, _ = load(kept)
    assert load(kept) == (first, True)
    (kept.root / "texts").rmdir()
    assert load(kept)[0] == plain(kept) != first


@pytest.mark.parametrize("name", ["include/factory/sql.py", "include/constants.py", "schemas/pipeline.schema.json"])
def test_our_own_code_and_schema_count(
    kept: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    ours = tmp_path / "ours"
    for one in ("include/factory", "include/operators", "schemas"):
        shutil.copytree(ROOT / one, ours / one, ignore=shutil.ignore_patterns("__pycache__"))
    for one in ("include/__init__.py", "include/constants.py"):
        shutil.copy(ROOT / one, ours / one)
    monkeypatch.setattr(key, "ROOT", ours)
    load(kept)
    assert load(kept)[1]
    (ours / name).write_text((ours / name).read_text() + "\n")
    assert not load(kept)[1]
    (ours / "include/factory/new.py").write_text("")
    assert not load(kept)[1]


def test_all_of_our_own_that_a_check_imports_counts() -> None:
    loaded = {
        os.path.relpath(module.__file__, ROOT)
        for name, module in sys.modules.items()
        if name.split(".")[0] == "include" and getattr(module, "__file__", None)
    }
    decides = {one for one in loaded if one.startswith(("include/factory", "include/operators", "include/constants"))}
    assert decides <= set(key._code())


def test_another_python_counts(kept: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    load(kept)
    monkeypatch.setattr(sys, "version", "3.99.0")
    assert not load(kept)[1]


def test_another_place_of_the_project_counts(kept: Project, tmp_path: Path, place: Path) -> None:
    load(kept)
    moved = tmp_path / "moved"
    shutil.copytree(kept.root, moved)
    (theirs,) = place.iterdir()
    project = Project(moved, kept.variables)
    load(project)
    ours = next(one for one in place.iterdir() if one != theirs)
    for entry in theirs.iterdir():
        for mine in list(ours.iterdir()):
            shutil.copy(entry, mine)
    assert load(project)[0] == plain(project)


def test_an_edit_while_it_is_checked_is_not_kept(kept: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its old content would be kept as what comes of the new one, or the other way round."""
    from include.factory.check import Checker

    check = Checker.pipeline

    def edited_meanwhile(self: Checker, path: Path) -> object:
        path.write_text(PIPELINE.replace("@daily", "@hourly"))
        found = check(self, path)
        path.write_text(PIPELINE)
        return found

    monkeypatch.setattr(Checker, "pipeline", edited_meanwhile)
    load(kept)
    monkeypatch.setattr(Checker, "pipeline", check)
    assert load(kept)[0] == plain(kept)


def test_our_code_that_changes_while_it_checks_keeps_nothing(kept: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = iter(["before", "after"])
    with monkeypatch.context() as patched:
        patched.setattr(key, "code_digest", lambda: next(digests))
        patched.setattr("include.factory.cache.store.code_digest", lambda: next(digests))
        load(kept)
    with monkeypatch.context() as patched:
        patched.setattr(key, "code_digest", lambda: "before")
        assert not load(kept)[1]
