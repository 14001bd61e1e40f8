"""What Airflow asks its plugin for.

Every process of Airflow loads its plugins, each task's too. So each part is imported when it is asked for: the pages by
the API server alone.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk.plugins_manager import AirflowPlugin

from include.ui.notes import RunNotes

PREFIX = "/snowpod"
"""Where the pages are, below Airflow's own address."""
TITLE = "Snowpark or Kubernetes?"


class SnowpodPlugin(AirflowPlugin):
    """The pages, where Airflow's UI shows them, the link of the comparison, and the notes of runs."""

    name = "snowpod"
    listeners = [RunNotes()]  # noqa: RUF012 - Airflow's own way
    # Without a slash in front they are below Airflow's own address, whatever that is.
    external_views = [  # noqa: RUF012
        {"name": TITLE, "href": "snowpod/", "destination": "nav", "url_route": "snowpod"},
        {"name": TITLE, "href": "snowpod/dags/{DAG_ID}", "destination": "dag", "url_route": "snowpod-runs"},
        {"name": "Report", "href": "snowpod/runs/{DAG_ID}/{RUN_ID}", "destination": "dag_run", "url_route": "report"},
    ]

    @property
    def fastapi_apps(self) -> list[Any]:  # type: ignore[override]
        """The pages, for the API server."""
        from include.ui.app import create_app

        return [{"app": create_app(), "url_prefix": PREFIX, "name": TITLE}]

    @property
    def operator_extra_links(self) -> list[Any]:  # type: ignore[override]
        """The link of the comparison, for whoever reads DAGs to show them."""
        from include.ui.links import ReportLink

        return [ReportLink()]
