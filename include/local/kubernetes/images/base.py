"""The image that the task image is built on.

The official Python image, or where no registry can be reached, one from Debian packages.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from include.constants import ROOT
from include.local.kubernetes.debian.packages import can_install, install
from include.local.kubernetes.images.builders import Builder
from include.local.kubernetes.shell import run, say

VARIABLE = "SNOWPOD_BASE_IMAGE"
REGISTRY = "https://registry-1.docker.io/v2/"
RECIPE = Path(__file__).resolve().parent / "base.sh"
DOCKERFILE = ROOT / "include" / "runtime" / "Dockerfile"
PACKAGES = ROOT / "include" / "runtime" / "packages.txt"


def choose(builder: Builder, *, dockerfile: Path = DOCKERFILE, argument: str = "BASE_IMAGE") -> str:
    """Return the base image to build on; made first, if it is one to be made.

    Args:
        builder: that will build on it.
        dockerfile: what is built on it.
        argument: the Dockerfile's argument that names it.

    Returns:
        What the variable says, if it is set: SNOWPOD_BASE_IMAGE for the task image; the Dockerfile's own base if the
        builder has it or the registry answers; else a local one.

    Raises:
        Problem: Debian's archive cannot be reached either.
    """
    variable = VARIABLE if dockerfile == DOCKERFILE else f"SNOWPOD_AIRFLOW_{argument}"
    named = os.environ.get(variable)
    if named:
        return named
    more = debian_packages()
    recipe = RECIPE.read_bytes() + " ".join(more).encode()
    local = f"localhost/snowpod-base:{hashlib.sha256(recipe).hexdigest()[:8]}"
    if builder.has(local):
        return local
    official = _official(dockerfile, argument)
    if builder.has(official) or not can_install() or _registry_answers():
        return official
    say(
        f"no registry can be reached: making {local} from Debian packages (about 40 s); {variable}=<image> names"
        " another"
    )
    install({"mmdebstrap": "mmdebstrap"})
    with tempfile.TemporaryDirectory() as folder:
        tar = Path(folder, "base.tar")
        # Apart, as it mounts /proc and more in the new file system.
        run(["unshare", "--mount", "nice", RECIPE, tar, ",".join(more)])
        builder.import_base(tar, local)
    return local


def debian_packages() -> list[str]:
    """Return what the task image has of Debian's packages beside Python, by name."""
    lines = (line.partition("#")[0].strip() for line in PACKAGES.read_text().splitlines())
    return sorted(filter(None, lines))


def _official(dockerfile: Path, argument: str) -> str:
    found = re.search(rf"^ARG {argument}=(\S+)$", dockerfile.read_text(), re.MULTILINE)
    assert found is not None, f"{dockerfile} has no ARG {argument}"
    return found[1]


def _registry_answers() -> bool:
    try:
        with urllib.request.urlopen(REGISTRY, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 401  # what a registry says to a stranger; anything else is said by something in between
    except OSError:
        return False
