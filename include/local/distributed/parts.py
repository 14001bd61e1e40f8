"""The processes of a distributed Airflow: their commands and environments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from include.constants import ROOT
from include.local.distributed import servers
from include.local.distributed.settings import (
    TASKS_OF_A_WORKER,
    WORKERS,
    Ports,
    environment,
    shared_secrets,
    worker_environment,
)

AIRFLOW = ROOT / ".local" / "venvs" / "distributed" / "bin" / "airflow"


@dataclass(frozen=True)
class Part:
    """One process that is to run all the time.

    Attributes:
        name: what its log and the status call it.
        command: its words.
        environment: all of its environment.
        lean_on: whether others need it to end well, so that it ends after them: at SIGINT, without waiting for clients.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    lean_on: bool = False


def stores(folder: Path, ports: Ports) -> tuple[Part, ...]:
    """Return PostgreSQL and Redis, whose data folders are made if need be.

    Args:
        folder: the state folder.
        ports: where what listens.
    """
    secrets = shared_secrets(folder)
    servers.make_database(folder / "postgres", secrets)
    plain = {"PATH": os.environ.get("PATH", os.defpath)}
    return (
        Part("postgres", tuple(servers.postgres_command(folder / "postgres", ports.postgres)), plain, lean_on=True),
        Part("redis", tuple(servers.redis_command(folder / "redis", ports.redis, secrets)), plain, lean_on=True),
    )


def airflow_parts(folder: Path, ports: Ports) -> tuple[Part, ...]:
    """Return Airflow's own processes.

    Args:
        folder: the state folder.
        ports: where what listens.
    """
    common = environment(folder, ports) | {"PATH": os.pathsep.join([str(AIRFLOW.parent), os.environ.get("PATH", "")])}
    triggerer = {**common, "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(ports.logs[0])}
    return (
        Part("api-server", (str(AIRFLOW), "api-server", "--host", "127.0.0.1", "--workers", "1"), common),
        Part("scheduler", (str(AIRFLOW), "scheduler"), common),
        Part("dag-processor", (str(AIRFLOW), "dag-processor"), common),
        Part("triggerer", (str(AIRFLOW), "triggerer"), triggerer),
        *(_worker(common, number, ports) for number in range(1, WORKERS + 1)),
    )


def _worker(common: dict[str, str], number: int, ports: Ports) -> Part:
    name = f"worker-{number}"
    words = ("celery", "worker", "--concurrency", str(TASKS_OF_A_WORKER), "--celery-hostname", f"{name}@%h")
    return Part(name, (str(AIRFLOW), *words), worker_environment(common, number, ports))
