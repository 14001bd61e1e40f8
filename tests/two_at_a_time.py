"""How pytest-xdist deals the tests out: modules to whichever process is free, all that use the cluster to one."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

CLUSTER = ("tests/kubernetes/", "tests/ui/test_press_play.py")
"""What uses the cluster."""


class ByModule(LoadScopeScheduling):
    """Keeps a module's tests together, as they share what it sets up, and those of the cluster, which is one."""

    def _split_scope(self, nodeid: str) -> str:
        return "cluster" if nodeid.startswith(CLUSTER) else nodeid.partition("::")[0]
