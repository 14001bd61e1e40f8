"""What goes into the task image, and into Snowflake: all that it imports of the project goes along."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from include.constants import FAILED_FOR_GOOD
from include.runtime.shipping import _archive
from tests.conftest import ROOT, SNOWPARK_PYTHON

IMPORT_ALL = """\
import importlib, pkgutil
import include
for module in pkgutil.walk_packages(include.__path__, "include."):
    importlib.import_module(module.name)
    print(module.name)
"""


def in_the_image(folder: Path) -> None:
    """Copy what .dockerignore lets through."""
    for name in (ROOT / "include" / ".dockerignore").read_text().split():
        source = ROOT / "include" / name.removeprefix("!")
        if name.startswith("!") and source.is_dir():
            shutil.copytree(source, folder / "include" / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif name.startswith("!"):
            (folder / "include").mkdir(exist_ok=True)
            shutil.copy(source, folder / "include")


def in_the_archive(folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(_archive())) as archive:
        archive.extractall(folder)


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", **variables}
    command = [str(SNOWPARK_PYTHON), *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("put", [in_the_image, in_the_archive])
def test_all_of_it_can_be_imported(put: Callable[[Path], None], tmp_path: Path) -> None:
    put(tmp_path)

    done = run(tmp_path, "-c", IMPORT_ALL)

    assert done.returncode == 0, done.stderr
    assert {"include.runtime.main", "include.runtime.inside", "include.tasks.taxi"} <= set(done.stdout.split())


def test_a_pod_reads_its_request(tmp_path: Path) -> None:
    in_the_image(tmp_path)

    done = run(tmp_path, "-m", "include.runtime", SNOWPOD_REQUEST='{"function": "include.tasks.taxi.train"}')

    assert done.returncode == FAILED_FOR_GOOD, done.stderr
    assert "No Snowflake connection was handed over" in done.stdout


def test_the_airflow_image_has_the_bytecode_of_what_its_workers_run() -> None:
    text = (ROOT / "Dockerfile").read_text()
    after = text[text.index("\nCOPY include include") :]
    compiled = re.search(r"for python in (.*); do \$python -m compileall -q \S+ \S+ ([^;]+); done", after)
    assert compiled is not None
    assert compiled[1].split() == ["python3", "/opt/snowpark/bin/python"]
    assert compiled[2].split() == ["dags", "include"]
