"""What is looked at: what the pipelines of an environment use, each thing once."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from include.doctor import pools
from include.doctor.findings import State
from include.doctor.subject import Login, Subject
from include.factory.project import Project
from tests.factory.conftest import project

__all__ = ["project"]  # the factory's tests' own project, as a fixture

ENVIRONMENT = """\
snowflake: {connection: far, warehouse: LOADING}
snowpark: {python: venvs/snowpark/bin/python}
kubernetes: {image: "task:1", namespace: far}
dag: {default_args: {pool: small}}
"""
PIPELINE = """\
pipeline: sample
tasks:
  first: {python_callable: include.tasks.sample.no_arguments, target: snowpark}
  second: {sql: select 1, snowflake: {connection: other, task_runs: null}, pool: large}
  third: {python_callable: include.tasks.sample.no_arguments, target: kubernetes}
  fourth:
    python_callable: include.tasks.sample.no_arguments
    target: kubernetes
    kubernetes: {nodeSelector: {pool: gpu}}
    snowflake: {warehouse: "{{ params.warehouse }}"}
params: {warehouse: WH}
"""


@pytest.fixture
def subject(project: Project) -> Subject:
    (project.environments / "far.yaml").write_text(ENVIRONMENT, encoding="utf-8")
    (project.configs / "sample.yaml").write_text(PIPELINE, encoding="utf-8")
    found = Subject(Project(project.root, {"SNOWPOD_ENVIRONMENT": "far"}))
    assert found.result.diagnostics == []
    return found


def test_what_an_environments_pipelines_use(subject: Subject) -> None:
    far = (("warehouse", "LOADING"),)
    assert subject.logins == [Login("far", far), Login("other", far, "")]  # what a template says, only a run knows
    assert subject.logins[0].name == "Snowflake, far warehouse=LOADING"
    assert subject.interpreters == [str(subject.project.root / "venvs/snowpark/bin/python")]
    assert subject.pools == {"large": ["sample"], "small": ["sample"]}
    assert [name for name, _ in subject.pods] == ["sample, third", "sample, fourth"]
    assert subject.pods[1][1]["nodeSelector"] == {"pool": "gpu"}


def test_without_pipelines_it_is_what_the_environment_says(project: Project) -> None:
    (project.environments / "far.yaml").write_text(ENVIRONMENT, encoding="utf-8")
    found = Subject(Project(project.root, {"SNOWPOD_ENVIRONMENT": "far"}))
    assert [one.connection for one in found.logins] == ["far"]
    assert [pod["namespace"] for _, pod in found.pods] == ["far"]
    assert (found.pools, len(found.interpreters)) == ({}, 1)


AIRFLOW = """\
#!/bin/sh
[ "$*" = "-m airflow pools list --output json" ] || exit 2
echo 'a warning of Airflow'
echo '{answer}'
"""


@pytest.mark.parametrize(
    ("answer", "states"),
    [
        (json.dumps([{"pool": "default_pool"}, {"pool": "small", "slots": "4"}]), [State.MISSING, State.OK]),
        (
            json.dumps([{"pool": "large", "slots": "0"}, {"pool": "small", "slots": "-1"}]),  # -1: without end
            [State.MISSING, State.OK],
        ),
        ("no such table: slot_pool", [State.UNKNOWN, State.UNKNOWN]),
    ],
    ids=["asked", "no-slots", "no-database"],
)
def test_pools(answer: str, states: list[State], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    airflow = tmp_path / "python"
    airflow.write_text(AIRFLOW.format(answer=answer))
    airflow.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(airflow))
    named: Any = SimpleNamespace(pools={"default_pool": ["a"], "large": ["a", "b"], "small": ["a"]})
    found = list(pools.look(named))
    assert [(one.what, one.state) for one in found] == list(zip(["large", "small"], states, strict=True))
    if states[0] is State.MISSING:
        assert found[0].mend == 'airflow pools set large 4 "what it guards"'
        assert "tasks of a, b would wait" in found[0].words
