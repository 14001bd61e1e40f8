"""DAGs as Airflow serialises them, less what a tool may add for people: whether two sides' DAGs are equal."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from airflow.serialization.serialized_objects import DagSerialization

FOR_PEOPLE = ("doc_md", "tags", "fileloc", "relative_fileloc", "_processor_dags_folder")
"""What a DAG or a task shows to people, and where it was loaded from."""


def canonical(serialized: dict[str, Any]) -> dict[str, Any]:
    """A serialised DAG, less what may differ: texts for people, places, and the tasks' copies of the DAG's params."""
    dag = {key: value for key, value in serialized["dag"].items() if key not in FOR_PEOPLE}
    dag["tasks"] = sorted((_task(task["__var"]) for task in dag["tasks"]), key=lambda task: task["task_id"])
    return dag


def _task(serialized: dict[str, Any]) -> dict[str, Any]:
    left_out = (*FOR_PEOPLE, "params", "template_fields_renderers")
    task = {key: value for key, value in serialized.items() if key not in left_out and not _is_blueprints(key)}
    task["template_fields"] = sorted(key for key in task["template_fields"] if not _is_blueprints(key))
    return task


def _is_blueprints(field: str) -> bool:
    """Whether a field holds what blueprint shows to people: a step's YAML and its class's source, as templates."""
    return field.startswith("blueprint_")


def digests_and_size(dags: list[Any]) -> dict[str, Any]:
    """The digest of each DAG's canonical form, by its id, and the bytes of all of them serialised."""
    digests, size = {}, 0
    for dag in dags:
        serialized = DagSerialization.to_dict(dag)
        size += len(json.dumps(serialized))
        form = json.dumps(canonical(serialized), sort_keys=True, default=str)
        digests[dag.dag_id] = hashlib.sha256(form.encode()).hexdigest()
    return {"digests": digests, "serialized_bytes": size}
