"""The name and the labels of a pod: what Kubernetes takes, whatever DAG and task are called."""

from __future__ import annotations

from typing import Any

from airflow.providers.cncf.kubernetes.kubernetes_helper_functions import POD_NAME_MAX_LENGTH
from slugify import slugify

SUFFIX = len("-12345678")
"""Characters that KubernetesPodOperator appends by chance to make the name unique."""


LABEL_LENGTH = 50
"""Characters of an id in a label; with the hash it stays within the 63 of a label's value."""


def pod_name(instance: Any) -> str:
    """Names the pod of a try after its DAG, its task, its index if it is mapped, and the number of the try.

    A pod's name is the host name in it too, so it is a DNS label (RFC 1123): lower-case letters, digits and `-`, at
    most 63 characters. Other letters are written in Latin ones. Where both names are too long, each gets its half, so
    that neither hides the other.

    Args:
        instance: the running task instance.

    Returns:
        The name, without the suffix that makes it unique.
    """
    index = getattr(instance, "map_index", None)
    end = f"-{index}-{instance.try_number}" if index is not None and index >= 0 else f"-{instance.try_number}"
    room = POD_NAME_MAX_LENGTH - SUFFIX - len(end) - len("-")
    dag, task = slugify(instance.dag_id) or "dag", slugify(instance.task_id) or "task"
    of_task = min(len(task), max(room // 2, room - len(dag)))
    return f"{dag[: room - of_task].rstrip('-')}-{task[:of_task].strip('-')}{end}"


def pod_labels(labels: dict[str, str], instance: Any) -> dict[str, str]:
    """Return the labels by which KubernetesPodOperator finds a pod again, each a value that Kubernetes takes.

    The provider (10.25.0) leaves nothing but `-` and a hash of an id without any letter that a label may have.

    Args:
        labels: as the provider makes them.
        instance: the running task instance.

    Returns:
        The labels; a value that Kubernetes would refuse begins with the id in Latin letters.
    """
    ids = {"dag_id": instance.dag_id, "task_id": instance.task_id, "run_id": instance.run_id}
    return {
        name: f"{slugify(ids.get(name, ''))[:LABEL_LENGTH] or name}{value}" if value.startswith("-") else value
        for name, value in labels.items()
    }
