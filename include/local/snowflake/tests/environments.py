"""The Python environments of the tests: the workers' interpreter, and one for each other client.

EMBEDDED_SNOWFLAKE_TEST_PYTHON names an interpreter for functions and procedures, with the packages of the extra
`snowpark` and `scikit-learn`; without it that is the tests' own. EMBEDDED_SNOWFLAKE_TEST_VENVS is the folder of the
clients' environments; without it they are in the user's cache.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).resolve().parents[1]
"""The distribution's folder, from which `python -m tests.…` and `python -m benchmarks.…` run."""
WORKER_PYTHON = Path(os.environ.get("EMBEDDED_SNOWFLAKE_TEST_PYTHON") or sys.executable)
VENVS = Path(os.environ.get("EMBEDDED_SNOWFLAKE_TEST_VENVS") or Path.home() / ".cache" / "embedded-snowflake" / "venvs")


@dataclass(frozen=True)
class Client:
    """An environment of another client, filled from `tests/clients/<name>.txt`.

    Attributes:
        name: Its name.
        version: Python's minor version, found on the machine or downloaded by uv.
    """

    name: str
    version: str

    @property
    def folder(self) -> Path:
        return VENVS / f"client-{self.name}"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def set_up(self) -> None:
        """Make the environment, unless it is there with the same requirements."""
        VENVS.mkdir(parents=True, exist_ok=True)
        with (VENVS / f"client-{self.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the same tests may be at it
            self._install()

    def _install(self) -> None:
        requirements = ROOT / "tests" / "clients" / f"{self.name}.txt"
        stamp, digest = self.folder / ".installed", hashlib.sha256(requirements.read_bytes()).hexdigest()
        if stamp.exists() and stamp.read_text() == digest:
            return
        uv = find_uv_bin()
        version = next(_interpreters(self.version), self.version)
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", version, self.folder], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", self.python, "-r", requirements],
            check=True,
        )
        stamp.write_text(digest)


OLDEST = Client("oldest", "3.10")
NEWEST = Client("newest", "3.13")
SNOW = Client("snow", f"{sys.version_info.major}.{sys.version_info.minor}")
ML = Client("ml", "3.12")


def _interpreters(version: str) -> Iterator[str]:
    """Find interpreters of a version that run: on the PATH, or of pyenv, whose shims uv does not get over."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for found in (shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True)):
        if found and subprocess.run([found, "-c", "import venv"], capture_output=True, check=False).returncode == 0:
            yield str(found)
