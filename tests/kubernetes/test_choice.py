"""Which cluster serves, by what the user says and what the machine has."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from include.local.kubernetes import choice
from include.local.kubernetes.shell import Problem
from include.local.kubernetes.state import State
from tests.kubernetes.conftest import Command


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that comes first on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


def _program(folder: Path, name: str, exit_code: int = 0) -> None:
    (folder / name).write_text(f"#!/bin/sh\nexit {exit_code}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize("tool", ["kind", "k3d", "minikube"])
def test_a_tool_serves_where_docker_runs(programs: Path, tmp_path: Path, tool: str) -> None:
    _program(programs, "docker")
    _program(programs, tool)

    assert choice.choose("", State(tmp_path)).choice == tool


def test_a_tool_without_docker_does_not_serve(programs: Path, tmp_path: Path) -> None:
    _program(programs, "docker", exit_code=1)
    _program(programs, "kind")

    with pytest.raises(Problem, match="kind is there, but Docker does not run"):
        choice.choose("kind", State(tmp_path))


def test_none_can_be_had(programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    _program(programs, "docker", exit_code=1)

    with pytest.raises(Problem, match=r"the local cluster (needs root|is built from Debian 12)") as problem:
        choice.choose("", State(tmp_path))

    assert "kind is not installed" in str(problem.value)
    assert "To get one: install Docker and kind" in str(problem.value)
    assert problem.value.exit_code == 3


def test_none_is_wanted(command: Command, tmp_path: Path) -> None:
    up = command(State(tmp_path), "up", CLUSTER="none")

    assert up.returncode == 3
    assert up.stderr.startswith("cluster: no cluster, as CLUSTER=none says.\nTo get one: ")


def test_an_unknown_word(command: Command, tmp_path: Path) -> None:
    up = command(State(tmp_path), "up", CLUSTER="kubernetes")

    assert up.returncode == 1
    assert (
        up.stderr
        == "cluster: CLUSTER=kubernetes is none of none, current, context:<name>, kind, k3d, minikube, debian\n"
    )


def test_a_context_that_does_not_answer(command: Command, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(
        "{apiVersion: v1, kind: Config, clusters: [{name: gone, cluster: {server: 'https://127.0.0.1:1'}}], users: [],"
        " contexts: [{name: gone, context: {cluster: gone}}], current-context: gone}"
    )
    up = command(State(tmp_path / "state"), "up", CLUSTER="context:gone", KUBECONFIG=str(kubeconfig))

    assert up.returncode == 1
    assert up.stderr.startswith("cluster: the context gone of your kubeconfig does not answer")


def test_nothing_is_up(command: Command, tmp_path: Path) -> None:
    state = State(tmp_path)

    assert "`make cluster` starts one" in command(state, "status").stdout
    image = command(state, "image")
    assert image.returncode == 3
    assert (
        image.stderr
        == "cluster: there is no cluster that is well (not up): make cluster, or make image PUSH=<registry>/<name>\n"
    )
