"""The environment of a distributed Airflow: one database, one broker, connections from a secrets backend."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.local import airflow, places

FOLDER = places.LOCAL / "distributed"
WORKERS = 2
TASKS_OF_A_WORKER = 4
ACTIVE_RUNS = 16
"""Of a DAG at once, whatever its file says: those of `make load` have tables of their own."""
HEARTBEAT_SECONDS = 60
"""After so long without a word of a task, its worker is taken for dead and the task is tried again."""
QUEUED_SECONDS = 120
"""After so long in a queue of a worker that is gone, a task is queued again. Celery's own answer takes a day."""

_CONNECTIONS = "AIRFLOW_CONN_"


@dataclass(frozen=True)
class Ports:
    """Where on loopback what listens.

    Attributes:
        api: Airflow's API server and UI.
        postgres: PostgreSQL.
        redis: Redis.
        logs: the log servers of the triggerer and of the workers.
    """

    api: int
    postgres: int
    redis: int
    logs: tuple[int, ...]


@dataclass(frozen=True)
class Secrets:
    """What the processes of one Airflow share, and nobody else knows; each is made once.

    Attributes:
        fernet: the key that values in the metadata database are encrypted with.
        jwt: signs what workers show to the API server.
        api: signs the UI's sessions.
        postgres: the database's password.
        redis: the broker's password.
    """

    fernet: str
    jwt: str
    api: str
    postgres: str
    redis: str


def shared_secrets(folder: Path) -> Secrets:
    """Return the secrets of the Airflow in a folder; made when missing, and readable by their owner alone.

    Args:
        folder: the state folder.
    """
    path = folder / "secrets.json"
    if not path.exists():
        made = Secrets(urlsafe_b64encode(secrets.token_bytes(32)).decode(), *(secrets.token_hex(32) for _ in range(4)))
        write_private(path, json.dumps(vars(made)))
    return Secrets(**json.loads(path.read_text()))


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


def environment(folder: Path, ports: Ports) -> dict[str, str]:
    """Return the environment of all of Airflow's processes but the workers'.

    No connection is in it: they come from a file that Airflow's LocalFilesystemBackend reads, as they would come from
    Vault or a cloud's store.

    Args:
        folder: the state folder.
        ports: where what listens.
    """
    shared = shared_secrets(folder)
    base = airflow.environment(home=folder / "airflow")
    _write_connections(folder / "connections.json", base)
    _write_policy(folder / "airflow" / "config")
    url = f"http://127.0.0.1:{ports.api}"
    backend = "airflow.secrets.local_filesystem.LocalFilesystemBackend"
    arguments = json.dumps({"connections_file_path": str(folder / "connections.json")})
    return {
        **{name: value for name, value in base.items() if not name.startswith(_CONNECTIONS)},
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(4 * WORKERS * TASKS_OF_A_WORKER),
        "AIRFLOW__CORE__FERNET_KEY": shared.fernet,
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__API__PORT": str(ports.api),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": shared.api,
        "AIRFLOW__API_AUTH__JWT_SECRET": shared.jwt,
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": (
            f"postgresql+psycopg2://airflow:{shared.postgres}@127.0.0.1:{ports.postgres}/airflow"
        ),
        "AIRFLOW__CELERY__BROKER_URL": f"redis://:{shared.redis}@127.0.0.1:{ports.redis}/0",
        "AIRFLOW__CELERY__RESULT_BACKEND": f"redis://:{shared.redis}@127.0.0.1:{ports.redis}/1",
        # A worker that takes more than it runs takes them to its grave.
        "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": str(HEARTBEAT_SECONDS),
        "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": str(QUEUED_SECONDS),
        "AIRFLOW__SECRETS__BACKEND": backend,
        "AIRFLOW__SECRETS__BACKEND_KWARGS": arguments,
        "AIRFLOW__WORKERS__SECRETS_BACKEND": backend,
        "AIRFLOW__WORKERS__SECRETS_BACKEND_KWARGS": arguments,
    }


def worker_environment(common: dict[str, str], number: int, ports: Ports) -> dict[str, str]:
    """Return the environment of a worker: without the metadata database, which only Airflow's own parts may reach.

    Args:
        common: what `environment` gave.
        number: which worker, from 1.
        ports: where what listens.
    """
    kept = {name: value for name, value in common.items() if name != "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"}
    return {**kept, "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(ports.logs[number])}


def _write_connections(path: Path, variables: dict[str, str]) -> None:
    found: dict[str, Any] = {
        name.removeprefix(_CONNECTIONS).lower(): json.loads(value)
        for name, value in variables.items()
        if name.startswith(_CONNECTIONS) and value.startswith("{")
    }
    write_private(path, json.dumps(found))


def _write_policy(folder: Path) -> None:
    """Write a cluster policy (Airflow, "Cluster Policies"), which Airflow imports from this folder of its home."""
    folder.mkdir(parents=True, exist_ok=True)
    policy = f"def dag_policy(dag):\n    dag.max_active_runs = {ACTIVE_RUNS}\n"
    (folder / "airflow_local_settings.py").write_text(policy)
