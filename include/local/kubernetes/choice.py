"""Which cluster serves. The order: the one that CLUSTER names, one made in Docker, the Debian one, none."""

from __future__ import annotations

from include.local.kubernetes.cluster import Cluster
from include.local.kubernetes.containers import TOOLS, ContainerCluster
from include.local.kubernetes.debian.cluster import DebianCluster
from include.local.kubernetes.named import NamedCluster
from include.local.kubernetes.shell import Problem
from include.local.kubernetes.state import State

NONE = 3
HOW_TO_GET_ONE = """\
To get one: install Docker and kind (https://kind.sigs.k8s.io), or be root on Debian 12, or name a cluster of your own:
CLUSTER=current (your kubeconfig's current context) or CLUSTER=context:<name>."""


def named(choice: str, state: State) -> Cluster:
    """Return the cluster that a word stands for.

    Args:
        choice: "kind", "k3d", "minikube", "debian", "current" or "context:<name>".
        state: its files.

    Returns:
        The cluster, whether or not this machine can have it.

    Raises:
        Problem: there is no such word.
    """
    if choice == "current" or choice.startswith("context:"):
        return NamedCluster(choice, state)
    made = _made(state)
    if choice not in made:
        raise Problem(f"CLUSTER={choice} is none of none, current, context:<name>, {', '.join(made)}")
    return made[choice]


def choose(wanted: str, state: State) -> Cluster:
    """Return the cluster to use.

    Args:
        wanted: CLUSTER as the user set it; empty to take the first that this machine can have.
        state: its files.

    Returns:
        A cluster that this machine can have.

    Raises:
        Problem: none is wanted, or none can be had: exit code 3.
    """
    if wanted == "none":
        raise Problem(f"no cluster, as CLUSTER=none says.\n{HOW_TO_GET_ONE}", NONE)
    candidates = [named(wanted, state)] if wanted else list(_made(state).values())
    obstacles = []
    for cluster in candidates:
        obstacle = cluster.obstacle()
        if obstacle is None:
            return cluster
        obstacles.append(obstacle)
    raise Problem(f"no cluster can be had here: {'; '.join(obstacles)}.\n{HOW_TO_GET_ONE}", NONE)


def _made(state: State) -> dict[str, Cluster]:
    clusters: list[Cluster] = [*(ContainerCluster(tool, state) for tool in TOOLS), DebianCluster(state)]
    return {cluster.choice: cluster for cluster in clusters}
