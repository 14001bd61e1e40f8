"""The report of a run, as a page and as figures."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy import Connection

from include.report.document import report_of
from include.report.runs import latest_runs, read_run
from include.ui.prices import prices


def report_of_run(connection: Connection, dag_id: str, run_id: str) -> dict[str, Any]:
    """Make the report of a run.

    Args:
        connection: an open connection to Airflow's metadata database.
        dag_id: the DAG.
        run_id: the run.

    Returns:
        What report.json holds.

    Raises:
        NoRunError: there is no such run.
    """
    return report_of(read_run(connection, dag_id, run_id), prices(), latest_runs(connection, dag_id))


def report_page(request: Request, report: dict[str, Any]) -> HTMLResponse:
    """Show a report, with ways to the other pages before it.

    Args:
        request: what the page answers.
        report: what `report_of_run` gave.

    Returns:
        The page.
    """
    # The plots' library takes a second to import: the other pages do without it.
    from include.report.page import html

    ways = _WAYS.format(
        here=request.scope["root_path"],
        dag=quote(report["dag_id"], safe=""),
        run=quote(report["run_id"], safe=""),
        name=report["dag_id"],
    )
    return HTMLResponse(html(report).replace("<body>", f"<body>{ways}", 1))


_WAYS = Markup(
    '<nav aria-label="Pages" style="max-width: 1180px; margin: 0 auto; padding: 16px 16px 0">'
    '<a href="{here}/">All pipelines</a> · <a href="{here}/dags/{dag}">Runs of {name}</a>'
    ' · <a href="{here}/runs/{dag}/{run}/report.json">Its figures as JSON</a></nav>'
)
