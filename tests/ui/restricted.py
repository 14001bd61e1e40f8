"""An auth manager with people who may not read everything."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

HIDDEN = "pipeline_0001_side_by_side"


class RestrictedAuthManager(SimpleAuthManager):
    """`nobody` may read nothing, `stranger` not one DAG, `bystander` runs of none, `reader` no results of tasks."""

    def is_authorized_dag(
        self,
        *,
        method: Any,
        user: SimpleAuthManagerUser,
        access_entity: DagAccessEntity | None = None,
        details: DagDetails | None = None,
    ) -> bool:
        if user.username == "nobody":
            return False
        if user.username == "stranger" and details and details.id == HIDDEN:
            return False
        if user.username == "bystander" and access_entity is not None:
            return False
        if user.username == "reader" and access_entity is DagAccessEntity.XCOM:
            return False
        return bool(super().is_authorized_dag(method=method, user=user, access_entity=access_entity, details=details))
