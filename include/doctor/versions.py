"""Versions that must agree: what is installed here and in the Snowpark interpreter, and what is pinned."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from include.constants import ROOT
from include.doctor.findings import Finding, State
from include.doctor.subject import Subject

PINS = ROOT / "requirements.txt"
RUNTIME_PINS = ROOT / "include" / "runtime" / "requirements.txt"
RECIPE = ROOT / "include" / "runtime" / "Dockerfile"
TOGETHER = (
    "apache-airflow", "apache-airflow-providers-cncf-kubernetes", "apache-airflow-providers-common-sql",
    "apache-airflow-providers-snowflake", "apache-airflow-providers-standard", "dag-factory", "cloudpickle",
    "snowflake-connector-python", "snowflake-snowpark-python",
)  # fmt: skip
"""What the project was tested with together; the others may be another image's."""
SHOWN = 4
ASKS = """\
import json, sys
from importlib.metadata import distributions
found = {d.metadata["Name"]: d.version for d in distributions()}
print(json.dumps([list(sys.version_info[:3]), found]))
"""
DEFAULT_PYTHON = "3.12"


def pins(path: Path, python: str) -> dict[str, str]:
    """Return what a file of requirements pins.

    Args:
        path: the file.
        python: the Python that they are for, such as `3.12.4`.

    Returns:
        Versions by normalised name.
    """
    found: dict[str, str] = {}
    environment = {"python_version": ".".join(python.split(".")[:2]), "python_full_version": python}
    for line in path.read_text().splitlines():
        if "==" not in line or line.lstrip().startswith("#"):
            continue
        requirement = Requirement(line.split(" #")[0])
        if requirement.marker is None or requirement.marker.evaluate(environment):
            found[canonicalize_name(requirement.name)] = str(requirement.specifier).removeprefix("==")
    return found


def airflow(_: Subject) -> Iterator[Finding]:
    """Look at what is installed beside Airflow.

    Yields:
        Whether it is what requirements.txt pins.
    """
    import platform

    subject = "versions"
    if not PINS.is_file():
        yield Finding(subject, "Airflow's environment", State.UNKNOWN, f"{PINS} is not here")
        return
    pinned = {name: wanted for name, wanted in pins(PINS, platform.python_version()).items() if name in TOGETHER}
    installed = {}
    for name in pinned:
        try:
            installed[name] = version(name)
        except PackageNotFoundError:
            continue
    yield _compared(subject, "Airflow's environment", pinned, installed, f"pip install --requirement {PINS}")


def minor(python: str) -> str:
    """Return an interpreter's Python, such as `3.12`; that of the task image's recipe if it does not run."""
    try:
        done = subprocess.run([python, "-I", "-c", ASKS], capture_output=True, text=True, check=True, timeout=30)
        return ".".join(map(str, json.loads(done.stdout)[0][:2]))
    except (OSError, subprocess.SubprocessError, ValueError):
        return _recipe() or DEFAULT_PYTHON


def _recipe() -> str | None:
    found = re.search(r"python:(\d+\.\d+)", RECIPE.read_text()) if RECIPE.is_file() else None
    return found[1] if found else None


def interpreter(python: str) -> Iterator[Finding]:
    """Look at a Snowpark interpreter.

    Args:
        python: its path.

    Yields:
        Whether it is there, its Python, and whether it has what the runtime's requirements pin.
    """
    subject = f"Snowpark interpreter {python}"
    mend = f"python3.12 -m venv {Path(python).parents[1]} && {python} -m pip install --requirement {RUNTIME_PINS}"
    if not Path(python).is_file():
        mend = f"{mend}; or set `snowpark: {{python: …}}` in the environment file"
        yield Finding(subject, "interpreter", State.MISSING, "it is not there", mend)
        return
    try:
        done = subprocess.run([python, "-I", "-c", ASKS], capture_output=True, text=True, check=True, timeout=30)
        (major, second, micro), installed = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        yield Finding(subject, "interpreter", State.MISSING, f"it does not run: {type(error).__name__}", mend)
        return
    yield _python(subject, f"{major}.{second}", f"{major}.{second}.{micro}")
    pinned = pins(RUNTIME_PINS, f"{major}.{second}.{micro}")
    installed = {canonicalize_name(name): found for name, found in installed.items()}
    yield _compared(subject, "packages", pinned, installed, f"{python} -m pip install --requirement {RUNTIME_PINS}")


def _python(subject: str, short: str, full: str) -> Finding:
    """Say which Python it is, and which the task image's recipe has."""
    recipe = _recipe()
    if recipe is None:
        return Finding(subject, "Python", State.OK, full)
    if recipe == short:
        return Finding(subject, "Python", State.OK, f"{full}, as in the task image's recipe")
    words = f"{full}; the task image's recipe has {recipe}, so functions may see another Python in pods"
    return Finding(subject, "Python", State.UNKNOWN, words, "build both from one Python: `--build-arg BASE_IMAGE=…`")


def _compared(subject: str, what: str, pinned: Mapping[str, str], installed: Mapping[str, str], mend: str) -> Finding:
    wrong = [
        f"{name} {installed.get(name, 'is not there')} ({wanted} is pinned)"
        for name, wanted in pinned.items()
        if installed.get(name) != wanted
    ]
    if not wrong:
        return Finding(subject, what, State.OK, f"{len(pinned)} packages as pinned")
    more = f", and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return Finding(subject, what, State.MISSING, ", ".join(wrong[:SHOWN]) + more, mend)
