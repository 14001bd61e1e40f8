"""A cluster of the tests' own: its state folder, names and ports are not those of `make cluster`."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from include.local import pods
from include.local.kubernetes.debian.cluster import DebianCluster
from include.local.kubernetes.state import State
from tests.kubernetes.machine import Traces
from tests.kubernetes.recorder import Recorder
from tests.laptop import Laptop
from tests.project import make_project

Command = Callable[..., subprocess.CompletedProcess[str]]


def needs_a_cluster() -> None:
    obstacle = DebianCluster(State(Path("unused"))).obstacle()
    if obstacle and os.environ.get("CI") != "true":
        pytest.skip(f"{obstacle}; be root on Debian 12 to run this test")


@pytest.fixture(scope="session")
def command(root: Path) -> Command:
    """Runs `python3 -m include.local.kubernetes`."""

    def run(state: State, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if name not in {"CLUSTER", "KUBECONFIG"}}
        words = [sys.executable, "-m", "include.local.kubernetes", "--state", str(state.folder), *arguments]
        return subprocess.run(
            words, cwd=root, env={**environment, **variables}, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    return State(tmp_path_factory.mktemp("cluster"))


@pytest.fixture(scope="module")
def machine_before() -> Traces:
    needs_a_cluster()
    return Traces.now()


@pytest.fixture(scope="module")
def cluster(command: Command, state: State, machine_before: Traces) -> Iterator[State]:
    up = command(state, "up", CLUSTER="debian")
    assert up.returncode == 0, up.stdout + up.stderr
    yield state
    command(state, "down")


@pytest.fixture(scope="session")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project, with pipelines whose pods look around or go wrong."""
    return make_project(tmp_path_factory.mktemp("user") / "project", root / "tests" / "kubernetes" / "project")


@pytest.fixture(scope="session")
def clustered(laptop: Laptop, project: Path) -> Laptop:
    """The laptop, in a user's project, with the cluster that `make cluster` starts."""
    if not pods.provide(laptop.local / "snowflake" / "ca-bundle.pem", laptop.parameters["port"]):
        missing = "no cluster: install Docker and kind, or be root on Debian 12, or name one of yours (CLUSTER=current)"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return dataclasses.replace(laptop, root=project)


@pytest.fixture(scope="session")
def recorder(clustered: Laptop) -> Iterator[Recorder]:
    with Recorder() as recorder:
        yield recorder


@pytest.fixture(scope="session")
def side_by_side(clustered: Laptop, recorder: Recorder, trips: Path) -> dict[str, Any]:
    """Summary of the default run."""
    dag_id = "taxi_trip_duration_side_by_side"
    done = clustered.run(dag_id, {"source": str(trips)})
    assert done.code == 0, done.output
    return clustered.latest(dag_id)
