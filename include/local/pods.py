"""What a local run with pods needs besides a cluster: the task image in it, and trust in the embedded Snowflake."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from include.constants import POD_OPERATORS, ROOT
from include.factory.config import Config
from include.local.kubernetes.choice import NONE
from include.local.kubernetes.state import State

STATE = State(ROOT / ".local" / "kubernetes")
"""One for all local state folders: a machine has room for one cluster."""


def has_pods(config: Config) -> bool:
    """Whether a DAG runs anything in pods.

    Args:
        config: what the factory compiled the DAG to.

    Returns:
        True if one of its tasks is a pod operator.
    """
    return any(task["operator"] in POD_OPERATORS for task in config["tasks"].values())


def provide(ca_bundle: Path, snowflake_port: int) -> bool:
    """Start the cluster, unless it is up, and give it the image and the certificates.

    Args:
        ca_bundle: the certificates that clients of the embedded Snowflake trust.
        snowflake_port: where it listens on this machine's loopback.

    Returns:
        Whether there is a cluster; if not, why and how to get one has been said.

    Raises:
        subprocess.CalledProcessError: there should be one, and it does not work; the reason has been printed.
    """
    command = [sys.executable, "-m", "include.local.kubernetes", "--state", str(STATE.folder)]
    up = subprocess.run([*command, "up"], cwd=ROOT, check=False)
    if up.returncode == NONE:
        return False
    up.check_returncode()
    for words in (["image"], ["reach", str(snowflake_port)]):
        subprocess.run([*command, *words], cwd=ROOT, check=True)
    _put_config_map(config_map(ca_bundle), ca_bundle)
    return True


def environment(ca_bundle: Path) -> dict[str, str]:
    """Return what Airflow must know of the cluster.

    Args:
        ca_bundle: the certificates that clients of the embedded Snowflake trust.

    Returns:
        Environment variables; none if there is no cluster.
    """
    if not (STATE.kubeconfig.exists() and STATE.image.exists()):
        return {}
    connection = {
        "conn_type": "kubernetes",
        "extra": {"kube_config_path": str(STATE.kubeconfig), "namespace": "default"},
    }
    return {
        "AIRFLOW_CONN_KUBERNETES_DEFAULT": json.dumps(connection),
        "SNOWPOD_TASK_IMAGE": STATE.image.read_text().strip(),
        "SNOWPOD_SIDECAR_IMAGE": STATE.sidecar.read_text().strip(),
        "SNOWPOD_CA_CONFIGMAP": config_map(ca_bundle),
    }


def config_map(ca_bundle: Path) -> str:
    """Name of the ConfigMap with these certificates: another embedded Snowflake has another."""
    return f"snowpod-ca-{hashlib.sha256(ca_bundle.read_bytes()).hexdigest()[:8]}"


def _put_config_map(name: str, ca_bundle: Path) -> None:
    kubectl = ["kubectl", f"--kubeconfig={STATE.kubeconfig}", "--namespace=default"]
    made = subprocess.run(
        [*kubectl, "create", "configmap", name, f"--from-file=ca-bundle.pem={ca_bundle}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode and "exists" not in made.stderr:
        print(made.stderr, file=sys.stderr)
        made.check_returncode()
