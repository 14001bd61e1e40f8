"""After whatever edits, in whatever order, a load with what is kept is the same as one without."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest

from include.factory.cache.pipelines import Pipelines
from include.factory.cache.store import Store
from include.factory.project import Project
from tests.factory.cache.conftest import PIPELINE, load, plain
from tests.factory.conftest import BROKEN, HERE, PROJECT

RIGHT = sorted((HERE / "right").glob("*.yaml"))
WRONG = sorted(BROKEN.glob("*/*.yaml"))
TRIGGER = """\
pipeline: trigger
tasks:
  start: {operator: airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator, trigger_dag_id: sample}
"""
Edit = Callable[[Project, random.Random], Project | None]


def _pipeline(project: Project, chance: random.Random) -> None:
    name = chance.choice(["sample", "other", "trigger", "again"])
    text = chance.choice(
        [PIPELINE, PIPELINE.replace("@daily", "${WHEN:-@hourly}"), TRIGGER, "pipeline: [\n", "tasks: {}"]
    )
    text = text.replace("pipeline: sample", f"pipeline: {chance.choice([name, 'sample'])}")
    (project.configs / f"{name}.yaml").write_text(text)


def _of_corpus(project: Project, chance: random.Random) -> None:
    path = chance.choice(chance.choice([RIGHT, WRONG]))
    (project.configs / chance.choice(["corpus.yaml", path.name])).write_bytes(path.read_bytes())


def _remove(project: Project, chance: random.Random) -> None:
    files = [path for path in project.pipeline_files() if path.stem != "steady"]
    if files:
        chance.choice(files).unlink()


def _layer(project: Project, chance: random.Random) -> None:
    path = chance.choice([project.defaults_file, project.environments / "local.yaml"])
    text = chance.choice(
        ["snowpark: {python: .venv/bin/python}\n", "snowflake: {role: '${ROLE:-r}'}\n", "snowflake: {rloe: r}\n"]
    )
    path.write_text(chance.choice([text, f"dag: {{default_args: {{retries: {chance.randrange(3)}}}}}\n"]))


def _source(project: Project, chance: random.Random) -> None:
    name = chance.choice(["include/tasks/sample.py", "include/tasks/sample/__init__.py", "include/__init__.py"])
    path = project.root / name
    text = chance.choice(["def load(session, table): ...\n", "def load(session, tabel): ...\n", "def load(\n", ""])
    path.parent.mkdir(exist_ok=True)
    if path.exists() and chance.random() < 0.3:
        path.unlink()
    else:
        path.write_text(text)


def _sql(project: Project, chance: random.Random) -> None:
    path = project.root / "include/tasks/create.sql"
    if path.exists() and chance.random() < 0.3:
        path.unlink()
    else:
        path.write_text(chance.choice(["SELECT 1", "SELECT 2", "SELECT {{ params.table }}", "SELECT {{ params.no }}"]))


def _variable(project: Project, chance: random.Random) -> Project:
    variables = dict(project.variables)
    name = chance.choice(["WHEN", "ROLE", "SNOWPOD_ENVIRONMENT"])
    variables.pop(name, None)
    if chance.random() < 0.7:
        variables[name] = chance.choice(["@weekly", "production", "3"])
    return replace(project, variables=variables)


def _mend(project: Project, chance: random.Random) -> Project:
    """Else most of the time something is wrong with all."""
    shutil.copy(PROJECT / "configs/defaults.yaml", project.configs)
    shutil.copy(PROJECT / "configs/environments/local.yaml", project.environments)
    shutil.rmtree(project.root / "include")
    shutil.copytree(PROJECT / "include", project.root / "include")
    return replace(project, variables={**project.variables, "SNOWPOD_ENVIRONMENT": "local"})


EDITS: list[Edit] = [_pipeline, _pipeline, _of_corpus, _remove, _layer, _source, _sql, _variable, _mend, _mend]


@pytest.mark.parametrize("seed", range(4))
def test_edits(kept: Project, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    believed = []
    find = Store.find
    monkeypatch.setattr(Store, "find", lambda *given: believed.append(find(*given)) or believed[-1])
    chance = random.Random(seed)
    (kept.configs / "steady.yaml").write_text(PIPELINE.replace("pipeline: sample", "pipeline: steady"))
    project, done = kept, []
    for _ in range(25):
        edit = chance.choice(EDITS)
        done.append(edit.__name__)
        project = edit(project, chance) or project
        expected = plain(project)
        for _ in range(2):
            assert load(project)[0] == expected, done
    assert len([one for one in believed if one is not None]) > 0


def test_the_whole_corpus(kept: Project) -> None:
    for path in [*RIGHT, *WRONG]:
        (kept.configs / f"{path.parent.name}_{path.name}").write_bytes(path.read_bytes())
    expected = plain(kept)
    for _ in range(2):
        assert load(kept)[0] == expected


def test_all_that_is_right_is_kept(kept: Project) -> None:
    for path in RIGHT:
        (kept.configs / path.name).write_bytes(path.read_bytes())
    project = Project(kept.root, {**kept.variables, "HOME": "/home/tests"})
    first, second = Pipelines(project), Pipelines(project)
    found = [first.pipeline(path) for path in project.pipeline_files()]
    assert not [one.diagnostics for one in found if one.diagnostics]
    for one in found:
        again = second.pipeline(one.path)
        assert (again.configs, again.pages, again.facts) == (one.configs, one.pages, one.facts)
    assert not second.checks()
