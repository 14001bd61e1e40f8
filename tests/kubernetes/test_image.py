"""The task image's name follows what is in it, and the build learns of pip's settings no more than it needs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from include.local.kubernetes.images import base, pip, task


@pytest.fixture
def context(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the image's inputs."""
    copy = tmp_path / "include"
    copy.mkdir()
    for name in task.INPUTS:
        source = root / "include" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    monkeypatch.setattr(task, "CONTEXT", copy)
    return copy


@pytest.mark.parametrize(
    "changed",
    [
        "constants.py",
        "tasks/taxi.py",
        "runtime/main.py",
        "runtime/requirements.txt",
        "runtime/packages.txt",
        "runtime/Dockerfile",
        ".dockerignore",
    ],
)
def test_every_input_changes_the_name(context: Path, changed: str) -> None:
    before = task.digest("base:1")
    with (context / changed).open("a") as file:
        file.write("\n")

    assert task.digest("base:1") != before


def test_a_new_task_file_and_another_base_change_the_name(context: Path) -> None:
    before = task.digest("base:1")
    assert task.digest("base:2") != before

    (context / "tasks" / "new.py").write_text("")
    assert task.digest("base:1") != before


def test_compiled_files_do_not_change_the_name(context: Path) -> None:
    before = task.digest("base:1")
    (context / "tasks" / "__pycache__").mkdir(exist_ok=True)
    (context / "tasks" / "__pycache__" / "taxi.cpython-311.pyc").write_bytes(b"compiled")

    assert task.digest("base:1") == before


def test_debian_packages_are_listed_with_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = tmp_path / "packages.txt"
    listed.write_text("# tools\njq\n\nawk   # another\n")
    monkeypatch.setattr(base, "PACKAGES", listed)
    assert base.debian_packages() == ["awk", "jq"]


def test_pip_settings_for_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text("certificate")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "https://packages.example/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "file:///somewhere https://more.example/simple")
    monkeypatch.setenv("PIP_FIND_LINKS", "/somewhere/else")
    monkeypatch.setenv("PIP_CERT", str(authority))

    with pip.secrets() as secrets:
        lines = secrets["pip.conf"].read_text().splitlines()
        copied = secrets["ca.pem"].read_text()

    assert copied == "certificate"
    assert not secrets["pip.conf"].exists()
    assert [line for line in lines if not line.startswith("timeout")] == [
        "[global]",
        "cert = /run/secrets/ca.pem",
        "extra-index-url = https://more.example/simple",
        "index-url = https://packages.example/simple",
    ]
