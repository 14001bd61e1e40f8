"""The project's environments: each compiles with access to nothing, and a layer can say all that they differ in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from airflow.serialization.serialized_objects import DagSerialization

from include.factory.check import check
from include.factory.commands.cli import main
from include.factory.import_errors import PipelineError
from include.factory.project import Project
from include.factory.register import register
from include.operators.pod_manifest import pod_manifest
from tests.factory.conftest import HERE

ROOT = HERE.parents[1]
ENVIRONMENTS = ("ci", "local", "production", "staging")
CUT_OFF = """\
import runpy, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.gethostbyname"):
        raise PermissionError(f"{event} {arguments[1:]}")

sys.addaudithook(refuse)
from include.factory.commands.cli import main
assert main(["validate"]) == 0
loaded = runpy.run_path("dags/snowpod.py")
from airflow.sdk import DAG
print("loaded", sorted(name for name, value in loaded.items() if isinstance(value, DAG)))
"""


def test_these_are_the_environments() -> None:
    assert {path.stem for path in Project(ROOT).environments.glob("*.yaml")} == {*ENVIRONMENTS}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_compiles_with_no_variable_set(environment: str) -> None:
    result = check(Project(ROOT, {"SNOWPOD_ENVIRONMENT": environment}))
    assert result.diagnostics == []
    assert any(checked.configs for checked in result.files)


def test_ci_has_the_pods_of_a_laptop() -> None:
    ci, local = (yaml.safe_load((Project(ROOT).environments / f"{name}.yaml").read_text()) for name in ("ci", "local"))
    assert ci["kubernetes"] == local["kubernetes"]


def test_production_validates_builds_and_loads_with_access_to_nothing(tmp_path: Path) -> None:
    """No network, no home, no connection, no kubeconfig: an audit hook refuses each connection and each look-up."""
    variables = {"PATH": os.defpath, "HOME": str(tmp_path), "AIRFLOW_HOME": str(tmp_path / "airflow")}
    done = subprocess.run(
        [sys.executable, "-c", CUT_OFF],
        cwd=ROOT,
        env={**variables, "PYTHONPATH": str(ROOT), "SNOWPOD_ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "'taxi_trip_duration_side_by_side'" in done.stdout.splitlines()[-1]


LAYER = """\
dag:
  dagrun_timeout: 6h
  on_failure_callback: include.tasks.hooks.tell
  default_args:
    retries: 5
    retry_delay: 2m
    max_retry_delay: 1h
    retry_exponential_backoff: true
    execution_timeout: 2h
    pool: snowflake
    on_failure_callback: include.tasks.hooks.tell
snowflake: {connection: far, role: LOADER, warehouse: LOADING, database: SHOP, schema: RAW}
kubernetes:
  image: ${REGISTRY}/task@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
  imagePullSecrets: [{name: registry}]
  namespace: far
  nodeSelector: {pool: gpu}
  tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]
  runtimeClassName: nvidia
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms: [{matchExpressions: [{key: zone, operator: In, values: [a, b]}]}]
  resources: {limits: {nvidia.com/gpu: 1}}
"""
PIPELINE = """\
pipeline: sample
target: kubernetes
tasks:
  first: {python_callable: include.tasks.sample.no_arguments}
  second: {sql: select 1}
"""


@pytest.fixture
def far(project: Project) -> Callable[..., Project]:
    """The tests' project with an environment `far` and one pipeline."""
    (project.root / "include" / "tasks" / "hooks.py").write_text("def tell(context):\n    pass\n", encoding="utf-8")
    (project.environments / "far.yaml").write_text(LAYER, encoding="utf-8")
    (project.configs / "sample.yaml").write_text(PIPELINE, encoding="utf-8")
    return lambda **variables: Project(project.root, {"SNOWPOD_ENVIRONMENT": "far", **variables})


def test_a_layer_says_where_and_how_all_tasks_run(far: Callable[..., Project]) -> None:
    result = check(far(REGISTRY="registry.acme.com"))
    assert result.diagnostics == []
    (config,) = result.files[0].configs.values()
    first, second, arguments = config["tasks"]["first"], config["tasks"]["second"], config["default_args"]
    assert (arguments["retries"], arguments["pool"], arguments["retry_exponential_backoff"]) == (5, "snowflake", 2)
    assert arguments["execution_timeout"]["seconds"] == 7200
    assert arguments["on_failure_callback"]
    assert config["on_failure_callback"]
    session = {"role": "LOADER", "warehouse": "LOADING", "database": "SHOP", "schema": "RAW"}
    assert {key: first[key] for key in session} == session
    assert {key: second["hook_params"][key] for key in session} == session
    assert (first["snowflake_conn_id"], second["conn_id"]) == ("far", "far")
    pod: dict[str, Any] = pod_manifest(first["kubernetes"])
    assert pod["metadata"]["namespace"] == "far"
    assert pod["spec"]["containers"][0]["image"].startswith("registry.acme.com/task@sha256:")
    assert pod["spec"]["containers"][0]["resources"]["limits"]["nvidia.com/gpu"] == 1
    written = yaml.safe_load(LAYER)["kubernetes"]
    for key in ("nodeSelector", "tolerations", "affinity", "imagePullSecrets", "runtimeClassName"):
        assert pod["spec"][key] == written[key]


WRONG = {
    "missing variable": ({}, "The environment variable REGISTRY is not set"),
    "unknown environment": ({"SNOWPOD_ENVIRONMENT": "fra"}, "There is no environment `fra`"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_an_environment_lacks_is_one_line_of_validate_and_one_import_error(
    wrong: str, far: Callable[..., Project], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables, words = WRONG[wrong]
    project = far(**variables)
    monkeypatch.setenv("SNOWPOD_ENVIRONMENT", project.environment)
    assert main(["--root", str(project.root), "validate", "--no-build"]) == 1
    assert sum(words in line for line in capsys.readouterr().out.splitlines()) == 1
    loaded: dict[str, Any] = {}
    register(loaded, project.root)
    (broken,) = loaded.values()
    with pytest.raises(PipelineError, match=words):
        DagSerialization.to_dict(broken)
