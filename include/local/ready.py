"""What a run needs and this machine may not have: found before anything starts, not by a task after its retries."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from include.constants import CONTAINER_OPERATOR, DEFAULT_CONNECTION, ENVIRONMENT_VARIABLE, SQL_OPERATOR
from include.factory.config import Config
from include.factory.project import DEFAULT_ENVIRONMENT

OTHER_RUNS = {
    "TriggerDagRunOperator": ("trigger_dag_id", "starts"),
    "ExternalTaskSensor": ("external_dag_id", "waits for"),
}
"""Operators that need another pipeline to run too: where they name it, and what they do with it."""
MADE_HERE = (DEFAULT_CONNECTION, "kubernetes_default")
"""Connections that the commands of a laptop make."""
_PLACEHOLDER = "registry.example.com/"


def missing(config: Config, variables: Mapping[str, str], home: Path) -> list[str]:
    """Find what a DAG needs and is not here.

    Args:
        config: what the DAG is compiled to.
        variables: the environment of the run.
        home: Airflow's home folder.

    Returns:
        A line for each missing thing, with what to do.
    """
    environment = variables.get(ENVIRONMENT_VARIABLE) or DEFAULT_ENVIRONMENT
    found = [*_interpreters(config), *_connections(config, variables, home), *_pods(config, variables)]
    if found and environment != DEFAULT_ENVIRONMENT:
        found.append(
            f"The environment is {environment}; without {ENVIRONMENT_VARIABLE} it is {DEFAULT_ENVIRONMENT}, which needs"
            " none of it."
        )
    return found


def other_runs(config: Config) -> list[str]:
    """Find tasks that a single run cannot serve.

    Args:
        config: what the DAG is compiled to.

    Returns:
        A line for each task that needs another pipeline to run beside it, with what to do.
    """
    lines = []
    for name, task in config["tasks"].items():
        if known := OTHER_RUNS.get(_class(task)):
            key, verb = known
            lines.append(
                f"{name} {verb} {task.get(key)}, but a single run has no other beside it: start Airflow (`make up`),"
                " then run it there."
            )
    return lines


def _interpreters(config: Config) -> Iterator[str]:
    for path, tasks in _by_value(
        config, lambda task: task.get("python") if task["operator"].startswith("include.operators.") else None
    ):
        if not Path(path).is_file():
            yield (
                f"The Snowpark interpreter {path} of {tasks} is not there. `make setup` makes the one of a laptop; for"
                " another, set `snowpark: python:` in the environment's file."
            )


def _connections(config: Config, variables: Mapping[str, str], home: Path) -> Iterator[str]:
    if variables.get("AIRFLOW__SECRETS__BACKEND"):
        return  # only the backend knows
    stored = {*MADE_HERE, *_stored_connections(home)}
    for name, tasks in _by_value(
        config, lambda task: task.get("snowflake_conn_id") or (task["operator"] == SQL_OPERATOR and task.get("conn_id"))
    ):
        variable = f"AIRFLOW_CONN_{name.upper()}"
        if name not in stored and variable not in variables:
            yield (
                f"There is no Airflow connection {name}, which {tasks} need: add it in Airflow (Admin, Connections), or"
                f" set {variable}."
            )


def _pods(config: Config, variables: Mapping[str, str]) -> Iterator[str]:
    if "KUBERNETES_SERVICE_HOST" not in variables:
        for _, tasks in _by_value(config, lambda task: "in" if _kubernetes(task).get("in_cluster") is True else None):
            yield (
                f"{tasks} run their pods from inside a cluster (`kubernetes: in_cluster: true`), and this machine is in"
                " none."
            )
    for image, tasks in _by_value(config, _image):
        if image.startswith(_PLACEHOLDER):
            yield f"The image {image} of {tasks} is only an example: set SNOWPOD_TASK_IMAGE or `kubernetes: image:`."


def _by_value(config: Config, value: Any) -> Iterator[tuple[str, str]]:
    """Each value that tasks have, with the tasks' names; one with a template is known only at the run."""
    tasks: dict[str, list[str]] = {}
    for name, task in config["tasks"].items():
        found = value(task)
        if isinstance(found, str) and "{{" not in found:
            tasks.setdefault(found, []).append(name)
    for found, names in tasks.items():
        yield found, ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _kubernetes(task: Config) -> Mapping[str, Any]:
    return task.get("kubernetes") or {} if task["operator"].startswith("include.operators.") else {}


def _image(task: Config) -> Any:
    own = (task.get("container") or {}) if task["operator"] == CONTAINER_OPERATOR else {}
    return own.get("image") or _kubernetes(task).get("image")


def _class(task: Config) -> str:
    return str(task["operator"]).rpartition(".")[2]


def _stored_connections(home: Path) -> list[str]:
    path = home / "airflow.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        try:
            return [str(name) for (name,) in database.execute("SELECT conn_id FROM connection")]
        except sqlite3.OperationalError:
            return []  # a database that is not made yet
