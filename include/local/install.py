"""Set up the project's Python environments: `python -m include.local.install [airflow snowpark embedded test …]`.

Runs on a bare Python 3.11 or newer, with nothing installed. Each environment is filled from its own
pinned requirements by uv, which keeps a cache of its own, and is left alone while those do not change.

| environment | folder | interpreter | requirements |
|---|---|---|---|
| airflow | `.venv` | the one that runs this | `requirements.txt` |
| test | `.venv` too | | `tests/requirements.txt` |
| bench | `.local/venvs/bench` | the one that runs this | `requirements.txt`, `tests/benchmarks/requirements.txt` |
| snowpark | `.local/venvs/snowpark` | of another minor version, if there is one | `include/runtime/requirements.txt` |
| embedded | `.local/venvs/embedded` | the one that runs this | `requirements.txt` of `include/local/snowflake` |
| distributed | `.local/venvs/distributed` | | `requirements.txt` and `include/local/distributed/requirements.txt` |
| embedded-test | `.local/venvs/embedded` too | | `tests/requirements.txt` of `include/local/snowflake` |

`include/local/snowflake` is a distribution: `embedded` has it installed, in a way that a change of its source counts.

`browser` is a Chromium for the tests of the UI: the machine's own, else Debian's package (as root), else Playwright's.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from include.constants import ROOT

LOCAL = ROOT / ".local"
UV_VERSION = "0.13.9"
UV = LOCAL / "venvs" / "uv" / "bin" / "uv"
OLDEST = (3, 11)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# In order of preference; the pins of the Snowpark interpreter resolve on each of them.
SNOWPARK_VERSIONS = ("3.12", "3.11", "3.13")


@dataclass(frozen=True)
class Environment:
    """One virtual environment and what goes into it.

    Attributes:
        name: what the command line and the progress lines call it.
        folder: the virtual environment's folder.
        requirements: the pinned requirements, relative to the project's root; all are installed.
        versions: Python's minor versions to look for, in order, other than that of the interpreter that runs this
            script; with none of them it is that interpreter.
        distribution: folder of a distribution that is installed too, relative to the project's root.
    """

    name: str
    folder: Path
    requirements: tuple[str, ...]
    versions: tuple[str, ...] = ()
    distribution: str = ""

    @property
    def python(self) -> Path:
        """The environment's interpreter."""
        return self.folder / "bin" / "python"


AIRFLOW = Environment("airflow", ROOT / ".venv", ("requirements.txt",))
TEST = Environment("test", ROOT / ".venv", ("requirements.txt", "tests/requirements.txt"))
BENCH = Environment("bench", LOCAL / "venvs" / "bench", ("requirements.txt", "tests/benchmarks/requirements.txt"))
SNOWPARK = Environment(
    "snowpark", LOCAL / "venvs" / "snowpark", ("include/runtime/requirements.txt",), SNOWPARK_VERSIONS
)
SNOWFLAKE = "include/local/snowflake"
EMBEDDED = Environment(
    "embedded", LOCAL / "venvs" / "embedded", (f"{SNOWFLAKE}/requirements.txt",), distribution=SNOWFLAKE
)
EMBEDDED_TEST = replace(
    EMBEDDED,
    name="embedded-test",
    requirements=(f"{SNOWFLAKE}/requirements.txt", f"{SNOWFLAKE}/tests/requirements.txt"),
)
DISTRIBUTED = Environment(
    "distributed",
    LOCAL / "venvs" / "distributed",
    ("requirements.txt", "include/local/distributed/requirements.txt"),
)
ENVIRONMENTS = {one.name: one for one in (AIRFLOW, TEST, BENCH, SNOWPARK, DISTRIBUTED, EMBEDDED, EMBEDDED_TEST)}


def main(names: list[str]) -> int:
    """Set up the environments named, or those that `make run` needs.

    Args:
        names: keys of `ENVIRONMENTS`, or `browser`; empty means airflow, snowpark and embedded.

    Returns:
        The exit code: 0, or 1 with a message on standard error that says what to do.
    """
    if sys.version_info[:2] < OLDEST:
        return _fail(
            f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed, this is {sys.version.split()[0]}: run make with"
            " PYTHON=<a newer python3>"
        )
    unknown = [name for name in names if name not in (*ENVIRONMENTS, "browser")]
    if unknown:
        return _fail(f"no environment {', '.join(unknown)}; there are {', '.join(ENVIRONMENTS)}, browser")
    try:
        for name in names or ["airflow", "snowpark", "embedded"]:
            if name == "browser":
                _provide_browser()
            else:
                _set_up(ENVIRONMENTS[name])
    except subprocess.CalledProcessError as error:
        return _fail(
            f"set-up stopped: `{' '.join(map(str, error.cmd))}` failed with exit code {error.returncode}; its own"
            " message is above"
        )
    return 0


def _set_up(environment: Environment) -> None:
    stamp = environment.folder / f".installed-{environment.name}"
    deciding = [ROOT / name for name in environment.requirements]
    if environment.distribution:
        deciding.append(ROOT / environment.distribution / "pyproject.toml")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in deciding)).hexdigest()
    if stamp.exists() and stamp.read_text() == digest and environment.python.exists():
        return
    started = time.monotonic()
    ensure_uv()
    if not environment.python.exists():
        _run([UV, "venv", "--quiet", "--clear", "--python", _interpreter(environment), environment.folder])
    print(
        f"set-up: {environment.name}: installing {', '.join(environment.requirements)} into"
        f" {environment.folder.relative_to(ROOT)}",
        flush=True,
    )
    files = [word for name in environment.requirements for word in ("--requirements", str(ROOT / name))]
    # Compiled now, once: some machines switch off bytecode, and then every task would compile Airflow anew.
    _run([UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", environment.python, *files])
    if environment.distribution:
        folder = ROOT / environment.distribution
        _run([UV, "pip", "install", "--quiet", "--no-deps", "--python", environment.python, "--editable", folder])
    stamp.write_text(digest)
    print(f"set-up: {environment.name}: ready in {time.monotonic() - started:.0f} s", flush=True)


def _provide_browser() -> None:
    if any(shutil.which(name) for name in BROWSERS) or (LOCAL / ".browser").exists():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("set-up: browser: installing Debian's package chromium, for the tests of the UI", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (
            ["update", "-qq"],
            ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
        ):
            subprocess.run(["apt-get", *words], check=True, env=quiet, stdout=subprocess.DEVNULL)
    else:
        print("set-up: browser: downloading Playwright's Chromium, for the tests of the UI", flush=True)
        _run([TEST.python, "-m", "playwright", "install", "chromium"])
        (LOCAL / ".browser").touch()


def ensure_uv() -> None:
    """Install uv, in an environment of its own, unless it is there."""
    stamp = UV.parent.parent / f".uv-{UV_VERSION}"
    if stamp.exists():
        return
    print(f"set-up: uv {UV_VERSION}", flush=True)
    venv.create(UV.parent.parent, with_pip=True, clear=True)
    _run([UV.parent / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"uv=={UV_VERSION}"])
    stamp.touch()


def _interpreter(environment: Environment) -> str:
    """Return an interpreter of a version that the environment wants.

    On the machine, or downloaded by uv, or else this one.
    """
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = [version for version in environment.versions if version != own]
    if not wanted:
        return sys.executable
    for version in wanted:
        for candidate in _candidates(version):
            if _version_of(candidate) == version:
                print(f"set-up: {environment.name}: Python {version} ({candidate}); this is {own}", flush=True)
                return candidate
    print(
        f"set-up: {environment.name}: no Python {', '.join(wanted)} on this machine; trying to download {wanted[0]}",
        flush=True,
    )
    if (
        subprocess.run(
            [UV, "python", "install", "--quiet", wanted[0]], check=False, stderr=subprocess.DEVNULL
        ).returncode
        == 0
    ):
        return wanted[0]
    print(f"set-up: {environment.name}: none to be had, so Python {own} serves here too", flush=True)
    return sys.executable


def _candidates(version: str) -> Iterator[str]:
    found = shutil.which(f"python{version}")
    if found:
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from (str(path) for path in sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True))
    managed = subprocess.run(
        [UV, "python", "find", "--no-python-downloads", version], capture_output=True, text=True, check=False
    )
    if managed.returncode == 0:
        yield managed.stdout.strip()


def _version_of(interpreter: str) -> str:
    # A pyenv shim of a version that is not switched on is there, and fails.
    ask = [interpreter, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return answer.stdout.strip() if answer.returncode == 0 else ""


def _run(command: list[str | Path]) -> None:
    subprocess.run(command, check=True)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
