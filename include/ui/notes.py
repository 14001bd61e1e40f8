"""Writes a run's note when it ends: its headline metric and the verdict.

Airflow calls it in the scheduler, within the scheduler's own transaction: nothing is committed here, no other session
is opened, and what fails leaves that transaction as it was.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from airflow.listeners import hookimpl

if TYPE_CHECKING:
    from airflow.models.dagrun import DagRun

log = logging.getLogger(__name__)
AUTHOR = "snowpod"
"""Who wrote a note of ours. A note of anyone else is left alone."""
LONGEST = 1000
"""Characters that Airflow's database takes for a note."""


class RunNotes:
    """Listens to ends of runs."""

    @hookimpl(tryfirst=True)  # another listener may fail, and with it all after it
    def on_dag_run_success(self, dag_run: DagRun, msg: str) -> None:
        """Write the note of a run that succeeded."""
        write_note(dag_run)

    @hookimpl(tryfirst=True)  # another listener may fail, and with it all after it
    def on_dag_run_failed(self, dag_run: DagRun, msg: str) -> None:
        """Write the note of a run that failed."""
        write_note(dag_run)


def write_note(dag_run: DagRun) -> None:
    """Set the note of a pipeline's run, unless somebody else has written one.

    Args:
        dag_run: the run, in the session of whoever ends it; that commits the note with the rest.
    """
    try:
        from airflow import settings
        from sqlalchemy.orm import object_session

        from include.ui.note_text import note_of

        if object_session(dag_run) is None and settings.Session is not None:
            # `airflow dags test` holds a run that has lost its session, merges it into this thread's, and commits that.
            dag_run = settings.Session().merge(dag_run)
        if (text := note_of(dag_run)) is None:
            return
        cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        if dag_run.dag_run_note is None:
            dag_run.note = (cut, AUTHOR)
        elif dag_run.dag_run_note.user_id == AUTHOR:
            dag_run.note = cut
    except Exception:
        # Whatever is wrong with a note, the run has ended all the same.
        log.warning("No note for the run %s of %s", dag_run.run_id, dag_run.dag_id, exc_info=True)
