"""Pods are secure and bounded unless the mapping says otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.providers.cncf.kubernetes.pod_generator import PodGenerator

from include.operators.pod_manifest import pod_manifest


def test_defaults_are_secure_and_bounded() -> None:
    pod = PodGenerator.deserialize_model_dict(pod_manifest({"image": "task:1"}))
    container = pod.spec.containers[0]
    assert pod.spec.automount_service_account_token is False
    assert pod.spec.security_context.run_as_non_root is True
    assert pod.spec.security_context.seccomp_profile.type == "RuntimeDefault"
    assert container.security_context.allow_privilege_escalation is False
    assert container.security_context.read_only_root_filesystem is True
    assert container.security_context.capabilities.drop == ["ALL"]
    assert {"cpu", "memory"} <= set(container.resources.requests) & set(container.resources.limits)
    assert [mount.mount_path for mount in container.volume_mounts] == ["/tmp"]


def test_kubernetes_own_yaml_is_taken_as_it_is() -> None:
    pod = PodGenerator.deserialize_model_dict(
        pod_manifest(
            {
                "image": "task:1",
                "namespace": "ml",
                "labels": {"team": "ml"},
                "env": [{"name": "LEVEL", "value": 3}],
                "nodeSelector": {"disk": "ssd"},
                "tolerations": [{"key": "gpu", "operator": "Exists"}],
                "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "trips"}}],
                "volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": True}],
                "resources": {"requests": {"memory": "2Gi"}},
                "hostNetwork": True,
            }
        )
    )
    container = pod.spec.containers[0]
    assert (pod.metadata.namespace, pod.metadata.labels) == ("ml", {"team": "ml"})
    assert [(item.name, item.value) for item in container.env] == [("LEVEL", "3")]
    assert pod.spec.node_selector == {"disk": "ssd"}
    assert pod.spec.tolerations[0].key == "gpu"
    assert pod.spec.volumes[0].persistent_volume_claim.claim_name == "trips"
    assert container.volume_mounts[0].read_only is True
    assert pod.spec.host_network is True


BESIDE = {"name": "beside", "image": "any:1", "env": [{"name": "N", "value": 3}]}


@pytest.mark.parametrize("key", ["initContainers", "containers"])
def test_further_containers_are_as_secure_and_bounded(key: str) -> None:
    spec = PodGenerator.deserialize_model_dict(pod_manifest({"image": "task:1", key: [BESIDE]})).spec
    assert spec.containers[0].name == "base"  # where KubernetesPodOperator mounts what hands over the result
    (container,) = spec.init_containers or spec.containers[1:]
    assert (container.name, container.image, container.env[0].value) == ("beside", "any:1", "3")
    assert container.security_context.allow_privilege_escalation is False
    assert container.security_context.read_only_root_filesystem is True
    assert container.security_context.capabilities.drop == ["ALL"]
    assert {"cpu", "memory"} <= set(container.resources.requests) & set(container.resources.limits)
    assert [mount.mount_path for mount in container.volume_mounts] == ["/tmp"]
    assert container.image_pull_policy == "IfNotPresent"
    assert container.termination_message_policy == "FallbackToLogsOnError"


def test_further_containers_say_otherwise() -> None:
    mine = {
        "securityContext": {"readOnlyRootFilesystem": False},
        "volumeMounts": [{"name": "mine", "mountPath": "/tmp"}],
        "terminationMessagePolicy": "File",
        "lifecycle": {"preStop": {"exec": {"command": ["stop"]}}},
    }
    _, container = pod_manifest({"image": "task:1", "containers": [BESIDE | mine]})["spec"]["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is False
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["volumeMounts"] == mine["volumeMounts"]
    assert (container["terminationMessagePolicy"], container["lifecycle"]) == ("File", mine["lifecycle"])


@pytest.mark.parametrize(
    ("given", "requests", "limits"),
    [
        ({}, {"cpu": "250m", "memory": "512Mi"}, {"cpu": "1", "memory": "1Gi"}),
        ({"requests": {"cpu": "100m"}}, {"cpu": "100m", "memory": "512Mi"}, {"cpu": "1", "memory": "1Gi"}),
        ({"requests": {"cpu": 4, "memory": "2Gi"}}, {"cpu": 4, "memory": "2Gi"}, {"cpu": 4, "memory": "2Gi"}),
        ({"limits": {"memory": "256Mi"}}, {"cpu": "250m", "memory": "256Mi"}, {"cpu": "1", "memory": "256Mi"}),
        (
            {"limits": {"memory": "{{ params.mem }}"}},
            {"cpu": "250m", "memory": "{{ params.mem }}"},
            {"cpu": "1", "memory": "{{ params.mem }}"},
        ),
        ({"requests": {"cpu": "{{ 2 }}"}}, {"cpu": "{{ 2 }}", "memory": "512Mi"}, {"cpu": "{{ 2 }}", "memory": "1Gi"}),
        (
            {"limits": {"nvidia.com/gpu": 1}},
            {"cpu": "250m", "memory": "512Mi"},
            {"cpu": "1", "memory": "1Gi", "nvidia.com/gpu": 1},
        ),
    ],
)
def test_a_missing_request_or_limit_fits_the_given_one(
    given: dict[str, Any], requests: dict[str, Any], limits: dict[str, Any]
) -> None:
    (container,) = pod_manifest({"image": "task:1", "resources": given})["spec"]["containers"]
    assert container["resources"] == {"requests": requests, "limits": limits}


@pytest.mark.parametrize(
    ("written", "text"),
    [(True, "true"), (False, "false"), (3, "3"), (0.5, "0.5"), (None, ""), ("yes", "yes"), ([1, "a"], '[1, "a"]')],
)
def test_values_are_text_as_yaml_spells_them(written: Any, text: str) -> None:
    manifest = pod_manifest(
        {
            "image": "task:1",
            "env": [{"name": "A", "value": written}],
            "labels": {"a": written},
            "nodeSelector": {"a": written},
        }
    )
    assert manifest["spec"]["containers"][0]["env"] == [{"name": "A", "value": text}]
    assert manifest["metadata"]["labels"] == manifest["spec"]["nodeSelector"] == {"a": text}
