"""A cluster that the user has and names: used as it is, never started, ended or changed."""

from __future__ import annotations

from pathlib import Path

from include.local.kubernetes.shell import Problem, output, say, there
from include.local.kubernetes.state import State


class NamedCluster:
    """A context of the user's kubeconfig.

    Args:
        choice: "current", or "context:" and its name.
        state: where the copy of its kubeconfig goes.
    """

    takes_archives = False

    def __init__(self, choice: str, state: State) -> None:
        self.choice = choice
        self._state = state

    def obstacle(self) -> str | None:
        """See `cluster.Cluster`."""
        return None if there("kubectl") else "kubectl is not installed"

    def up(self) -> None:
        """See `cluster.Cluster`."""
        context = self._context()
        try:
            output(["kubectl", f"--context={context}", "get", "--raw", "/readyz", "--request-timeout=10s"], seconds=20)
        except Problem as problem:
            raise Problem(f"the context {context} of your kubeconfig does not answer: {problem}") from None
        # A copy with this context alone: what the user makes current later changes nothing here.
        self._state.write_kubeconfig(
            output(["kubectl", "config", "view", "--flatten", "--minify", f"--context={context}"])
        )
        say(f"using the context {context} of your kubeconfig")

    def down(self) -> None:
        """Forgets it; the cluster itself is not ours to end."""
        self._state.kubeconfig.unlink(missing_ok=True)

    def has_image(self, reference: str) -> bool:
        """See `cluster.Cluster`; it cannot be asked."""
        del reference
        return False

    def layers(self) -> set[str]:
        """See `cluster.Cluster`; it cannot be asked."""
        return set()

    def load_image(self, archive: Path, reference: str) -> None:
        """See `cluster.Cluster`; not called."""
        raise NotImplementedError

    def reach(self, port: int, image: str) -> None:
        """See `cluster.Cluster`; nothing of ours may be in the way there, so it is only said."""
        say(
            f"pods of {self.choice} reach 127.0.0.1:{port} of this machine only if its node is this machine; else use a"
            " Snowflake account"
        )

    def sidecar(self, task_image: str) -> str:
        """See `cluster.Cluster`."""
        return task_image

    def _context(self) -> str:
        if self.choice.startswith("context:"):
            return self.choice.removeprefix("context:")
        return output(["kubectl", "config", "current-context"]).strip()
