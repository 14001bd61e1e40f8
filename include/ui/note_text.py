"""What the note of a run says: its headline metric and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.orm import object_session

from include.report.document import report_of
from include.report.runs import read_run
from include.report.targets import title
from include.ui.pipelines import pipeline_of
from include.ui.prices import prices

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun


def note_of(dag_run: DagRun) -> str | None:
    """Return what the note of a run says.

    Args:
        dag_run: the run, as it ends.

    Returns:
        The note; None if there is nothing to say, or the DAG is no pipeline's of this project.
    """
    session = object_session(dag_run)
    if session is None:  # of another process: there is nothing to write the note to
        return None
    session.flush()
    connection = session.connection()
    # What fails in here is undone in here: PostgreSQL takes no more statements in a transaction where one has failed.
    # Not the session's own savepoint, which counts as a commit to the scheduler.
    with connection.begin_nested():
        return _note(connection, dag_run.dag_id, dag_run.run_id)


def _note(connection: Connection, dag_id: str, run_id: str) -> str | None:
    if pipeline_of(connection, dag_id) is None:
        return None
    report = report_of(read_run(connection, dag_id, run_id), prices())
    headline = headline_of(report["metrics"])
    return f"{headline}; {report['verdict']}" if headline else str(report["verdict"])


def headline_of(metrics: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float]]]]) -> str:
    """Return the metric that stands for a run: the first one of the last model in the last result that has any.

    Functions put what a model is measured against before it.

    Args:
        metrics: by task, model and name the figure of each target, as in report.json.

    Returns:
        Such as `trees mae 14.21`, or `trees mae 14.21 (Snowpark), 14.3 (Kubernetes)`; empty if there is no metric.
    """
    of_task = [models for models in metrics.values() if any(models.values())]
    if not of_task:
        return ""
    model, names = [(model, names) for model, names in of_task[-1].items() if names][-1]
    name, figures = next(iter(names.items()))
    shown = {target: f"{figure:.4g}" for target, figure in figures.items()}
    if len(set(figures.values())) == 1:
        return f"{model} {name} {next(iter(shown.values()))}"
    return f"{model} {name} " + ", ".join(f"{figure} ({title(target)})" for target, figure in shown.items())
