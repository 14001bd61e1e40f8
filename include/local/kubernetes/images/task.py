"""The task image: built when one of its inputs has changed, given to the cluster or pushed."""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

from include.constants import ROOT
from include.local.kubernetes.cluster import Cluster
from include.local.kubernetes.images import base, pip
from include.local.kubernetes.images.builders import Buildah, Builder, available
from include.local.kubernetes.shell import Problem, say
from include.local.kubernetes.state import State

CONTEXT = ROOT / "include"
DOCKERFILE = CONTEXT / "runtime" / "Dockerfile"
INPUTS = ("__init__.py", ".dockerignore", "constants.py", "runtime", "tasks")
NAME = "localhost/snowpod-task"


def provide(state: State, cluster: Cluster) -> str:
    """Make sure that the cluster has the image of the runtime and the tasks as they are now.

    Args:
        state: where the image's reference is written for the commands that follow.
        cluster: that shall have it.

    Returns:
        The image's reference. Its tag says what is in it, so no pod can run an old image of that name.

    Raises:
        Problem: it cannot be built, or the cluster does not take it.
    """
    if not cluster.takes_archives:
        return _pushed(state, cluster)
    builder = Buildah() if cluster.choice == "debian" else available()
    base_image = base.choose(builder)
    reference = f"{NAME}:{digest(base_image)}"
    if cluster.has_image(reference):
        say(f"task image {reference}: nothing has changed")
    else:
        _build(builder, reference, base_image)
        started = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder, "image.tar")
            builder.save(reference, archive, without=cluster.layers())
            cluster.load_image(archive, reference)
        say(f"task image {reference}: in the cluster, {time.monotonic() - started:.1f} s")
    state.image.write_text(reference + "\n")
    state.pushed.unlink(missing_ok=True)
    state.sidecar.write_text(cluster.sidecar(reference) + "\n")
    return reference


def push(state: State, target: str) -> str:
    """Build the image and push it to a registry.

    Args:
        state: as for `provide`.
        target: registry, name and, if need be, tag; without one the tag says what is in the image, as it does locally.

    Returns:
        The reference that was pushed.

    Raises:
        Problem: it cannot be built or pushed.
    """
    builder = available()
    base_image = base.choose(builder)
    tag = digest(base_image)
    reference = f"{NAME}:{tag}"
    if ":" not in target.rpartition("/")[2]:
        target = f"{target}:{tag}"
    _build(builder, reference, base_image)
    named = builder.push(reference, target)
    say(f"pushed {target}, for good {named}")
    state.folder.mkdir(parents=True, exist_ok=True)
    state.image.write_text(target + "\n")
    state.sidecar.write_text(target + "\n")
    state.pushed.write_text(digest(""))
    return target


def digest(base_image: str) -> str:
    """Return a name for what the image is made of.

    Args:
        base_image: reference of the base.

    Returns:
        12 hexadecimal digits of SHA-256 over the base's name and every input file's path and content.
    """
    found = hashlib.sha256(base_image.encode())
    for name in INPUTS:
        top = CONTEXT / name
        files = sorted(file for file in top.rglob("*") if file.is_file()) if top.is_dir() else [top]
        for file in files:
            if "__pycache__" not in file.parts:
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                found.update(f"{file.relative_to(CONTEXT)}\0{content}\n".encode())
    return found.hexdigest()[:12]


def _pushed(state: State, cluster: Cluster) -> str:
    again = "make image PUSH=<registry>/<name>"
    if not state.pushed.exists():
        raise Problem(f"{cluster.choice} is your own cluster, and takes images from a registry: {again}")
    reference = state.image.read_text().strip()
    if state.pushed.read_text() != digest(""):
        raise Problem(f"the runtime or the tasks have changed since {reference} was pushed: {again}")
    say(f"task image {reference}: pushed, and nothing has changed")
    return reference


def _build(builder: Builder, reference: str, base_image: str) -> None:
    if builder.has(reference):
        return
    started = time.monotonic()
    say(f"task image {reference}: building with {builder.name} on {base_image}")
    with pip.secrets() as secrets:
        builder.build(reference, DOCKERFILE, CONTEXT, {"BASE_IMAGE": base_image}, secrets)
    say(f"task image {reference}: built in {time.monotonic() - started:.1f} s")
