"""A real dag-processor over 200 good and 20 broken files.

Each broken one is its own import error, and harms no other. Each DAG shows its own file as its code.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from include.factory.loaders import file_of, loader_of
from tests.factory.conftest import BROKEN, HERE

pytestmark = pytest.mark.server

ROOT = HERE.parents[1]
GOOD = 200
WRONG = [
    "yaml/syntax_unclosed_list", "yaml/tab", "yaml/duplicate_key", "yaml/several_documents", "yaml/empty",
    "yaml/encoding", "shape/unknown_dag_key", "shape/unknown_task_key", "shape/misspelt_kind", "shape/two_kinds",
    "shape/null_tasks", "shape/duration", "dependencies/unknown_task", "dependencies/cycle", "templates/unknown_param",
    "templates/jinja_open", "schedule/cron_value", "code/unknown_package", "operators/argument_misspelt",
    "secrets/in_sql",
]  # fmt: skip
REFRESH = 15
"""Seconds between two looks at the folder; with them Airflow forgets the errors of files that are right again."""


@dataclass(frozen=True)
class Airflow:
    """A dag-processor that runs over a project of its own."""

    configs: Path
    database: Path
    log: Path
    environment: dict[str, str]
    gone: set[str] = field(default_factory=set)
    """DAGs whose file is broken or deleted, which are stale for it."""

    def rows(self, query: str) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def errors(self) -> dict[str, str]:
        return dict(self.rows("select filename, stacktrace from import_error"))

    def dags(self) -> dict[str, str]:
        """Each DAG and whether it is stale."""
        return dict(self.rows("select dag_id, is_stale from dag"))

    def looks(self) -> int:
        """How often Airflow has looked for new files."""
        return self.log.read_text().count("Searching for files in")

    def homes(self) -> dict[str, str]:
        """Each DAG and the loader that Airflow found it in."""
        return dict(self.rows("select dag_id, relative_fileloc from dag"))

    def codes(self, dag_id: str) -> list[str]:
        """What the Code tab shows of a DAG, for each of its versions, the first one first."""
        query = (
            "select source_code, version_number from dag_code join dag_version on dag_version.id = dag_version_id"
            f" where dag_code.dag_id = '{dag_id}' order by version_number"
        )
        return [code for code, _ in self.rows(query)]

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Wait, and see to it that no good DAG is ever marked stale meanwhile."""
        for _ in range(600):
            stale = [dag_id for dag_id, is_stale in self.dags().items() if is_stale and dag_id not in self.gone]
            assert stale == []
            if until():
                return
            time.sleep(0.2)
        pytest.fail(f"{what}: not within 120 s\n{self.log.read_text()[-3000:]}")


@contextmanager
def _running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("w") as output:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    home = tmp_path_factory.mktemp("dag-processor")
    project = home / "project"
    configs = project / "configs"
    (project / "dags").mkdir(parents=True)
    shutil.copy(ROOT / "dags" / "snowpod.py", project / "dags")
    (project / "include").symlink_to(ROOT / "include")
    shutil.copytree(HERE / "project" / "configs", configs)
    for number in range(GOOD):
        (configs / f"good_{number:03}.yaml").write_text(_good(f"good_{number:03}"))
    for name in WRONG:
        (configs / name).parent.mkdir(exist_ok=True)
        shutil.copy(BROKEN / f"{name}.yaml", configs / f"{name}.yaml")

    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SNOWPOD"))},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(project / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "1",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": str(REFRESH),
        "AIRFLOW__DAG_PROCESSOR__STALE_DAG_THRESHOLD": "3",
        "AIRFLOW__SCHEDULER__PARSING_CLEANUP_INTERVAL": "3",
        "AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL": "1",
    }
    command = str(Path(sys.executable).with_name("airflow"))
    subprocess.run([command, "db", "migrate"], env=environment, check=True, capture_output=True)
    log = home / "dag-processor.log"
    with _running([command, "dag-processor"], environment, log):
        yield Airflow(configs, home / "airflow.db", log, environment)


def test_broken_files_are_import_errors_of_their_own_and_the_others_are_active(airflow: Airflow) -> None:
    airflow.wait(
        lambda: len(airflow.dags()) == GOOD and len(airflow.errors()) == len(WRONG), "200 DAGs and 20 import errors"
    )

    assert set(airflow.dags()) == {f"good_{number:03}" for number in range(GOOD)}
    assert {path for _, path in airflow.rows("select dag_id, relative_fileloc from dag")} == {"snowpod.py"}
    assert airflow.codes("good_007") == [_good("good_007")]
    airflow.wait(lambda: len(airflow.errors()) == len(WRONG), "20 import errors")
    errors = airflow.errors()
    for name in WRONG:
        place, message, hint = (BROKEN / f"{name}.txt").read_text().splitlines()
        assert f"configs/{name}.yaml:{place.split()[0]}: {message}" in errors[f"configs/{name}.yaml"]
        assert hint in errors[f"configs/{name}.yaml"]


def test_mending_a_file_brings_its_dag_and_clears_its_error(airflow: Airflow) -> None:
    airflow.wait(lambda: len(airflow.errors()) == len(WRONG), "20 import errors")

    (airflow.configs / f"{WRONG[0]}.yaml").write_text(_good("fixed"))

    airflow.wait(lambda: "fixed" in airflow.dags(), "the fixed DAG")
    airflow.wait(lambda: len(airflow.errors()) == len(WRONG) - 1, "19 import errors")
    assert not any(WRONG[0] in filename for filename in airflow.errors())


def test_breaking_a_good_file_harms_no_other(airflow: Airflow) -> None:
    airflow.gone.add("good_007")
    (airflow.configs / "good_007.yaml").write_text("pipeline: good_007\ntasks:\n  first:\n    sqll: select 1\n")

    airflow.wait(lambda: any("good_007" in filename for filename in airflow.errors()), "the new import error")


def test_an_edit_shows_as_a_new_version_and_runs_keep_the_old_one(airflow: Airflow) -> None:
    airflow.wait(lambda: "good_011" in airflow.dags(), "the DAG")
    command = [str(Path(sys.executable).with_name("airflow")), "dags", "trigger", "good_011"]
    subprocess.run(command, env=airflow.environment, check=True, capture_output=True)
    edited = f"{_good('good_011')}# späte Bemerkung, 遅い\n"

    (airflow.configs / "good_011.yaml").write_text(edited, encoding="utf-8")

    airflow.wait(lambda: airflow.codes("good_011") == [_good("good_011"), edited], "the second version")


def test_deleting_files_harms_no_other(airflow: Airflow) -> None:
    """Airflow reads a DAG's code when all are parsed; the file may be gone by then."""
    airflow.wait(lambda: len(airflow.dags()) >= GOOD, "200 DAGs")
    for number in range(20, 26):
        (airflow.configs / f"good_{number:03}.yaml").unlink()
        airflow.gone.add(f"good_{number:03}")
        time.sleep(0.7)  # at another moment of a parse each

    airflow.wait(lambda: all(airflow.dags()[name] for name in airflow.gone), "the DAGs of the deleted files gone")
    assert not any("snowpod.py" in filename for filename in airflow.errors())


def test_a_change_of_the_number_of_loaders_makes_no_dag_stale(airflow: Airflow) -> None:
    """Airflow looks for the new files later than it calls a DAG stale: they come just after it has looked."""
    airflow.wait(lambda: len(airflow.dags()) >= GOOD, "200 DAGs")
    looks = airflow.looks()
    airflow.wait(lambda: airflow.looks() > looks, "a look at the folder")
    loaders = airflow.configs.parent / "dags"
    for number in (2, 3):
        shutil.copy(loaders / "snowpod.py", loaders / file_of(number))

    for split in ((1, 2, 3), (1,)):
        _split_between(airflow.configs, len(split))
        homes = {f"good_{number:03}": file_of(loader_of(f"good_{number:03}.yaml", split)) for number in range(30, GOOD)}
        airflow.wait(lambda homes=homes: homes.items() <= airflow.homes().items(), f"the DAGs at {len(split)} loaders")

    # Airflow forgets them at each look at the folder: each is told by the loader that has its file.
    airflow.wait(lambda: len(airflow.errors()) == len(WRONG), "20 import errors")


def _split_between(configs: Path, number: int) -> None:
    written = configs / "defaults.new"
    text = (configs / "defaults.yaml").read_text().partition("loaders:")[0]
    written.write_text(f"{text}loaders: {number}\n")
    written.replace(configs / "defaults.yaml")


def _good(name: str) -> str:
    return (
        f"pipeline: {name}\nparams: {{source: include/data}}\ntasks:\n"
        "  first:\n    sql: create stage if not exists trips\n"
        "  second:\n    python_callable: include.tasks.taxi.stage_files\n"
        '    op_kwargs: {source: "{{ params.source }}", stage: trips}\n    dependencies: [first]\n'
    )
