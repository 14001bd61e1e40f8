"""Holds what an image has against what is pinned, while it is built: `python -m pins before|after FILE…`.

It imports nothing of the project: in the image it stands alone, beside the files of requirements.
"""

from __future__ import annotations

import argparse
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path

AIRFLOW = ("apache-airflow", "apache-airflow-core", "apache-airflow-task-sdk")
CONSTRAINTS = Path("/home/airflow/constraints.txt")
"""Where Airflow's official image keeps the constraints that it was made with."""


class PinsError(Exception):
    """An image that must not be; the message says why and what to do."""


def main(words: Sequence[str]) -> int:
    """Check, before the requirements are installed or after it.

    Args:
        words: of the command line.

    Returns:
        The exit code: 1 with a message on standard error where the image must not be.
    """
    parser = argparse.ArgumentParser(prog="pins", description=__doc__)
    parser.add_argument("moment", choices=["before", "after"])
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--constraints", type=Path, default=CONSTRAINTS)
    options = parser.parse_args(words)
    try:
        pinned = together(options.files)
        if options.moment == "before":
            same_airflow(pinned, installed())
            for line in differences(pinned, options.constraints):
                print(line)
        else:
            as_pinned(pinned, installed())
            go_together()
    except PinsError as mistake:
        print(f"pins: {mistake}", file=sys.stderr)
        return 1
    return 0


def together(files: Iterable[Path]) -> dict[str, str]:
    """Return what files of requirements pin for this Python.

    Args:
        files: locked requirements.

    Returns:
        Versions by normalised name.

    Raises:
        PinsError: two of them pin a package to two versions.
    """
    found: dict[str, tuple[str, Path]] = {}
    for file in files:
        for name, version in _pins(file):
            other, place = found.setdefault(name, (version, file))
            if other != version:
                raise PinsError(f"{name} is {other} in {place.name} and {version} in {file.name}: make lock")
    return {name: version for name, (version, _) in found.items()}


def installed() -> dict[str, str]:
    """Return the versions of what is installed, by normalised name."""
    return {_normalised(one.metadata["Name"]): one.version for one in distributions()}


def same_airflow(pinned: Mapping[str, str], there: Mapping[str, str]) -> None:
    """Hold that the requirements do not move the base's Airflow.

    Raises:
        PinsError: they would: Airflow's own parts of two versions do not go together, nor with the base's entrypoint.
    """
    for name in AIRFLOW:
        if name in there and there[name] != pinned.get(name):
            raise PinsError(
                f"the base image has {name} {there[name]}, and requirements.txt {pinned.get(name, 'does not pin it')}:"
                " take a base of the same Airflow (--build-arg BASE_IMAGE=…), or change the pin and `make lock`"
            )


def differences(pinned: Mapping[str, str], constraints: Path) -> list[str]:
    """Return, line by line, where our pins are not what Airflow's constraints say.

    Args:
        pinned: our pins.
        constraints: the file that the base was made with; it need not be there.

    Returns:
        A line for each package, and one that counts them; the constraints are what Airflow was tested with, so a
        package that misbehaves is to be looked for here first.
    """
    if not constraints.is_file():
        return [f"pins: the base has no {constraints}: nothing to hold the pins against"]
    theirs = dict(_pins(constraints))
    lines = [f"pins: {name} {ours}; Airflow's constraints: {theirs[name]}" for name, ours in sorted(pinned.items())
             if theirs.get(name, ours) != ours]  # fmt: skip
    return [*lines, f"pins: {len(lines)} of {len(pinned)} pins are not those of Airflow's constraints"]


def as_pinned(pinned: Mapping[str, str], there: Mapping[str, str]) -> None:
    """Hold that all is installed as it is pinned.

    Raises:
        PinsError: something is not.
    """
    wrong = [f"{name} {there.get(name, 'is missing')} ({version} is pinned)" for name, version in sorted(pinned.items())
             if there.get(name) != version]  # fmt: skip
    if wrong:
        raise PinsError("not installed as pinned: " + ", ".join(wrong))


def go_together() -> None:
    """Hold that what is installed, the base's own packages too, goes together.

    Raises:
        PinsError: it does not, by `pip check`.
    """
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PinsError(
            f"what is installed does not go together:\n{done.stdout}{done.stderr}"
            "A package of the base image alone? Take the slim one, which has no more than Airflow needs."
        )


def _pins(file: Path) -> Iterable[tuple[str, str]]:
    # A bare environment has pip's own copy alone.
    package = "packaging" if find_spec("packaging") else "pip._vendor.packaging"
    parse = import_module(f"{package}.requirements").Requirement
    full = platform.python_version()
    environment = {"python_version": ".".join(full.split(".")[:2]), "python_full_version": full}
    for line in file.read_text().splitlines():
        text = line.partition("#")[0].strip()
        if "==" not in text or text.startswith("-"):
            continue
        requirement = parse(text)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield _normalised(requirement.name), str(requirement.specifier).removeprefix("==")


def _normalised(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
