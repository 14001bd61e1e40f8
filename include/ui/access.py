"""What a user may read, as Airflow's auth manager says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.models.dag import DagModel
from fastapi import HTTPException, Request

SHOWN = (DagAccessEntity.RUN, DagAccessEntity.TASK_INSTANCE, DagAccessEntity.XCOM)
"""What a report has of a DAG: its runs, how their tasks went, and what these returned."""


def require_runs(request: Request, user: Any, dag_id: str) -> None:
    """Refuse a user who may not read all that a report of a DAG's run shows.

    Args:
        request: the request.
        user: the user.
        dag_id: the DAG, whether there is one of this name or not.

    Raises:
        HTTPException: 403; the user may not. 404: no DAG can have such a name.
    """
    if "\0" in dag_id:  # PostgreSQL takes no such text
        raise HTTPException(404, "There is no such DAG.")
    for entity in SHOWN:
        requires_access_dag("GET", entity, dag_id)(request, user)


def may_read_runs(user: Any, dag_ids: Iterable[str]) -> set[str]:
    """Return those DAGs of which a user may read all that a report shows.

    Args:
        user: the user.
        dag_ids: the DAGs.

    Returns:
        Their ids.
    """
    ids = list(dag_ids)
    manager = get_auth_manager()
    teams = DagModel.get_dag_id_to_team_name_mapping(ids)

    def may(dag_id: str, entity: DagAccessEntity) -> bool:
        details = DagDetails(id=dag_id, team_name=teams.get(dag_id))
        return manager.is_authorized_dag(method="GET", access_entity=entity, details=details, user=user)

    return {dag_id for dag_id in ids if all(may(dag_id, entity) for entity in SHOWN)}
