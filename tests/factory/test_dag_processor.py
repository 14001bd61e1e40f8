"""A real dag-processor over 200 good and 20 broken files.

Each broken one is its own import error, and harms no other.
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
from dataclasses import dataclass
from pathlib import Path

import pytest

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

    def rows(self, query: str) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    def errors(self) -> dict[str, str]:
        return dict(self.rows("select filename, stacktrace from import_error"))

    def dags(self) -> dict[str, str]:
        """Each DAG and whether it is stale."""
        return dict(self.rows("select dag_id, is_stale from dag"))

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Wait, and see to it that no good DAG is ever marked stale meanwhile."""
        for _ in range(600):
            stale = [dag_id for dag_id, is_stale in self.dags().items() if is_stale]
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
    }
    command = str(Path(sys.executable).with_name("airflow"))
    subprocess.run([command, "db", "migrate"], env=environment, check=True, capture_output=True)
    log = home / "dag-processor.log"
    with _running([command, "dag-processor"], environment, log):
        yield Airflow(configs, home / "airflow.db", log)


def test_broken_files_are_import_errors_of_their_own_and_the_others_are_active(airflow: Airflow) -> None:
    airflow.wait(
        lambda: len(airflow.dags()) == GOOD and len(airflow.errors()) == len(WRONG), "200 DAGs and 20 import errors"
    )

    assert set(airflow.dags()) == {f"good_{number:03}" for number in range(GOOD)}
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
    (airflow.configs / "good_007.yaml").write_text("pipeline: good_007\ntasks:\n  first:\n    sqll: select 1\n")

    airflow.wait(lambda: any("good_007" in filename for filename in airflow.errors()), "the new import error")


def _good(name: str) -> str:
    return (
        f"pipeline: {name}\nparams: {{source: include/data}}\ntasks:\n"
        "  first:\n    sql: create stage if not exists trips\n"
        "  second:\n    python_callable: include.tasks.taxi.stage_files\n"
        '    op_kwargs: {source: "{{ params.source }}", stage: trips}\n    dependencies: [first]\n'
    )
