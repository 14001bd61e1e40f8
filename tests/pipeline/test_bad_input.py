"""What a user does wrong with data and connections.

A failed task whose last lines say what to do, and no half-written table.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import snowflake.connector

from include.constants import TASK_RUNS_TABLE
from include.local import airflow, snowflake_server
from tests.laptop import CANARY, Laptop

DAG = "taxi_trip_duration_snowpark"
LAST = 30
"""Lines of the output that a user looks at first."""


@pytest.fixture
def source(root: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "trips"
    shutil.copytree(root / "include" / "data" / "taxi", folder)
    return folder


def fails(laptop: Laptop, task: str, *words: str, conf: dict[str, str] | None = None, may_change: str = "") -> None:
    """Runs the pipeline and expects a task to fail with these words, and no other table than `may_change` touched."""
    before = contents(laptop)
    done = laptop.run(DAG, conf)
    assert done.code == 1, done.output
    tasks = laptop.latest(DAG)["tasks"]
    assert {entry["task_id"]: entry["state"] for entry in tasks}[task] == "failed"
    last = "\n".join(done.output.splitlines()[-LAST - len(tasks) :])
    for word in words:
        assert word in last
    after = contents(laptop)
    assert {name: after[name] for name in after if name != may_change} == {
        name: before[name] for name in before if name != may_change
    }


def contents(laptop: Laptop) -> dict[str, int]:
    """How many rows each table has, but the one that tells of tasks, of those that failed too."""
    with snowflake.connector.connect(**laptop.parameters) as connection:
        cursor = connection.cursor()
        names = [row[1] for row in cursor.execute("show tables").fetchall() if row[1] != TASK_RUNS_TABLE]
        return {name: cursor.execute(f'select count(*) from "{name}"').fetchone()[0] for name in names}


def test_missing_folder(laptop: Laptop, tmp_path: Path) -> None:
    fails(
        laptop, "stage_files", "params.source", "no folder", "Name a folder", conf={"source": str(tmp_path / "nowhere")}
    )


def test_empty_folder(laptop: Laptop, tmp_path: Path) -> None:
    fails(
        laptop, "stage_files", "params.source", "no *.csv file", "Put the trips there", conf={"source": str(tmp_path)}
    )


def test_wrong_header(laptop: Laptop, source: Path) -> None:
    (path,) = source.glob("*.csv")
    path.write_text(path.read_text().replace("trip_distance", "miles", 1))
    fails(
        laptop,
        "stage_files",
        f"{path.name}:1",
        "missing: trip_distance",
        "unknown: miles",
        "must be: vendor_id",
        conf={"source": str(source)},
    )


def test_broken_row(laptop: Laptop, source: Path) -> None:
    (path,) = source.glob("*.csv")
    lines = path.read_text().splitlines()
    lines[7] = lines[7].replace(lines[7].split(",")[1], "yesterday", 1)
    path.write_text("\n".join(lines) + "\n")
    fails(laptop, "load_trips", "'yesterday'", path.name, "line 8", "ON_ERROR", conf={"source": str(source)})


def test_date_that_is_none(laptop: Laptop, source: Path) -> None:
    conf = {"source": str(source), "train_until": "soon"}
    fails(
        laptop,
        "build_features",
        "params.train_until",
        "is no date",
        "Write it like 2019-01-",
        conf=conf,
        may_change="TAXI_TRIPS",
    )


def test_a_split_that_leaves_nothing_to_test_on(laptop: Laptop, source: Path) -> None:
    conf = {"source": str(source), "train_until": "2020-01-01"}
    fails(
        laptop,
        "build_features",
        "leaves",
        "0 to test on",
        "The trips go from 2019-01-01",
        conf=conf,
        may_change="TAXI_TRIPS",
    )


def test_no_connection(laptop: Laptop) -> None:
    settings = airflow.environment(laptop.local / "snowflake", laptop.local / "airflow")
    del settings["AIRFLOW_CONN_SNOWFLAKE_DEFAULT"]
    done = subprocess.run(
        [airflow.airflow(), "dags", "test", DAG], env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "There is no Airflow connection snowflake_default" in done.stdout + done.stderr
    assert "set AIRFLOW_CONN_SNOWFLAKE_DEFAULT" in done.stdout + done.stderr


def test_wrong_password(laptop: Laptop) -> None:
    with connections(laptop, CANARY, "not-the-password"):
        fails(laptop, "test_connection", "Incorrect username or password", "check login, password")


def test_snowflake_not_running(laptop: Laptop) -> None:
    port = snowflake_server.connection_parameters(laptop.local / "snowflake")["port"]
    with connections(laptop, f"port = {port}", "port = 1"):
        fails(laptop, "test_connection", "Nothing answers at localhost:1", "make snowflake")


@contextmanager
def connections(laptop: Laptop, right: str, wrong: str) -> Iterator[None]:
    """A mistake in the local connections.toml, which the Airflow connection is made from."""
    path = laptop.local / "snowflake" / "connections.toml"
    text = path.read_text()
    assert right in text
    path.write_text(text.replace(right, wrong))
    try:
        yield
    finally:
        path.write_text(text)
