"""The Debian cluster: what it needs on the machine, its start and its end, and images for it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from include.constants import ROOT
from include.local.kubernetes import cluster
from include.local.kubernetes.debian import busybox, cgroups, pki
from include.local.kubernetes.debian import settings as servers
from include.local.kubernetes.debian.packages import install, is_debian_12
from include.local.kubernetes.debian.settings import PAUSE_IMAGE, Settings
from include.local.kubernetes.shell import Problem, output, run, say, succeeds
from include.local.kubernetes.state import CACHE, State, write_private

HERE = Path(__file__).resolve().parent
START_SECONDS = 180.0
END_SECONDS = 20.0
# A program that must be there, and the package that has it.
TO_RUN = {
    "containerd": "containerd",
    "runc": "runc",
    "etcd": "etcd-server",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "/bin/busybox": "busybox-static",
    "ip": "iproute2",
    "openssl": "openssl",
    "kubectl": "kubernetes-client",
}
TO_BUILD = {"/usr/lib/go-1.19/bin/go": "golang-1.19-go", "dpkg-source": "dpkg-dev", "xz": "xz-utils"}


class DebianCluster:
    """A one-node Kubernetes 1.20.2 from Debian's own packages."""

    choice = "debian"
    takes_archives = True

    def __init__(self, state: State) -> None:
        self._state = state
        self._folder = state.node

    def obstacle(self) -> str | None:
        """See `cluster.Cluster`."""
        if not is_debian_12():
            return "the local cluster is built from Debian 12, which this machine is not"
        if os.geteuid() != 0:
            return "the local cluster needs root (sudo make cluster)"
        if not succeeds(["unshare", "--mount", "--pid", "--fork", "true"]):
            return "the local cluster needs mount and process namespaces, which this container may not make"
        return None

    def up(self) -> None:
        """See `cluster.Cluster`."""
        self.down()  # what a crash or a reboot left
        binaries = self._install()
        started = time.monotonic()
        self._prepare()
        self._start(binaries)
        try:
            self._wait(self._takes_images, "containerd")
            busybox.write_archive(self._folder / "busybox.tar", PAUSE_IMAGE)
            self.load_image(self._folder / "busybox.tar", PAUSE_IMAGE)
            self._state.write_kubeconfig((self._folder / "admin.kubeconfig").read_text())
            self._wait(lambda: cluster.ailment(self._state) is None, "the node")
        except BaseException:
            say(f"it did not start; its logs are in {self._folder / 'log'}")
            self._kill()
            raise
        say(f"up in {time.monotonic() - started:.0f} s")

    def down(self) -> None:
        """See `cluster.Cluster`."""
        self._kill()
        name = Settings.name_of(self._state.folder)  # not from a file, as that may be gone
        cgroups.remove(name)
        if self._controllers.exists():
            cgroups.switch_off(self._controllers.read_text().split())
        _remove_bridge(name)
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._state.kubeconfig.unlink(missing_ok=True)

    def has_image(self, reference: str) -> bool:
        """See `cluster.Cluster`."""
        return reference in self._ctr("images", "ls", "--quiet").split()

    def load_image(self, archive: Path, reference: str) -> None:
        """See `cluster.Cluster`."""
        self._ctr("images", "import", str(archive.resolve()))
        if not self.has_image(reference):
            raise Problem(f"containerd took {archive}, but has no {reference} after it")

    def layers(self) -> set[str]:
        """See `cluster.Cluster`."""
        return set(self._ctr("content", "ls", "--quiet").split())

    def reach(self, port: int, image: str) -> None:
        """See `cluster.Cluster`; the loopback of such pods is the machine's own."""

    def sidecar(self, task_image: str) -> str:
        """See `cluster.Cluster`."""
        del task_image
        return PAUSE_IMAGE

    def _takes_images(self) -> bool:
        try:
            self._ctr("version")
        except Problem:
            return False
        return True

    def _ctr(self, *arguments: str) -> str:
        # From within the folder, as a socket's path may have no more than 107 characters, and a project may lie deep.
        return output(["ctr", "--address=containerd.sock", "--namespace=k8s.io", *arguments], cwd=self._folder)

    def _install(self) -> Path:
        recipe = hashlib.sha256((HERE / "build.sh").read_bytes() + (HERE / "multicall.go").read_bytes()).hexdigest()[:8]
        binaries = CACHE / f"1.20.2-{platform.machine()}-{recipe}"
        install(TO_RUN if binaries.exists() else TO_RUN | TO_BUILD)
        if not binaries.exists():
            say(
                f"building Kubernetes 1.20.2 from Debian's source, once, into {binaries}: 3 to 10 minutes, 3 GB of disk"
                " on the way"
            )
            CACHE.mkdir(parents=True, exist_ok=True)
            with (CACHE / "build.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not binaries.exists():
                    run(["nice", HERE / "build.sh", binaries])
        return binaries

    def _prepare(self) -> None:
        settings = Settings.choose(self._state.folder)
        say(
            f"starting in namespaces of its own; the machine itself gets the network bridge {settings.name} and control"
            " groups of that name"
        )
        self._folder.mkdir(parents=True, mode=0o700)
        keys = self._folder / "pki"
        for folder in (keys, self._folder / "log", self._folder / "cni"):
            folder.mkdir(mode=0o700)
        settings.save(self._folder / "settings.json")
        pki.make(keys, servers.SERVICE_IP)
        for name, text in servers.files(settings).items():
            (self._folder / name).write_text(text)
        for user in ("admin", "node"):
            write_private(self._folder / f"{user}.kubeconfig", servers.kubeconfig(settings, keys, user))
        self._controllers.write_text(" ".join(cgroups.make(settings.name)))

    def _start(self, binaries: Path) -> None:
        # Who holds this lock is the cluster, as nobody else inherits it: so no process id is ever taken on trust.
        lock = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        namespaces = ["unshare", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--propagation", "slave"]
        command = [
            *namespaces,
            sys.executable,
            "-m",
            "include.local.kubernetes.debian.node",
            str(self._folder),
            str(binaries),
        ]
        with (self._folder / "log" / "node.log").open("w") as log:
            first = subprocess.Popen(
                command,
                cwd=ROOT,
                pass_fds=[lock],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        os.write(lock, str(first.pid).encode())
        os.close(lock)

    def _kill(self) -> None:
        if not self._alive():
            return
        unshare = int(self._lock.read_text())
        # Its child is the first process of the namespace. When that is killed the kernel kills all others in there, and
        # only then does unshare see the end and let go of the lock.
        for first in Path(f"/proc/{unshare}/task/{unshare}/children").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(first), signal.SIGKILL)
        end = time.monotonic() + END_SECONDS
        while self._alive():
            if time.monotonic() > end:
                raise Problem(f"process {unshare} does not end; end it yourself and try again")
            time.sleep(0.05)

    @property
    def _controllers(self) -> Path:
        return self._folder / "controllers"

    @property
    def _lock(self) -> Path:
        return self._folder / "alive"

    def _alive(self) -> bool:
        if not self._lock.exists():
            return False
        with self._lock.open() as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + START_SECONDS
        while not condition():
            ended = self._folder / "ended"
            if ended.exists():
                name = ended.read_text().split()[0]
                tail = "\n".join((self._folder / "log" / f"{name}.log").read_text(errors="replace").splitlines()[-15:])
                raise Problem(f"{ended.read_text().strip()}; its last lines:\n{tail}")
            if time.monotonic() > end:
                raise Problem(f"{what} was not ready within {START_SECONDS:.0f} s; see {self._folder / 'log'}")
            time.sleep(0.3)


def _remove_bridge(name: str) -> None:
    bridge = Path("/sys/class/net", name)
    if not bridge.exists():
        return
    end = time.monotonic() + END_SECONDS
    while (
        any((bridge / "brif").iterdir()) and time.monotonic() < end
    ):  # the kernel takes ended pods' links away in its own time
        time.sleep(0.05)
    run(["ip", "link", "delete", name])
