"""The first process inside the cluster's namespaces.

Hides the machine's folders that Kubernetes would write to, then runs the servers.

Started by `cluster` as `unshare --mount --pid … python -m include.local.kubernetes.debian.node FOLDER BINARIES`.
"""

from __future__ import annotations

import contextlib
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from include.local.kubernetes.debian import settings as servers
from include.local.kubernetes.debian.settings import BIN, RUN, Settings
from include.local.kubernetes.shell import output, search_path

API_SECONDS = 120
# The kubelet and the bridge plugin set these for the whole machine. They get copies to write to.
KERNEL_SETTINGS = (
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "net/ipv4/ip_forward",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)


def main(folder: Path, binaries: Path) -> int:
    """Run the servers until one of them ends.

    Args:
        folder: run state, made ready by `cluster`.
        binaries: what `build.sh` built.

    Returns:
        1, as a cluster without one of its servers is none. What ended is said in the file `ended` of the run state.
    """
    _private_mounts(folder, binaries)
    settings = Settings.load(RUN / "settings.json")
    running = [_start(name, command) for name, command in servers.foundations(settings).items()]
    answers = _api_of(settings)
    end = time.monotonic() + API_SECONDS
    while not answers():
        if time.monotonic() > end:
            (RUN / "ended").write_text(f"kube-apiserver did not answer within {API_SECONDS} s\n")
            return 1
        if _ended(running):
            return 1
        time.sleep(0.2)
    running += [_start(name, command) for name, command in servers.dependents().items()]
    while not _ended(running):
        if not (
            RUN / "settings.json"
        ).exists():  # somebody removed the project folder: nobody could end the cluster any more
            return 1
        time.sleep(1)
    return 1


def _ended(running: list[tuple[str, subprocess.Popen[bytes]]]) -> bool:
    # As process 1 of the namespace this one inherits every orphan, and has to wait for each; hence not by Popen.poll.
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended = [name for name, server in running if server.pid == found[0]]
            if ended:
                (RUN / "ended").write_text(f"{ended[0]} ended with exit code {os.waitstatus_to_exitcode(found[1])}\n")
                return True
    return False


def _private_mounts(folder: Path, binaries: Path) -> None:
    _mount("--no-mtab", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run")  # no note of it in the machine's own /run
    for source, target in ((folder, RUN), (binaries, BIN)):
        target.mkdir()
        _mount("--bind", str(source), str(target))
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", "/var/lib")
    (RUN / "log" / "pods").mkdir()
    _mount("--bind", str(RUN / "log" / "pods"), "/var/log")  # the kubelet insists on /var/log/pods
    for name in KERNEL_SETTINGS:
        real = Path("/proc/sys", name)
        copy = RUN / "kernel" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(real.read_text())
        _mount("--bind", str(copy), str(real))


def _mount(*arguments: str) -> None:
    output(["mount", *arguments])


def _start(name: str, command: list[str]) -> tuple[str, subprocess.Popen[bytes]]:
    # A proxy has no business between servers on one machine; nor should one look for a cloud around it.
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    environment |= {"PATH": search_path(), "AWS_EC2_METADATA_DISABLED": "true"}
    with (RUN / "log" / f"{name}.log").open("w") as log:
        return name, subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=RUN
        )


def _api_of(settings: Settings) -> Callable[[], bool]:
    context = ssl.create_default_context(cafile=str(RUN / "pki" / "ca.crt"))
    context.load_cert_chain(RUN / "pki" / "admin.crt", RUN / "pki" / "admin.key")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))

    def answers() -> bool:
        try:
            with opener.open(f"https://127.0.0.1:{settings.api_port}/readyz", timeout=5):
                return True
        except OSError:  # urllib's own errors are OSErrors too
            return False

    return answers


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
