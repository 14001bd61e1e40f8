"""Operators of users: one that fails where it is told to, one that inherits from KubernetesPodOperator."""

from __future__ import annotations

from typing import Any

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import BaseOperator


class Raises(BaseOperator):
    """Raises when it is made, or when Airflow serialises it."""

    def __init__(self, *, at: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if at == "start":
            raise RuntimeError("raised at start")

    @property
    def template_fields_renderers(self) -> dict[str, str]:
        raise RuntimeError("raised at serialisation")


class TeamPodOperator(KubernetesPodOperator):
    """A team's own: its image, and whatever else KubernetesPodOperator takes."""

    def __init__(self, *, team: str = "red", image: str = "registry.example.com/team:1", **kwargs: Any) -> None:
        super().__init__(image=image, labels={"team": team}, **kwargs)
