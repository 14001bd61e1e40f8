"""What every kind of cluster can do, and how to ask any of them whether it is well."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Protocol

from include.local.kubernetes.shell import Problem, output
from include.local.kubernetes.state import State


class Cluster(Protocol):
    """One way to have a cluster."""

    choice: str
    """What to write after CLUSTER= to get this one."""

    takes_archives: bool
    """Whether `load_image` works; if not, images come from a registry."""

    def obstacle(self) -> str | None:
        """Why this machine cannot have it, in a few words; None if it can."""

    def up(self) -> None:
        """Start it and write the kubeconfig. Not called while it is well.

        Raises:
            Problem: it does not start.
        """

    def down(self) -> None:
        """End it, if it is ours, and leave the machine as it was."""

    def has_image(self, reference: str) -> bool:
        """Whether its pods can use an image without pulling it."""

    def layers(self) -> set[str]:
        """Digests of the layers it has, which an archive for it need not hold."""

    def load_image(self, archive: Path, reference: str) -> None:
        """Give it the image in an archive.

        Raises:
            Problem: it does not take images this way; push instead.
        """

    def reach(self, port: int, image: str) -> None:
        """Lets pods with hostNetwork reach a port of this machine's loopback, at the same port of their own.

        Args:
            port: for example the embedded Snowflake's.
            image: the task image, whose Python may be used for it.
        """

    def sidecar(self, task_image: str) -> str:
        """Return an image with sh and cat that the cluster has, for the XCom sidecar."""


def ailment(state: State) -> str | None:
    """Return what is wrong with the cluster of a state.

    Args:
        state: where its kubeconfig is.

    Returns:
        None if its API answers, a node is ready and pods can be made; else what is not so, in a few words.
    """
    if not state.kubeconfig.exists():
        return "not up"
    try:
        kubectl(state, "get", "--raw", "/readyz", "--request-timeout=5s")
        nodes = json.loads(kubectl(state, "get", "nodes", "--output=json", "--request-timeout=5s"))["items"]
        kubectl(state, "get", "serviceaccount", "default", "--request-timeout=5s")
    except Problem as problem:
        return f"its API does not answer ({str(problem).splitlines()[-1]})"
    ready = [
        condition
        for node in nodes
        for condition in node["status"]["conditions"]
        if condition["type"] == "Ready" and condition["status"] == "True"
    ]
    return None if ready else "no node is ready"


def kubectl(state: State, *arguments: str, seconds: float = 30) -> str:
    """Run kubectl against the cluster of a state and no other.

    Returns:
        What it prints.

    Raises:
        Problem: it failed.
    """
    return output(["kubectl", f"--kubeconfig={state.kubeconfig}", *arguments], seconds=seconds)


def smoke(state: State, image: str) -> str:
    """Run a pod to its end and take it away again.

    Args:
        state: of the cluster.
        image: with a shell; the cluster must have it or be able to pull it.

    Returns:
        What the pod printed.

    Raises:
        Problem: the pod did not start or did not end well.
    """
    name = f"snowpod-smoke-{time.time_ns() % 10**9}"
    command = [
        "--restart=Never",
        "--quiet",
        "--image-pull-policy=IfNotPresent",
        "--command",
        "--",
        "sh",
        "-c",
        "echo it runs",
    ]
    try:
        kubectl(state, "run", name, f"--image={image}", *command)
        for _ in range(240):
            phase = kubectl(state, "get", "pod", name, "--output=jsonpath={.status.phase}")
            if phase in {"Succeeded", "Failed"}:
                break
            time.sleep(0.25)
        if phase != "Succeeded":
            raise Problem(f"the pod {name} is {phase}:\n{kubectl(state, 'describe', 'pod', name)}")
        return kubectl(state, "logs", name)
    finally:
        kubectl(state, "delete", "pod", name, "--ignore-not-found", "--grace-period=0", "--force", "--wait=false")
