"""Measures what a task sends through Airflow's own hook, on the hook's own connection."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from airflow.sdk import Context

from include.operators.measures import measures_of, push
from include.operators.session import query_tag
from include.runtime.afterwards import Place, finish
from include.runtime.measures import Measures
from include.runtime.queries import link

log = logging.getLogger(__name__)


@contextmanager
def measured(context: Context, hook: Any, task_runs: str | None) -> Iterator[None]:
    """Measure what a hook's connection does, and keep it as the task's XCom.

    The hook closes its connection when it is done. That is put off until the query history was asked: a session of its
    own would need another login.

    Args:
        context: Airflow's template context.
        hook: a SnowflakeHook of this task alone.
        task_runs: the table in Snowflake that gets a row of what the task took; none if None.

    Yields:
        While the task works.
    """
    measures = measures_of(context, None, "sql", None)
    opened: list[tuple[Any, Place]] = []
    connect = hook.get_conn
    begun = time.monotonic()
    after = ExitStack()  # all of it happens whatever else fails, the last one first
    after.callback(push, context, measures)
    after.callback(setattr, hook, "get_conn", connect)

    def get_conn() -> Any:
        nonlocal begun
        connection = connect()
        after.callback(connection.close)
        opened.append((connection, Place.of(connection)))
        connection.close = lambda *args, **kwargs: None
        if len(opened) == 1:
            begun = time.monotonic()
            if measures["started"] is not None:
                measures["startup_seconds"] = max(0.0, time.time() - measures["started"])
        return connection

    hook.get_conn = get_conn
    with after:
        orderly = False
        try:
            yield
            measures["state"] = "success"
            orderly = True
        except Exception:
            orderly = True
            raise
        finally:
            if opened:
                measures["work_seconds"] = time.monotonic() - begun
            # What ends the task from outside, as its timeout, leaves its statement running: Snowflake is not asked.
            if opened and orderly:
                connection, place = opened[0]
                _finish(context, hook, connection, place, task_runs, measures)


def _finish(
    context: Context, hook: Any, connection: Any, place: Place, task_runs: str | None, measures: Measures
) -> None:
    try:
        _name(hook, connection)
        finish(connection, place, task_runs, query_tag(context), measures, names_queries=False)
    except BaseException:
        measures["state"] = "failed"  # the task's timeout is over
        raise


def _name(hook: Any, connection: Any) -> None:
    """Add links to the query ids that the hook has logged."""
    for query_id in getattr(hook, "query_ids", ()):
        if address := link(str(connection.host or ""), query_id):
            log.info("Snowflake query id: %s %s", query_id, address)
