"""Airflow's own pod operators get the Kubernetes client's objects, and the pod that they build is the one written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from kubernetes import client as kubernetes

from include.factory.build import build
from include.factory.check import Checker
from include.factory.code.pod_arguments import _RENDERED
from include.factory.compile import compile_pipeline
from include.factory.kubernetes.models import model
from include.factory.results import Checked
from tests.factory.conftest import HERE

CONTEXT = {"ds": "2024-01-31", "ds_nodash": "20240131", "params": {"claim": "disk", "memory": "1Gi"}}


def _pod(checked: Checked, dag_id: str, task_id: str, context: dict[str, Any] | None = None) -> dict[str, Any]:
    """The pod that a task asks the cluster for, as JSON, without what is empty."""
    assert checked.diagnostics == ()
    operator: Any = build(dag_id, checked.configs[dag_id]).get_task(task_id)
    operator.hook.get_namespace = lambda: "tests"
    operator.render_template_fields(context or CONTEXT)
    sent: dict[str, Any] = kubernetes.ApiClient().sanitize_for_serialization(
        operator.build_pod_request_obj(dry_run=True)
    )
    return _full(sent)


def _full(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _full(base) for key, base in value.items() if base not in ({}, [], None) or key == "emptyDir"}
    return [_full(base) for base in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def pods(checker: Checker) -> Checked:
    return checker.pipeline(HERE / "right" / "operator_pods.yaml")


def test_a_pod_is_the_one_that_was_written(pods: Checked) -> None:
    spec = _pod(pods, "sample_one", "all")["spec"]

    (container,) = spec["containers"]
    assert container["env"][:6] == [
        {"name": "N", "value": "3"},
        {"name": "FLAG", "value": "true"},
        {"name": "RATE", "value": "0.5"},
        {"name": "DAY", "value": "2024-01-31"},
        {"name": "disk_NAME", "value": "x"},
        {"name": "PASSWORD", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
    ]
    assert container["envFrom"] == [{"configMapRef": {"name": "disk"}}, {"secretRef": {"name": "more"}}]
    assert container["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    assert container["resources"] == {
        "requests": {"cpu": "0.5", "memory": "1Gi"},
        "limits": {"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "1"},
    }
    assert container["volumeMounts"] == [
        {"name": "cache", "mountPath": "/tmp"},
        {"name": "disk", "mountPath": "/disk", "subPath": "2024-01-31"},
        {"name": "keys", "mountPath": "/keys", "readOnly": True},
    ]
    assert container["securityContext"] == {"capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    assert spec["volumes"] == [
        {"name": "cache", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "disk", "persistentVolumeClaim": {"claimName": "disk"}},
        {"name": "keys", "secret": {"secretName": "keys", "items": [{"key": "a", "path": "a.pem"}]}},
    ]
    assert spec["initContainers"] == [
        {
            "name": "fetch",
            "image": "busybox:1",
            "env": [{"name": "THREADS", "value": "4"}, {"name": "FLAG", "value": "false"}],
            "volumeMounts": [{"name": "cache", "mountPath": "/cache"}],
            "resources": {"limits": {"memory": "100Mi", "cpu": "1"}},
        }
    ]
    terms = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    assert terms == [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a", "b"]}]}]
    assert spec["tolerations"] == [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}]
    assert spec["securityContext"] == {"runAsUser": 1000, "fsGroup": 1000}
    assert spec["hostAliases"] == [{"ip": "10.0.0.1", "hostnames": ["db"]}]
    assert spec["dnsConfig"] == {"nameservers": ["10.0.0.2"]}
    assert spec["imagePullSecrets"] == [{"name": "registry"}]


def test_variables_as_a_list_become_text(pods: Checked) -> None:
    spec = _pod(pods, "sample_one", "as_list")["spec"]
    assert spec["containers"][0]["env"] == [
        {"name": "N", "value": "3"},
        {"name": "FLAG", "value": "true"},
        {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
    ]
    assert spec["imagePullSecrets"] == [{"name": "registry"}, {"name": "more"}]


def test_objects_and_mappings_stand_beside_each_other(pods: Checked) -> None:
    spec = _pod(pods, "sample_one", "as_objects")["spec"]
    assert spec["volumes"] == [{"name": "data", "emptyDir": {}}]
    assert spec["containers"][0]["volumeMounts"] == [{"name": "data", "mountPath": "/data"}]


def test_a_whole_pod_is_filled_in_everywhere(pods: Checked) -> None:
    pod = _pod(pods, "sample_one", "whole")
    assert pod["metadata"]["labels"]["day"] == "20240131"
    assert pod["spec"]["containers"][0]["volumeMounts"] == [{"name": "data", "mountPath": "/2024-01-31"}]
    assert pod["spec"]["containers"][0]["env"] == [{"name": "N", "value": "3"}]


def test_the_file_of_a_pod_counts_from_the_root(pods: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert _pod(pods, "sample_one", "file")["spec"]["containers"][0]["image"] == "busybox:1"


@pytest.mark.parametrize("dag_id", ["sample_one", "sample_both"])
def test_operators_that_inherit_and_mapped_ones_are_no_different(pods: Checked, dag_id: str) -> None:
    team = _pod(pods, dag_id, "users")
    assert team["spec"]["volumes"] == [{"name": "data", "emptyDir": {}}]
    assert team["metadata"]["labels"]["team"] == "blue"
    mapped: Any = build(dag_id, pods.configs[dag_id]).get_task("mapped")
    assert mapped.expand_input.value["env_vars"] == [{"N": "1"}, {"N": "2"}]
    assert mapped.partial_kwargs["ports"][0].container_port == 80


@pytest.mark.parametrize(
    ("argument", "value", "place"),
    [
        ("env_vars", "[{name: A, value: '{{ ds }}'}]", lambda container, spec: container["env"][0]["value"]),
        ("env_vars", "[{name: '{{ ds }}', value: A}]", lambda container, spec: container["env"][0]["name"]),
        (
            "env_from",
            "[{configMapRef: {name: '{{ ds }}'}}]",
            lambda container, spec: container["envFrom"][0]["configMapRef"]["name"],
        ),
        (
            "env_from",
            "[{secretRef: {name: '{{ ds }}'}}]",
            lambda container, spec: container["envFrom"][0]["secretRef"]["name"],
        ),
        ("volumes", "[{name: '{{ ds }}', emptyDir: {}}]", lambda container, spec: spec["volumes"][0]["name"]),
        (
            "volumes",
            "[{name: a, secret: {secretName: '{{ ds }}'}}]",
            lambda container, spec: spec["volumes"][0]["secret"]["secretName"],
        ),
        (
            "volumes",
            "[{name: a, configMap: {name: '{{ ds }}'}}]",
            lambda container, spec: spec["volumes"][0]["configMap"]["name"],
        ),
        (
            "volume_mounts",
            "[{name: '{{ ds }}', mountPath: /a}]",
            lambda container, spec: container["volumeMounts"][0]["name"],
        ),
        (
            "volume_mounts",
            "[{name: a, mountPath: '/{{ ds }}'}]",
            lambda container, spec: container["volumeMounts"][0]["mountPath"][1:],
        ),
        (
            "container_resources",
            "{limits: {memory: '{{ ds }}'}}",
            lambda container, spec: container["resources"]["limits"]["memory"],
        ),
        ("tolerations", "[{key: '{{ ds }}'}]", lambda container, spec: spec["tolerations"][0]["key"]),
        ("ports", "[{name: '{{ ds }}', containerPort: 1}]", lambda container, spec: container["ports"][0]["name"]),
        (
            "init_containers",
            "[{name: a, image: '{{ ds }}'}]",
            lambda container, spec: spec["initContainers"][0]["image"],
        ),
        ("host_aliases", "[{ip: '{{ ds }}'}]", lambda container, spec: spec["hostAliases"][0]["ip"]),
    ],
)
def test_templates_are_taken_where_airflow_fills_them_in(
    argument: str, value: str, place: Callable[[Any, Any], str], check_text: Callable[[str], Checked], checker: Checker
) -> None:
    """The table of what is rendered is that of the installed provider."""
    operator = "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator"
    text = "pipeline: sample\ntasks:\n  a:\n    operator: {}\n    image: b\n    full_pod_spec: {{}}\n    {}: {}\n"
    refused = check_text(text.format(operator, argument, value))
    checked = check_text(text.format(operator, argument, value.replace("{{ ds }}", "{{ target }}")))

    assert {diagnostic.code for diagnostic in refused.diagnostics} <= {"not-rendered"}
    assert checked.pipeline is not None
    config = compile_pipeline(checked.pipeline, checker.settings)["sample"]
    built: Any = build("sample", {**config, "tasks": {"a": _with_day(config["tasks"]["a"])}}).get_task("a")
    built.hook.get_namespace = lambda: "tests"
    built.render_template_fields(CONTEXT)
    spec = kubernetes.ApiClient().sanitize_for_serialization(built.build_pod_request_obj(dry_run=True))["spec"]
    filled_in = place(spec["containers"][0], spec) == CONTEXT["ds"]
    assert filled_in == (refused.diagnostics == ())


def _with_day(value: Any) -> Any:
    """What the factory filled in, as a template for Airflow."""
    if isinstance(value, str):
        return value.replace("snowpark", "{{ ds }}")
    if isinstance(value, dict):
        return {key: _with_day(base) for key, base in value.items()}
    return [_with_day(base) for base in value] if isinstance(value, list) else value


def test_all_that_is_said_to_be_rendered_exists() -> None:
    for kind, keys in _RENDERED.items():
        described = model(kind)
        assert described is not None
        assert set(keys) <= set(described.types)
