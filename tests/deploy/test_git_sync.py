"""The project as git-sync lays it out: a link to the files of a commit, beside those that the image has."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.values import values_of

LOAD = """
import importlib.util, json, sys
import include  # by the plugins, which Airflow loads before DAGs
spec = importlib.util.spec_from_file_location("loader", sys.argv[1] + "/snowpod.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
import include.factory
names = [name for name in vars(module) if "taxi" in name]
print(json.dumps([names, include.__file__, include.factory.__file__, str(module.ROOT)]))
"""


@pytest.fixture
def mounted(root: Path, tmp_path: Path) -> Path:
    """A volume with a commit of the project, and the link that git-sync moves to the next one."""
    made = tmp_path / ".worktrees" / "1a2b3c"
    ignored = shutil.ignore_patterns("__pycache__", "local", "snowflake", "data")
    for folder in ("dags", "include", "configs", "schemas"):
        shutil.copytree(root / folder, made / folder, ignore=ignored)
    for config in (made / "configs").glob("*.yaml"):
        if config.stem not in ("defaults", "taxi_trip_duration"):
            config.unlink()
    taxi = made / "configs" / "taxi_trip_duration.yaml"
    text = taxi.read_text(encoding="utf-8").replace("pipeline: taxi_trip_duration", "pipeline: taxi_of_the_commit")
    taxi.write_text(text, encoding="utf-8")
    (tmp_path / "repo").symlink_to(made)
    return tmp_path


def loaded(volume: Path) -> tuple[list[str], list[str]]:
    """Load the DAGs with the variables that the values give; the names of those that there are, and the files used."""
    mount = "/opt/airflow/dags"
    variables = {one["name"]: one["value"] for one in values_of("celery-executor", "git-sync")["env"]}
    environment = {name: value.replace(mount, str(volume)) for name, value in variables.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SNOWPOD", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, environment["AIRFLOW__CORE__DAGS_FOLDER"]],
        env={**kept, **environment, "AIRFLOW_HOME": str(volume / "home"), "SNOWPOD_CACHE": "off"},
        cwd=volume,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names, *files = json.loads(done.stdout.splitlines()[-1])
    return names, files


def test_the_dags_are_those_of_the_commit(mounted: Path) -> None:
    names, files = loaded(mounted)
    assert any("taxi_of_the_commit" in name for name in names)
    assert all(file.startswith(str(mounted)) for file in files)  # and none of the image's, or of this folder
    assert files[-1].endswith("/.worktrees/1a2b3c")  # a task keeps to its commit, whatever comes


def test_files_of_an_earlier_commit_stay_while_tasks_use_them() -> None:
    git_sync = values_of("celery-executor", "git-sync")["dags"]["gitSync"]
    assert {"name": "GITSYNC_STALE_WORKTREE_TIMEOUT", "value": "24h"} in git_sync["env"]
