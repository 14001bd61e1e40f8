"""An operator that fails where it is told to."""

from __future__ import annotations

from typing import Any

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
