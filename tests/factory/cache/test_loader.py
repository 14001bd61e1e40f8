"""The loader, with what is kept: the same DAGs, the same words of what Airflow refuses, and fewer imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from include.constants import ROOT
from include.factory.check import Checker
from include.factory.import_errors import PipelineError
from include.factory.project import Project
from include.factory.register import register
from tests.factory.cache.conftest import entries
from tests.factory.test_register import SIDE_BY_SIDE


@pytest.fixture
def registered(kept: Project, place: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SNOWPOD_CACHE", str(place))
    (kept.configs / "sample.yaml").write_text(SIDE_BY_SIDE)

    def load() -> dict[str, Any]:
        namespace: dict[str, Any] = {}
        register(namespace, kept.root)
        return namespace

    return load


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From when it is called, nothing may be checked any more."""

    def refuse(*given: Any, **more: Any) -> None:
        raise AssertionError("checked")

    return lambda: monkeypatch.setattr(Checker, "__init__", refuse)


def _serialised(namespace: dict[str, Any]) -> dict[str, Any]:
    return {name: DagSerialization.to_dict(dag) for name, dag in namespace.items() if isinstance(dag, DAG)}


def test_the_dags_are_the_same(registered: Any, unchecked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("SNOWPOD_CACHE", "off")
        expected = _serialised(registered())
    assert len(expected) == 3
    assert _serialised(registered()) == expected
    unchecked()
    assert _serialised(registered()) == expected


def test_a_task_starts_with_what_is_kept_and_forgets_nothing(
    registered: Any, kept: Project, place: Path, unchecked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept.configs / "gone.yaml").write_text("pipeline: gone\ntasks: {one: {sql: SELECT 1}}\n")
    registered()
    (kept.configs / "gone.yaml").unlink()
    before = entries(place)
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "sample_here")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "create")
    unchecked()
    assert list(registered()) == ["sample_here"]
    assert entries(place) == before


def test_a_task_on_a_machine_where_nothing_is_kept_keeps_what_it_needs(
    registered: Any, unchecked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "sample_here")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "create")
    registered()
    unchecked()
    assert list(registered()) == ["sample_here"]


def test_what_airflow_refuses_is_told_in_the_same_words_each_time(registered: Any, kept: Project, place: Path) -> None:
    task = "{operator: tests.factory.operators_for_tests.Raises, at: start}"
    text = f"pipeline: sample\ntasks:\n  one: {task}\n"
    (kept.configs / "sample.yaml").write_text(text)
    said = []
    for _ in range(3):
        (broken,) = registered().values()
        with pytest.raises(PipelineError) as caught:
            DagSerialization.to_dict(broken)
        said.append(str(caught.value))
    assert len(set(said)) == 1
    assert "configs/sample.yaml:3" in said[0]
    assert "Airflow refuses it" in said[0]
    assert len(entries(place)) == 2


def test_a_broken_layer_is_told_each_time(registered: Any, kept: Project) -> None:
    registered()
    kept.defaults_file.write_text("dagg: {}\n")
    for _ in range(2):
        assert list(registered()) == ["broken configs/defaults.yaml"]


SCRIPT = """\
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from include.factory import register_dags
namespace = {{}}
register_dags(namespace, Path({project!r}))
assert len(namespace) == 3, namespace
print(*sorted(name for name in sys.modules if name.startswith("include.factory")))
"""


def test_the_checks_are_not_imported_where_all_is_kept(registered: Any, kept: Project) -> None:
    registered()
    script = SCRIPT.format(root=str(ROOT), project=str(kept.root))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    imported = set(done.stdout.splitlines()[-1].split())
    assert "include.factory.cache.store" in imported
    for name in ("check", "compile", "document.schema", "document.reading", "code.checks", "references", "refusals"):
        assert f"include.factory.{name}" not in imported
