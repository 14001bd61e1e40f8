"""The Airflow image, as the project's Dockerfile says: built here, and given to the cluster or pushed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time

from include.constants import ROOT
from include.local.kubernetes.images import base, pip
from include.local.kubernetes.images.builders import available
from include.local.kubernetes.shell import say

DOCKERFILE = ROOT / "Dockerfile"
NAME = "localhost/snowpod-airflow"
BASES = ("BASE_IMAGE", "SNOWPARK_IMAGE")
ARGUMENTS = ("EXTRAS", "AIRFLOW_HOME", "ASTRO_VERSION", "SOURCE_DATE_EPOCH")
"""Build arguments of the Dockerfile that a variable of the same name sets."""
INPUTS = (
    "Dockerfile", ".dockerignore", "packages.txt", "requirements.txt", "configs", "dags", "schemas", "include",
)  # fmt: skip


def build(target: str | None) -> str:
    """Build the image, and push it if it shall be.

    Args:
        target: registry, name and, if need be, tag; None keeps the image on this machine.

    Returns:
        Its reference.

    Raises:
        Problem: it cannot be built or pushed.
    """
    builder = available()
    arguments = {name: base.choose(builder, dockerfile=DOCKERFILE, argument=name) for name in BASES}
    arguments |= {name: os.environ[name] for name in ARGUMENTS if os.environ.get(name)}
    reference = f"{NAME}:{digest(arguments)}"
    if not builder.has(reference):
        started = time.monotonic()
        say(f"Airflow image {reference}: building with {builder.name} on {arguments['BASE_IMAGE']}")
        with pip.secrets() as secrets:
            builder.build(reference, DOCKERFILE, ROOT, arguments, secrets)
        say(f"Airflow image {reference}: built in {time.monotonic() - started:.1f} s")
    if target is None:
        say(f"Airflow image {reference}: on this machine")
        return reference
    if ":" not in target.rpartition("/")[2]:
        target = f"{target}:{reference.rpartition(':')[2]}"
    say(f"pushed {target}, for good {builder.push(reference, target)}")
    return target


def digest(arguments: dict[str, str]) -> str:
    """Return a name for what the image is made of.

    Args:
        arguments: the build arguments.

    Returns:
        12 hexadecimal digits of SHA-256 over the arguments and every input file's path and content: those that git
        knows, changed or not, and new ones.
    """
    found = hashlib.sha256(repr(sorted(arguments.items())).encode())
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *INPUTS],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        file = ROOT / name
        if file.is_file() and not name.startswith("include/local/"):
            found.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()[:12]
