"""The commands on the page about deploying keep keys and passwords from other users of the machine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.docs.conftest import DOCS, ROOT, blocks

BLOCKS = blocks(DOCS / "deploy.md", "sh")
KUBECTL = """\
#!/bin/sh
printf '%s\\n' "$*" >> asked
case "$*" in *=/dev/stdin*) cat >> given; echo >> given;; esac
"""


def _typed(containing: str, folder: Path, *before: str) -> None:
    (block,) = (one for one in BLOCKS if containing in one)
    subprocess.run(["bash", "-ec", "\n".join(["umask 022", *before, block])], cwd=folder, check=True)


def test_the_file_of_connections_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "include" / "deploy" / "compose"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "include" / "deploy" / "compose" / "connections.example.json", folder)
    (tmp_path / "rsa_key.p8").write_text("the key")
    _typed("PUT-HERE-THE-PRIVATE-KEY", tmp_path)
    assert "dGhlIGtleQ==" in (folder / "connections.json").read_text()
    assert (folder / "connections.json").stat().st_mode & 0o777 == 0o600


def test_no_password_is_among_the_arguments_of_kubectl(tmp_path: Path) -> None:
    (tmp_path / "kubectl").write_text(KUBECTL)
    (tmp_path / "kubectl").chmod(0o755)
    _typed("airflow-fernet-key", tmp_path, "PATH=.:$PATH")
    given = (tmp_path / "given").read_text().split()
    assert len(given) == 7
    asked = (tmp_path / "asked").read_text()
    assert all(secret not in asked for secret in given)
    assert asked.count("--namespace airflow") == 8
