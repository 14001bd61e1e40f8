"""A user's project: a copy of this one with pipelines and tasks of its own."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.laptop import ROOT

COPIED = ("include", "configs", "dags", "schemas", "requirements.txt")
SHARED = (".venv", ".local/venvs", ".local/kubernetes")


def make_project(folder: Path, additions: Path) -> Path:
    """Copies the project.

    Args:
        folder: where to; it must not be there yet.
        additions: has `configs` with further pipelines and `tasks` with further modules of include/tasks.

    Returns:
        The folder: a root in which every command of the project works, on the same interpreters and the same cluster.
    """
    folder.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder)
    for name in SHARED:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to((ROOT / name).absolute())
    shutil.copytree(additions / "configs", folder / "configs", dirs_exist_ok=True)
    shutil.copytree(
        additions / "tasks",
        folder / "include" / "tasks",
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    return folder
