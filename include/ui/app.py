"""The pages: a FastAPI application that Airflow's API server mounts."""

from __future__ import annotations

import functools
import importlib
import threading
from typing import Any

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.common.db.common import SessionDep
from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException

from include.report.runs import NoRunError
from include.ui.access import may_read_runs, require_runs
from include.ui.guard import Guard
from include.ui.overview import overview, row_of
from include.ui.pages import page
from include.ui.pipelines import Pipeline, Variant, pipeline_of, pipelines
from include.ui.report import report_of_run, report_page

LISTED = 100
"""Runs on the page of one DAG."""
JSON_SUFFIX = "/report.json"
router = APIRouter()


def create_app() -> FastAPI:
    """Make the application.

    Returns:
        It, with nothing that anybody could see without Airflow's login.
    """
    app = FastAPI(title="Snowpod", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(router)
    app.add_exception_handler(AnyHTTPException, _refused)
    app.add_middleware(Guard)
    return app


@functools.cache
def _warm_up() -> None:
    """Import the plots' library beside the page that leads to the first report: it takes a second."""
    threading.Thread(target=importlib.import_module, args=("include.report.page",), daemon=True).start()


@router.get("/")
def all_pipelines(request: Request, session: SessionDep) -> Response:
    """Show all pipelines that the user may read, with their latest runs."""
    _warm_up()
    user = request.state.snowpod_user
    readable = get_auth_manager().get_authorized_dag_ids(user=user, session=session)
    asked = request.query_params
    number = int(asked.get("page", "")) if asked.get("page", "").isdecimal() else 1
    found = overview(session.connection(), readable, asked.get("q", "").strip(), number)
    shown = {one.dag_id for pipeline in found.pipelines for one in pipeline.variants}
    return page(request, "overview.html", found=found, runs_readable=may_read_runs(user, shown))


@router.get("/dags/{dag_id}")
def one_dag(request: Request, session: SessionDep, dag_id: str) -> Response:
    """Show the runs of one DAG, and the other variants of its pipeline."""
    user = request.state.snowpod_user
    require_runs(request, user, dag_id)
    connection = session.connection()
    readable = get_auth_manager().get_authorized_dag_ids(user=user, session=session)
    pipeline, variant = _variant(pipelines(connection, readable), dag_id)
    row = row_of(connection, variant, LISTED, with_tasks=LISTED)
    return page(request, "dag.html", pipeline=pipeline, row=row, limit=LISTED)


@router.get("/runs/{dag_id}/{run_id:path}")
def one_run(request: Request, session: SessionDep, dag_id: str, run_id: str) -> Response:
    """Show the report of a run; with `/report.json` behind the run its figures."""
    require_runs(request, request.state.snowpod_user, dag_id)
    run_id = run_id.replace("\0", "")  # PostgreSQL takes no such text
    connection = session.connection()
    if pipeline_of(connection, dag_id) is None:
        raise HTTPException(404, _NOT_OURS)
    try:
        return report_page(request, report_of_run(connection, dag_id, run_id))
    except NoRunError as error:
        if not run_id.endswith(JSON_SUFFIX):
            raise HTTPException(404, str(error)) from None
    try:
        return JSONResponse(report_of_run(connection, dag_id, run_id.removesuffix(JSON_SUFFIX)))
    except NoRunError as error:
        raise HTTPException(404, str(error)) from None


_NOT_OURS = (
    "This DAG is no pipeline of this project, so nothing of it was measured. Pipelines are the files in configs/;"
    " Airflow knows their DAGs by a tag."
)


def _variant(found: list[Pipeline], dag_id: str) -> tuple[Pipeline, Variant]:
    for pipeline in found:
        for variant in pipeline.variants:
            if variant.dag_id == dag_id:
                return pipeline, variant
    raise HTTPException(404, _NOT_OURS)


def _refused(request: Request, error: Any) -> Response:
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": error.detail}, error.status_code, error.headers)
    words = error.detail if error.status_code != 403 else "You may not read the runs of this DAG."
    answer: HTMLResponse = page(request, "refused.html", status=error.status_code, words=words)
    return answer
