"""The note that a run gets when it ends, within the transaction of whoever ends it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from airflow import settings
from airflow.models.dagrun import DagRun
from airflow.utils.sqlalchemy import prohibit_commit
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

pytestmark = pytest.mark.server
DAG = "pipeline_0003_side_by_side"


@pytest.fixture
def session(database: Engine) -> Iterator[Session]:
    """The scheduler's own session, as its loop holds it: whoever commits it breaks the scheduler."""
    session = settings.Session()
    with prohibit_commit(session):
        yield session
        session.rollback()
    session.close()


@pytest.fixture
def run(session: Session) -> DagRun:
    """A run that is about to end; it has no note."""
    run = session.scalars(select(DagRun).where(DagRun.dag_id == DAG)).first()
    assert run is not None
    run.dag_run_note = None
    session.flush()
    return run


def end(run: DagRun, state: str = "success") -> None:
    """What the scheduler does."""
    run.set_state(state)
    run.notify_dagrun_state_changed(msg="over")


def change(session: Session, run: DagRun, value: str | None) -> None:
    """Put something else in the place of what `compare` returned."""
    statement = "UPDATE xcom SET value = :value WHERE dag_run_id = :id AND key = 'return_value'"
    session.execute(text(statement), {"value": value, "id": run.id})


@pytest.mark.parametrize("state", ["success", "failed"])
def test_a_run_that_ends_gets_a_note(session: Session, run: DagRun, state: str) -> None:
    end(run, state)
    session.flush()
    query = "SELECT user_id, content FROM dag_run_note WHERE dag_run_id = :id"
    assert session.execute(text(query), {"id": run.id}).one() == ("snowpod", run.note)
    assert "qual: 2 tables, row by row" in run.note


def test_a_run_that_was_cleared_gets_a_new_note(session: Session, run: DagRun) -> None:
    run.note = ("what was true before", "snowpod")
    session.flush()
    end(run)
    assert "qual: 2 tables, row by row" in run.note


def test_a_run_that_has_lost_its_session_gets_a_note_in_that_of_its_thread(session: Session, run: DagRun) -> None:
    session.expunge(run)  # as in `airflow dags test`
    end(run)
    assert "qual: " in session.scalars(select(DagRun).where(DagRun.id == run.id)).one().note


@pytest.mark.parametrize("author", ["ann", None])
def test_the_note_of_a_user_is_kept(session: Session, run: DagRun, author: str | None) -> None:
    run.note = ("the first with the new prices", author)
    session.flush()
    end(run)
    assert run.note == "the first with the new prices"


def test_a_run_of_somebody_elses_dag_gets_none(session: Session, run: DagRun) -> None:
    session.execute(text("DELETE FROM dag_tag WHERE dag_id = :dag_id"), {"dag_id": DAG})
    end(run)
    assert run.note is None


@pytest.mark.parametrize(
    "value", [None, "null", "3", '"text"', "[]", "{}", '{"words": 3}', '{"tables": [3]}', "no JSON"]
)
def test_no_result_harms_the_run(session: Session, run: DagRun, value: str | None) -> None:
    change(session, run, value)
    end(run)
    session.flush()
    assert run.state == "success"
    assert session.scalars(select(DagRun.state).where(DagRun.id == run.id)).one() == "success"


def test_a_database_that_refuses_leaves_the_transaction_as_it_was(session: Session, run: DagRun) -> None:
    session.execute(text("ALTER TABLE task_instance RENAME TO away"))
    try:
        end(run)
        session.flush()
        assert session.scalars(select(DagRun.state).where(DagRun.id == run.id)).one() == "success"
    finally:
        session.execute(text("ALTER TABLE away RENAME TO task_instance"))


def test_a_note_is_never_longer_than_the_database_takes(session: Session, run: DagRun) -> None:
    change(session, run, '{"equal": false, "words": "' + "x" * 3000 + '"}')
    end(run)
    assert run.note is None or len(run.note) <= 1000
