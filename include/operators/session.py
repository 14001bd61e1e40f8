"""What a task says of its Snowflake session: where it works, and whose statements these are."""

from __future__ import annotations

from typing import Protocol

from airflow.sdk import Context

from include.constants import SESSION_KEYS


class SessionChoices(Protocol):
    """An operator with the attributes of `SESSION_KEYS`."""

    warehouse: str | None
    role: str | None
    database: str | None
    schema: str | None


def chosen(operator: SessionChoices) -> dict[str, str]:
    """Return what an operator's task chose of `SESSION_KEYS`.

    Args:
        operator: one of ours, its templates rendered.

    Returns:
        The choices by name, without those left to the connection.
    """
    return {name: str(value) for name in SESSION_KEYS if (value := getattr(operator, name))}


def query_tag(context: Context) -> dict[str, str | int]:
    """Return the names of the running task.

    Args:
        context: Airflow's template context.

    Returns:
        `dag_id`, `task_id`, `run_id`, `try_number` and `map_index`.
    """
    instance = context["ti"]
    return {
        "dag_id": instance.dag_id,
        "task_id": instance.task_id,
        "run_id": instance.run_id,
        "try_number": instance.try_number,
        "map_index": -1 if instance.map_index is None else instance.map_index,
    }
