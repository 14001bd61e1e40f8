"""The Debian cluster: real pods, and a machine that is afterwards as it was.

The tests of this file run in this order.
"""

from __future__ import annotations

import http.server
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.local.kubernetes.cluster import ailment, kubectl
from include.local.kubernetes.debian.settings import PAUSE_IMAGE, Settings
from include.local.kubernetes.state import State
from tests.kubernetes.conftest import Command
from tests.kubernetes.machine import Traces, control_groups, namespace_of, processes_in
from tests.waiting import until


def test_a_second_up_leaves_the_running_cluster_alone(command: Command, cluster: State) -> None:
    servers = processes_in(_namespace(cluster))

    up = command(cluster, "up")

    assert up.returncode == 0
    assert f"debian is up; kubeconfig: {cluster.kubeconfig}" in up.stdout
    assert set(servers) <= set(processes_in(_namespace(cluster)))


def test_two_at_once_start_one_cluster(command: Command, cluster: State) -> None:
    before = _namespace(cluster)
    threads = [threading.Thread(target=command, args=(cluster, "up")) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert _namespace(cluster) == before


def test_smoke_runs_a_pod_and_takes_it_away(command: Command, cluster: State) -> None:
    smoke = command(cluster, "smoke")

    assert smoke.stdout == "cluster: a pod said: it runs\n", smoke.stderr
    assert "smoke" not in kubectl(cluster, "get", "pods")


def test_status_and_kubeconfig(command: Command, cluster: State) -> None:
    assert command(cluster, "status").returncode == 0
    assert command(cluster, "kubeconfig").stdout == f"{cluster.kubeconfig}\n"
    assert cluster.kubeconfig.stat().st_mode & 0o077 == 0


def test_logs_and_exec(cluster: State) -> None:
    _run(cluster, "talks", "echo one; echo two >&2; sleep 300")
    kubectl(cluster, "wait", "--for=condition=Ready", "pod/talks", "--timeout=60s", seconds=70)

    assert sorted(kubectl(cluster, "logs", "talks").splitlines()) == ["one", "two"]
    assert kubectl(cluster, "exec", "talks", "--", "sh", "-c", "echo $((6 * 7))") == "42\n"

    kubectl(cluster, "delete", "pod", "talks", "--grace-period=0", "--force")


@pytest.fixture
def greeting() -> Iterator[int]:
    """Port of a server on the machine's loopback, as the embedded Snowflake is one."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello from the machine")

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_a_pod_on_the_machines_network_reaches_its_loopback_and_others_do_not(cluster: State, greeting: int) -> None:
    fetch = f"wget -q -O - http://127.0.0.1:{greeting} || echo refused"
    _run(cluster, "inside", fetch)
    _run(cluster, "outside", fetch, {"hostNetwork": True})

    assert _result(cluster, "outside") == "hello from the machine"
    assert _result(cluster, "inside").strip().endswith("refused")


def test_memory_limits_hold(cluster: State) -> None:
    _run(cluster, "greedy", "tail /dev/zero", {}, {"limits": {"memory": "32Mi"}})

    _ended(cluster, "greedy")
    reason = kubectl(
        cluster, "get", "pod", "greedy", "--output=jsonpath={.status.containerStatuses[0].state.terminated.reason}"
    )

    assert reason == "OOMKilled"


def test_the_machine_is_untouched_but_for_a_bridge_and_control_groups(cluster: State, machine_before: Traces) -> None:
    assert Traces.now() == machine_before
    assert Path("/sys/class/net", Settings.name_of(cluster.folder)).exists()
    assert control_groups(Settings.name_of(cluster.folder))


def test_the_image_has_code_and_packages_and_nothing_of_the_machine(command: Command, cluster: State) -> None:
    image = command(cluster, "image")
    assert image.returncode == 0, image.stdout + image.stderr
    reference = cluster.image.read_text().strip()
    look = [
        "id -u",
        "ls -d /etc/pip.conf /run/secrets/ca.pem /opt/snowpod/include/* 2>/dev/null",
        "touch /opt/here 2>&1",
        "python -c 'import include.runtime.main, include.tasks.taxi, sklearn' && echo imported",
    ]
    _run(cluster, "task", "; ".join(look), {}, {}, reference)

    assert _result(cluster, "task").splitlines() == [
        "1000",
        *(
            f"/opt/snowpod/include/{name}"
            for name in ("__init__.py", "__pycache__", "constants.py", "runtime", "tasks")
        ),
        "touch: cannot touch '/opt/here': Read-only file system",
        "imported",
    ]


def test_the_same_image_is_not_built_again(command: Command, cluster: State) -> None:
    again = command(cluster, "image")

    assert again.stdout == f"cluster: task image {cluster.image.read_text().strip()}: nothing has changed\n"


def test_a_named_context_is_used_and_never_ended(command: Command, cluster: State, tmp_path: Path) -> None:
    other = State(tmp_path)
    mine = {"KUBECONFIG": str(cluster.kubeconfig), "CLUSTER": "current"}

    assert "using the context snowpod of your kubeconfig" in command(other, "up", **mine).stdout
    assert ailment(other) is None
    refused = command(other, "image", **mine)
    assert refused.returncode == 1
    assert "takes images from a registry: make image PUSH=" in refused.stderr, refused.stdout
    assert command(other, "down", **mine).returncode == 0
    assert ailment(cluster) is None


@pytest.mark.parametrize("victim", ["kubelet", "etcd", "first process"])
def test_up_mends_a_cluster_that_was_killed(command: Command, cluster: State, victim: str) -> None:
    namespace = _namespace(cluster)
    names = {Path("/proc", str(pid), "comm").read_text().strip(): pid for pid in processes_in(namespace)}
    os.kill(names[victim] if victim in names else int((cluster.node / "alive").read_text()), signal.SIGKILL)
    until(lambda: not processes_in(namespace))

    assert command(cluster, "status").returncode == 1
    up = command(cluster, "up")
    assert up.returncode == 0, up.stdout + up.stderr
    assert command(cluster, "status").returncode == 0


def test_down_leaves_nothing(command: Command, cluster: State, machine_before: Traces) -> None:
    _run(cluster, "still-there", "sleep 300")
    kubectl(cluster, "wait", "--for=condition=Ready", "pod/still-there", "--timeout=60s", seconds=70)
    namespace, name = _namespace(cluster), Settings.name_of(cluster.folder)
    links = [*Path("/sys/class/net", name, "brif").iterdir(), Path("/sys/class/net", name)]

    down = command(cluster, "down")

    assert (down.returncode, down.stdout) == (0, "cluster: debian is down\n"), down.stderr
    assert processes_in(namespace) == []
    assert [link for link in links if Path("/sys/class/net", link.name).exists()] == []
    assert control_groups(name) == []
    assert Traces.now() == machine_before
    assert not cluster.node.exists()
    assert not cluster.kubeconfig.exists()
    assert command(cluster, "status").returncode == 1


def test_down_without_a_cluster(command: Command, state: State) -> None:
    down = command(state, "down")

    assert (down.returncode, down.stdout) == (0, "cluster: none is up\n")


def _run(
    state: State,
    name: str,
    script: str,
    spec: dict[str, Any] | None = None,
    resources: dict[str, Any] | None = None,
    image: str = PAUSE_IMAGE,
) -> None:
    container = {
        "name": "base",
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", script],
        "resources": resources or {},
        "securityContext": {
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "containers": [container],
            **(spec or {}),
        },
    }
    subprocess.run(
        ["kubectl", f"--kubeconfig={state.kubeconfig}", "create", "-f", "-"],
        input=json.dumps(pod),
        text=True,
        check=True,
    )


def _ended(state: State, name: str) -> None:
    until(lambda: kubectl(state, "get", "pod", name, "--output=jsonpath={.status.phase}") in {"Succeeded", "Failed"})


def _result(state: State, name: str) -> str:
    _ended(state, name)
    reported = kubectl(state, "logs", name)
    kubectl(state, "delete", "pod", name, "--wait=false")
    return reported


def _namespace(state: State) -> str:
    outer = int((state.node / "alive").read_text())
    first = Path(f"/proc/{outer}/task/{outer}/children").read_text().split()[0]
    found = namespace_of(Path("/proc", first))
    assert found
    return found
