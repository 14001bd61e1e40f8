"""Clusters whose nodes are containers: kind, k3d, minikube. Used where their program is and Docker runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from include.local.kubernetes import relay
from include.local.kubernetes.shell import output, run, say, succeeds, there
from include.local.kubernetes.state import State

NAME = "snowpod"
RELAY = "snowpod.relay"


@dataclass(frozen=True)
class Tool:
    """How one of the programs says the same few things. `{name}`, `{archive}` and `{node}` are filled in.

    Attributes:
        program: the command.
        create: makes the cluster, or starts it again.
        delete: takes it away.
        kubeconfig: prints a kubeconfig for it.
        load: gives its node the image in an archive.
        node: the container that is the node.
        images: run in the node, prints the images it has.
    """

    program: str
    create: str
    delete: str
    kubeconfig: str
    load: str
    node: str
    images: str = "crictl images"


TOOLS = (
    Tool(
        program="kind",
        create="kind create cluster --name {name} --wait 120s --kubeconfig {kubeconfig}",
        delete="kind delete cluster --name {name} --kubeconfig {kubeconfig}",
        kubeconfig="kind get kubeconfig --name {name}",
        load="kind load image-archive {archive} --name {name}",
        node="{name}-control-plane",
    ),
    Tool(
        program="k3d",
        create="k3d cluster create {name} --no-lb --wait --timeout 120s --kubeconfig-update-default=false",
        delete="k3d cluster delete {name}",
        kubeconfig="k3d kubeconfig get {name}",
        load="k3d image import {archive} --cluster {name}",
        node="k3d-{name}-server-0",
    ),
    Tool(
        program="minikube",
        create="minikube start --profile {name} --driver=docker --keep-context --wait=all",
        delete="minikube delete --profile {name}",
        kubeconfig="kubectl config view --flatten --minify --context {name}",
        load="minikube image load {archive} --profile {name}",
        node="{name}",
    ),
)


class ContainerCluster:
    """A cluster named snowpod, made by one of the tools."""

    takes_archives = True

    def __init__(self, tool: Tool, state: State) -> None:
        self.choice = tool.program
        self._tool = tool
        self._state = state

    def obstacle(self) -> str | None:
        """See `cluster.Cluster`."""
        if not there(self._tool.program):
            return f"{self._tool.program} is not installed"
        if not succeeds(["docker", "info"]):
            return f"{self._tool.program} is there, but Docker does not run"
        return None

    def up(self) -> None:
        """See `cluster.Cluster`."""
        if not succeeds(self._words(self._tool.kubeconfig)):
            say(
                f"making a cluster with {self._tool.program}, named {NAME}; your own kubeconfig's current context stays"
                " as it is"
            )
            run(self._words(self._tool.create))
        self._state.write_kubeconfig(output(self._words(self._tool.kubeconfig)))

    def down(self) -> None:
        """See `cluster.Cluster`."""
        relays = output(["docker", "ps", "--all", "--quiet", f"--filter=label={RELAY}"]).split()
        if relays:
            output(["docker", "rm", "--force", *relays])
        run(self._words(self._tool.delete))
        self._state.kubeconfig.unlink(missing_ok=True)

    def has_image(self, reference: str) -> bool:
        """See `cluster.Cluster`."""
        name, _, tag = reference.rpartition(":")
        listed = output(["docker", "exec", *self._words(self._tool.node), *self._words(self._tool.images)]).splitlines()
        return any(line.split()[:2] == [name, tag] for line in listed)

    def layers(self) -> set[str]:
        """See `cluster.Cluster`; it cannot be asked."""
        return set()

    def load_image(self, archive: Path, reference: str) -> None:
        """See `cluster.Cluster`."""
        del reference  # the archive names it
        run(self._words(self._tool.load, archive))

    def reach(self, port: int, image: str) -> None:
        """See `cluster.Cluster`.

        The loopback of such pods is the node container's. A relay in its network leads out of it; to where this
        machine's loopback can be reached: a name that Docker Desktop has for it, elsewhere a second relay, at the
        gateway of the node's network.
        """
        node = self._words(self._tool.node)[0]
        if "Docker Desktop" in output(["docker", "info", "--format", "{{.OperatingSystem}}"]):
            machine = "host.docker.internal"
        else:
            machine = output(
                ["docker", "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}", node]
            ).strip()
            _relay(f"{NAME}-reach-{port}-machine", image, "host", [machine, str(port), "127.0.0.1"])
        _relay(f"{NAME}-reach-{port}-node", image, f"container:{node}", ["127.0.0.1", str(port), machine])

    def sidecar(self, task_image: str) -> str:
        """See `cluster.Cluster`."""
        return task_image

    def _words(self, template: str, archive: Path | None = None) -> list[str]:
        return [word.format(name=NAME, archive=archive, kubeconfig=self._state.kubeconfig) for word in template.split()]


def _relay(name: str, image: str, network: str, arguments: list[str]) -> None:
    if output(["docker", "ps", "--quiet", f"--filter=name=^{name}$"]).strip():
        return
    succeeds(["docker", "rm", "--force", name])  # one that ended, with the machine or with its node
    source = Path(relay.__file__).read_text()
    options = ["--detach", f"--name={name}", f"--label={RELAY}", f"--network={network}", "--entrypoint=python"]
    output(["docker", "run", *options, image, "-c", source, *arguments])
