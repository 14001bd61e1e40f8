"""Pods seen from inside, and each way in which a pod goes wrong: told from the others, with what to do.

All in one run.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat, PublicFormat
from kubernetes.client import V1ConfigMap, V1ObjectMeta, V1Secret

from include.local import airflow
from include.local.log import task_error
from tests.kubernetes.recorder import NAMESPACE, Pod, Recorder
from tests.kubernetes.relay import kubeconfig
from tests.laptop import CANARY, Finished, Laptop

DAG = "pod_probes"
HUSH = "hush-4b7d"
PASSPHRASE = "opens-e1c9"


@pytest.fixture(scope="module")
def given(clustered: Laptop, recorder: Recorder) -> Iterator[dict[str, str]]:
    """What a user has in the cluster already; the names of these as variables for the configuration."""
    name = f"probe-{uuid.uuid4().hex[:8]}"
    metadata = V1ObjectMeta(name=name)
    recorder.api.create_namespaced_config_map(NAMESPACE, V1ConfigMap(metadata=metadata, data={"text": "hello"}))
    recorder.api.create_namespaced_secret(NAMESPACE, V1Secret(metadata=metadata, string_data={"HUSH": HUSH}))
    connection = V1Secret(
        metadata=V1ObjectMeta(name=f"{name}-connection"),
        string_data={"connection.json": json.dumps(clustered.parameters)},
    )
    recorder.api.create_namespaced_secret(NAMESPACE, connection)
    yield {"PROBE_SECRET": name, "PROBE_CONFIG_MAP": name, "PROBE_CONNECTION": f"{name}-connection"}
    recorder.api.delete_namespaced_config_map(name, NAMESPACE)
    for secret in (name, f"{name}-connection"):
        recorder.api.delete_namespaced_secret(secret, NAMESPACE)


@pytest.fixture(scope="module")
def private_key(clustered: Laptop) -> str:
    """A new key of the user's, as PEM, that a passphrase opens."""
    key = rsa.generate_private_key(65537, 2048)
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    clustered.sql(
        f"ALTER USER {clustered.parameters['user']} SET RSA_PUBLIC_KEY = '{base64.b64encode(public).decode()}'"
    )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode())).decode()


@pytest.fixture(scope="module")
def done(
    clustered: Laptop, given: dict[str, str], private_key: str, tmp_path_factory: pytest.TempPathFactory
) -> Finished:
    right = json.loads(airflow.environment(clustered.local / "snowflake")["AIRFLOW_CONN_SNOWFLAKE_DEFAULT"])
    key_pair = {**right, "password": PASSPHRASE, "extra": {**right["extra"], "private_key_content": private_key}}
    gone = {**right, "extra": {**right["extra"], "port": 1}}
    closed = kubeconfig(tmp_path_factory.mktemp("gone") / "kubeconfig", "https://127.0.0.1:1")
    return clustered.run(
        DAG,
        **given,
        AIRFLOW_CONN_SNOWFLAKE_WRONG=json.dumps({**right, "password": f"not-{CANARY[::-1]}"}),
        AIRFLOW_CONN_SNOWFLAKE_GONE=json.dumps(gone),
        AIRFLOW_CONN_SNOWFLAKE_KEY_PAIR=json.dumps(key_pair),
        AIRFLOW_CONN_KUBERNETES_GONE=json.dumps({"conn_type": "kubernetes", "extra": {"kube_config_path": closed}}),
    )


@pytest.fixture(scope="module")
def tasks(done: Finished, clustered: Laptop) -> dict[str, dict[str, Any]]:
    return {task["task_id"]: task for task in clustered.latest(DAG)["tasks"]}


@pytest.fixture
def look(tasks: dict[str, Any], recorder: Recorder) -> Pod:
    (pod,) = recorder.pods(DAG, "look")
    return pod


def test_a_pod_is_locked_down(tasks: dict[str, Any], look: Pod) -> None:
    seen = tasks["look"]["result"]
    assert seen["ids"] == [1000, 1000]
    assert seen["capabilities"] == 0
    assert seen["no_new_privileges"] == "1"
    assert seen["seccomp"] == "2"  # a filter (proc(5))
    assert seen["writable"] == ["/tmp"]
    assert seen["token"] is False
    spec = look.last["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert not spec.get("hostPID")
    assert not spec.get("hostIPC")
    for container in spec["containers"]:
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        for bounds in ("requests", "limits"):
            assert set(container["resources"][bounds]) >= {"cpu", "memory"}
    assert spec["activeDeadlineSeconds"] > 0


def test_what_a_user_writes_arrives_in_the_pod(tasks: dict[str, Any], look: Pod) -> None:
    seen = tasks["look"]["result"]
    assert (seen["colour"], seen["greeting"], seen["secret_length"]) == ("blue", "hello", len(HUSH))
    assert look.last["metadata"]["labels"]["team"] == "probes"
    assert look.last["metadata"]["annotations"]["example.com/why"] == "to look around"
    assert look.last["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux"}
    assert {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"} in look.last["spec"]["tolerations"]
    (base,) = [container for container in look.last["spec"]["containers"] if container["name"] == "base"]
    assert base["resources"]["requests"] == {"cpu": "50m", "memory": "128Mi"}
    assert base["resources"]["limits"] == {"cpu": "1", "memory": "512Mi"}


def test_name_and_labels_say_what_it_is(look: Pod, clustered: Laptop) -> None:
    assert look.name.startswith("pod-probes-look-1-")
    labels = look.last["metadata"]["labels"]
    assert (labels["dag_id"], labels["task_id"], labels["try_number"]) == (DAG, "look", "1")
    assert labels["run_id"][:20] == clustered.latest(DAG)["run_id"][:20]


def test_the_target_by_task(tasks: dict[str, Any], recorder: Recorder) -> None:
    assert tasks["count"]["result"] == 7
    assert len(recorder.pods(DAG, "count")) == 1
    assert recorder.pods(DAG, "make_table") == []


def test_a_deferred_task_has_its_result(tasks: dict[str, Any], clustered: Laptop) -> None:
    assert tasks["deferred"]["state"] == "success"
    assert tasks["deferred"]["result"] == {"answer": 42, "question": 7, "user": clustered.parameters["user"]}
    _, _, log = clustered.log(DAG).partition("starting task_id=deferred ")
    assert "Pausing task as DEFERRED" in log.partition("end task task_id=deferred ")[0]


def test_a_given_secret_is_used_and_left_alone(
    tasks: dict[str, Any], recorder: Recorder, given: dict[str, str]
) -> None:
    assert tasks["given_secret"]["state"] == "success"
    (pod,) = recorder.pods(DAG, "given_secret")
    assert given["PROBE_CONNECTION"] in json.dumps(pod.last["spec"]["volumes"])
    assert pod.name not in recorder.secrets
    kept = recorder.api.read_namespaced_secret(given["PROBE_CONNECTION"], NAMESPACE)
    assert json.loads(base64.b64decode(kept.data["connection.json"]))["password"] == CANARY
    assert not kept.metadata.owner_references


def test_a_key_pair_works_on_each_way(
    tasks: dict[str, Any], private_key: str, clustered: Laptop, recorder: Recorder
) -> None:
    """The embedded Snowflake checks the signature; no password is there that it could take in its place."""
    user = clustered.parameters["user"]
    for way in ("kubernetes", "snowpark", "procedure"):
        assert tasks[f"key_pair_{way}"]["result"] == {"answer": 42, "question": None, "user": user}
    assert tasks["key_pair_sql"]["result"] == [[user]]
    seen = json.dumps([(pod.states, pod.log) for pod in recorder.pods(DAG)]) + clustered.log(DAG)
    line = private_key.splitlines()[5]
    for secret in (line, PASSPHRASE):
        assert secret not in seen
        for path in (clustered.local / "airflow").rglob("*"):
            assert not path.is_file() or secret.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ("fails", ["probes.py", "raise ValueError", "ValueError: the probe's own mistake"]),
        (
            "out_of_memory",
            ["Started container base", "limit of 384Mi (OOMKilled", "raise kubernetes.resources.limits.memory"],
        ),
        ("deferred_out_of_memory", ["limit of 384Mi (OOMKilled", "raise kubernetes.resources.limits.memory"]),
        ("no_image", ["Failed:", "localhost:1/snowpod-task:nowhere cannot be pulled", "check kubernetes.image"]),
        (
            "unschedulable",
            [
                "FailedScheduling",
                "No node can take the pod",
                "Insufficient memory",
                "lower kubernetes.resources.requests",
            ],
        ),
        (
            "deferred_unschedulable",
            ["No node can take the pod", "Insufficient memory", "lower kubernetes.resources.requests"],
        ),
        ("no_secret", ["FailedMount", "no-such-secret"]),
        ("too_long", ["execution_timeout", "12 s"]),
        ("wrong_password", ["Incorrect username or password", "check login and password"]),
        ("snowflake_gone", ["Snowflake (localhost) did not open a session", "check that it runs and that host, port"]),
        (
            "cluster_gone",
            ["The Kubernetes cluster does not answer", "127.0.0.1", "check the Airflow connection kubernetes_gone"],
        ),
    ],
)
def test_the_last_lines_say_what_went_wrong(
    task: str, words: list[str], tasks: dict[str, Any], clustered: Laptop
) -> None:
    assert tasks[task]["state"] == "failed"
    error = task_error(clustered.log(DAG), task)
    for word in words:
        assert word in error


def test_a_failed_pod_is_kept_if_asked(tasks: dict[str, Any], recorder: Recorder) -> None:
    assert tasks["kept"]["state"] == "failed"
    (pod,) = recorder.pods(DAG, "kept")
    kept = recorder.api.read_namespaced_pod(pod.name, NAMESPACE)
    assert [
        status.state.terminated.exit_code for status in kept.status.container_statuses if status.name == "base"
    ] == [1]
    log = recorder.api.read_namespaced_pod_log(
        pod.name, NAMESPACE, container="base", _preload_content=False
    ).data.decode()
    recorder.kill(pod)
    assert "the probe's own mistake" in log


def test_nothing_is_left_of_failed_tasks_either(tasks: dict[str, Any], recorder: Recorder) -> None:
    ours = recorder.pods(DAG)
    assert {pod.task for pod in ours} == set(tasks) - {
        "make_table",
        "key_pair_snowpark",
        "key_pair_procedure",
        "key_pair_sql",
        "cluster_gone",
    }
    assert recorder.left(ours) == []


def test_no_password_in_logs_or_pods(tasks: dict[str, Any], recorder: Recorder, clustered: Laptop) -> None:
    seen = json.dumps([(pod.states, pod.log) for pod in recorder.pods(DAG)]) + clustered.log(DAG)
    for password in (CANARY, CANARY[::-1], HUSH):
        assert password not in seen
