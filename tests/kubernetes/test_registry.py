"""A registry with a password: images are pushed to it, and pods pull them, by tag and by digest."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client

from include.local import ports
from include.local.kubernetes.debian.packages import can_install, install
from include.local.kubernetes.images.builders import Buildah
from tests.kubernetes.recorder import NAMESPACE, Recorder

USER, PASSWORD = "puller", "canary-of-the-registry"
HASHED = "$2b$05$TiS2AG8630EYwAxgUmO/puArCtItEzkHDe8wNAun9GtMVQTgF1ozG"
SECONDS = 60


@dataclass(frozen=True)
class Registry:
    """Where it listens, and a file with the password for it, as `buildah login` writes it."""

    address: str
    logins: Path


Pull = Callable[..., client.V1Pod]


@pytest.fixture(scope="module")
def registry(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    if not shutil.which("docker-registry") and not can_install():
        pytest.skip("no docker-registry: be root on Debian 12 to run this test")
    install({"docker-registry": "docker-registry"})
    folder = tmp_path_factory.mktemp("registry")
    (folder / "users").write_text(f"{USER}:{HASHED}\n")
    port = ports.take(5000)
    address = f"127.0.0.1:{port.number}"
    configuration = {
        "version": "0.1",
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "images")}},
        "http": {"addr": address},
        "auth": {"htpasswd": {"realm": "snowpod", "path": str(folder / "users")}},
    }
    (folder / "config.json").write_text(json.dumps(configuration))  # JSON is YAML too
    login = {"auths": {address: {"auth": base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()}}}
    (folder / "logins.json").write_text(json.dumps(login))
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            ["docker-registry", "serve", folder / "config.json"], stdout=log, stderr=log, pass_fds=[port.lock]
        )
    os.close(port.lock)
    try:
        _wait(lambda: _answers(address), folder / "log")
        yield Registry(address, folder / "logins.json")
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="module")
def push(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Builds a small image that says a word, and pushes it as `snowpod-task:1`; gives what names it for good."""
    builder = Buildah()
    made: list[str] = []

    def pushed(word: str) -> str:
        folder = tmp_path_factory.mktemp("image")
        shutil.copy("/bin/busybox", folder / "busybox")
        (folder / "Dockerfile").write_text(
            f'FROM scratch\nCOPY busybox /bin/busybox\nUSER 1000:1000\nCMD ["/bin/busybox", "echo", "{word}"]\n'
        )
        made.append(f"localhost/snowpod-pushed:{uuid.uuid4().hex[:8]}")
        builder.build(made[-1], folder / "Dockerfile", folder, {}, {})
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("REGISTRY_AUTH_FILE", str(registry.logins))
            return builder.push(made[-1], f"{registry.address}/snowpod-task:1")

    yield pushed
    for reference in made:
        builder.remove(reference)


@pytest.fixture(scope="module")
def pull(registry: Registry, recorder: Recorder) -> Iterator[Pull]:
    """Starts a pod from an image of the registry; gives it as it is when it has ended, or has nothing to run."""
    name = f"registry-{uuid.uuid4().hex[:8]}"
    secret = client.V1Secret(
        metadata=client.V1ObjectMeta(name=name),
        type="kubernetes.io/dockerconfigjson",
        data={".dockerconfigjson": base64.b64encode(registry.logins.read_bytes()).decode()},
    )
    recorder.api.create_namespaced_secret(NAMESPACE, secret)
    pods: list[str] = []

    def start(image: str, *, secret: bool = True) -> client.V1Pod:
        pods.append(f"{name}-{len(pods)}")
        spec: dict[str, Any] = {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "containers": [{"name": "base", "image": image, "imagePullPolicy": "Always"}],
            "imagePullSecrets": [{"name": name}] if secret else [],
        }
        recorder.api.create_namespaced_pod(NAMESPACE, {"metadata": {"name": pods[-1]}, "spec": spec})
        return _settled(recorder, pods[-1])

    yield start
    for pod in pods:
        recorder.api.delete_namespaced_pod(pod, NAMESPACE, grace_period_seconds=0)
    recorder.api.delete_namespaced_secret(name, NAMESPACE)


def test_pods_pull_what_was_pushed(registry: Registry, push: Callable[[str], str], pull: Pull) -> None:
    first = push("first")
    assert first.startswith(f"{registry.address}/snowpod-task@sha256:")

    # A pod without the Secret gets nothing: the node has no password of its own.
    refused = pull(f"{registry.address}/snowpod-task:1", secret=False)
    waiting = refused.status.container_statuses[0].state.waiting
    assert waiting.reason in ("ErrImagePull", "ImagePullBackOff")
    assert "auth" in waiting.message.lower() or "401" in waiting.message or "Back-off" in waiting.message

    assert _said(pull(f"{registry.address}/snowpod-task:1")) == "first"
    second = push("second")  # a tag is moved
    assert second != first
    assert _said(pull(f"{registry.address}/snowpod-task:1")) == "second"
    by_digest = pull(first)
    assert _said(by_digest) == "first"
    assert by_digest.status.container_statuses[0].image_id.endswith(first.partition("@")[2])


def _said(pod: client.V1Pod) -> str:
    assert pod.status.phase == "Succeeded", pod.status.container_statuses[0].state
    return str(pod.metadata.annotations["said"])


def _settled(recorder: Recorder, name: str) -> client.V1Pod:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        pod = recorder.api.read_namespaced_pod(name, NAMESPACE)
        states = [one.state for one in pod.status.container_statuses or []]
        if pod.status.phase in ("Succeeded", "Failed"):
            log = recorder.api.read_namespaced_pod_log(name, NAMESPACE, _preload_content=False).data.decode()
            pod.metadata.annotations = {"said": log.strip()}
            return pod
        if any(one.waiting and one.waiting.reason in ("ErrImagePull", "ImagePullBackOff") for one in states):
            return pod
        time.sleep(0.2)
    raise AssertionError(f"{name} did not start within {SECONDS} s: {pod.status}")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{address}/", timeout=1):
            return True
    except OSError:
        return False


def _wait(ready: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
