"""The values for the Helm chart: what they must say, and that they were rendered as they are."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.factory.check import Checker
from include.factory.project import Project
from tests.deploy.render import RECORD, flaws
from tests.deploy.values import CHART_VERSION, EXECUTORS, HELM, combinations, digest, values_of

COMBINATIONS = list(combinations())
IDS = ["+".join(names) for names in COMBINATIONS]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value that is no mapping, with where it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    else:
        yield path, value


def test_they_were_rendered_as_they_are() -> None:
    # CI has no way to the chart: a person renders it and commits that they did.
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    assert (record["chart"], record["values"]) == (CHART_VERSION, digest()), (
        "include/deploy/helm has changed since it was last rendered. What to do: run `python -m tests.deploy.render"
        f" <the chart {CHART_VERSION}>` and commit {RECORD.name} (docs/deploy.md)"
    )
    assert record["dry_run"], "render with --kubectl: a cluster's dry run belongs to it"


def test_each_file_is_in_a_combination() -> None:
    assert {"values", *(name for names in COMBINATIONS for name in names)} == {
        path.stem for path in HELM.glob("*.yaml")
    }


@pytest.mark.parametrize("names", COMBINATIONS, ids=IDS)
def test_they_are_for_the_airflow_that_we_pin(names: tuple[str, ...], root: Path) -> None:
    pins = tomllib.loads((root / "pyproject.toml").read_text())["project"]["dependencies"]
    assert f"apache-airflow=={values_of(*names)['airflowVersion']}" in pins


@pytest.mark.parametrize("names", COMBINATIONS, ids=IDS)
def test_our_image_runs_everywhere(names: tuple[str, ...]) -> None:
    # Workers of KubernetesExecutor came from apache/airflow while `images.airflow` named another one.
    values = values_of(*names)
    assert "images" not in values
    assert values["defaultAirflowRepository"].endswith("/snowpod-airflow")
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(values["defaultAirflowTag"]))
    assert "latest" not in json.dumps(values)


@pytest.mark.parametrize("names", COMBINATIONS, ids=IDS)
def test_no_value_is_a_secret(names: tuple[str, ...]) -> None:
    values = values_of(*names)
    for path, value in leaves(values):
        last = path.rpartition(".")[2]
        if re.search(r"pass|secret|key|token|connection$", last, re.IGNORECASE) and isinstance(value, str):
            assert re.search(r"Secret(Key)?Name$|Secret$|SecretName$|secrets_backend", last), path
    # What the chart would make up anew at each upgrade (apache/airflow #57415).
    for name in ("jwtSecretName", "apiSecretKeySecretName", "fernetKeySecretName"):
        assert values[name]
    assert values["data"]["metadataSecretName"]
    assert values["createUserJob"]["enabled"] is False
    assert values["postgresql"] == {"enabled": False}
    assert values["enableBuiltInSecretEnvVars"] == {"AIRFLOW_CONN_AIRFLOW_DB": False}


def test_celery_has_all_its_secrets() -> None:
    values = values_of("celery-executor")
    assert values["redis"]["passwordSecretName"]
    pod = values["redis"]["securityContexts"]["pod"]
    assert pod["fsGroup"] == pod["runAsUser"] == 999  # without it, its volume is root's
    assert values["data"].keys() == {"metadataSecretName", "brokerUrlSecretName", "resultBackendSecretName"}


@pytest.mark.parametrize("executor", EXECUTORS)
def test_workers_alone_get_the_connections(executor: str) -> None:
    values = values_of(executor)
    kind = executor.partition("-")[0]
    worker = values["workers"].pop(kind)
    (volume,) = worker["extraVolumes"]
    (mount,) = worker["extraVolumeMounts"]
    assert volume["secret"]["secretName"] not in json.dumps(values)
    variables = {one["name"]: one["value"] for one in worker["env"]}
    path = json.loads(variables["AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS"])["connections_file_path"]
    assert path == f"{mount['mountPath']}/connections.json"


@pytest.mark.parametrize("executor", EXECUTORS)
def test_who_needs_no_kubernetes_has_no_token(executor: str) -> None:
    values = values_of(executor)
    with_token = {
        name
        for name in ("apiServer", "scheduler", "dagProcessor", "triggerer", "migrateDatabaseJob", "statsd")
        if values[name]["serviceAccount"].get("automountServiceAccountToken", True)
    }
    executors = {"apiServer", "scheduler"} if executor == "kubernetes-executor" else set()
    assert with_token == {"triggerer"} | executors


@pytest.mark.parametrize("names", COMBINATIONS, ids=IDS)
def test_workers_may_call_the_api_server(names: tuple[str, ...]) -> None:
    # An empty list lets nobody in (apache/airflow #46926).
    allowed = values_of(*names)["apiServer"]["networkPolicy"]["ingress"]["from"]
    assert {"podSelector": {"matchLabels": {"tier": "airflow"}}} in allowed


def test_git_sync_reads_the_project_of_the_repository() -> None:
    values = values_of("celery-executor", "git-sync")
    variables = {one["name"]: one["value"] for one in values["env"]}
    assert {one["name"] for one in values_of("celery-executor")["env"]} < variables.keys()  # a list replaces a list
    repository = "/opt/airflow/dags/repo"
    assert variables["AIRFLOW__CORE__DAGS_FOLDER"] == f"{repository}/{values['dags']['gitSync']['subPath']}"
    assert variables["PYTHONPATH"] == repository
    assert variables["AIRFLOW__CORE__PLUGINS_FOLDER"] == f"{repository}/include/plugins"
    assert values["dags"]["gitSync"]["knownHosts"]


def test_pipelines_fit_where_the_values_put_them(root: Path) -> None:
    """The environment that the values name has the namespace of our manifests and the image of the values."""
    variables = {one["name"]: one["value"] for one in values_of()["env"]}
    checked = Checker(Project(root, variables)).pipeline(root / "configs" / "taxi_trip_duration.yaml")
    assert checked.diagnostics == ()
    kubernetes = checked.configs["taxi_trip_duration_kubernetes"]["tasks"]["train"]["kubernetes"]
    assert kubernetes["namespace"] == "snowpod"
    assert kubernetes["in_cluster"] is True
    assert kubernetes["image"] == variables["SNOWPOD_TASK_IMAGE"]


def rendered(**changes: Any) -> list[dict[str, Any]]:
    container = {
        "name": "worker",
        "image": "registry.example.com/snowpod-airflow:1.0.0",
        "resources": {"limits": {"memory": "1Gi"}},
    } | changes
    deployment = {"kind": "Deployment", "metadata": {"name": "one"}}
    return [deployment | {"spec": {"template": {"spec": {"containers": [container]}}}}]


@pytest.mark.parametrize(
    ("items", "flaw"),
    [
        (rendered(image="apache/airflow:3.2.2"), "the image apache/airflow:3.2.2"),
        (rendered(image="redis:latest"), "the image redis:latest"),
        (rendered(resources={}), "no limit of memory"),
        (rendered(env=[{"name": "POSTGRES_PASSWORD", "value": "canary"}]), "a value for POSTGRES_PASSWORD"),
        ([{"kind": "Secret", "metadata": {"name": "made-up"}}], "a Secret that the chart makes up"),
        ([{"kind": "ClusterRole", "metadata": {"name": "all"}}], "a right in the whole cluster"),
    ],
    ids=["another image", "latest", "no limit", "a password", "a secret", "a cluster role"],
)
def test_the_rendering_finds(items: list[dict[str, Any]], flaw: str) -> None:
    assert any(flaw in found for found in flaws(items))


def test_the_rendering_finds_nothing_in_what_is_right() -> None:
    assert list(flaws(rendered())) == []
