"""The link from the task that compares to the report of its run."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from airflow.configuration import conf
from airflow.sdk import BaseOperatorLink

from include.operators.comparison import ComparisonOperator

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator
    from airflow.sdk.types import TaskInstanceKey


class ReportLink(BaseOperatorLink):
    """A button on the page of the task."""

    name = "Report"
    operators = [ComparisonOperator]  # noqa: RUF012 - Airflow's own way

    def get_link(self, operator: BaseOperator, *, ti_key: TaskInstanceKey) -> str:
        """Return where the report is, below Airflow's own address."""
        root = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
        return f"{root}/snowpod/runs/{quote(ti_key.dag_id, safe='')}/{quote(ti_key.run_id, safe='')}"
