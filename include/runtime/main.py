"""Runs one request: the only door into the runtime, for the Snowpark interpreter and for pods alike."""

from __future__ import annotations

import logging
import os
import sys
import time
from typing import Any

from snowflake.snowpark import Session

from include.runtime import batch, memory, outcome, procedure
from include.runtime.afterwards import Place, finish
from include.runtime.functions import call_function, load_function
from include.runtime.imports import uncollected
from include.runtime.measures import IN_THIS_PROCESS, Meter
from include.runtime.request import Request
from include.runtime.retries import is_final
from include.runtime.session import connection_parameters, open_session
from include.runtime.values import decoded

log = logging.getLogger(__name__)

# Read when OpenMP is loaded, so before any function imports scikit-learn: threads that spin while they wait make
# training twenty times slower where cores are shared or, as in a pod, limited.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def run(request: Request, meter: Meter | None = None) -> Any:
    """Open a session, run the request in its mode, close the session.

    Args:
        request: what to run.
        meter: what measures it.

    Returns:
        What the function returned (`session`, `stored_procedure`), or the output's `{"table", "rows"}` (`udf`,
        `stream`): plain JSON types.

    Raises:
        TaskError: for what the user can fix.
        Exception: whatever the function raised.
    """
    _log_to_stdout()
    meter = meter or Meter(request)
    started = time.monotonic()
    parameters = connection_parameters() | request.session
    if request.mode in IN_THIS_PROCESS:
        with uncollected():
            load_function(request.function)  # a wrong name fails before a session is paid for
    session = open_session(parameters, request.query_tag)
    place = Place.of(session.connection)
    try:
        where = f"{session.get_current_database()}.{session.get_current_schema()}, session {session.session_id}"
        log.info("%s as %s in %s", request.function, request.mode, where)
        result = outcome.checked(request.function, _result(session, request, meter))
        meter.ended("success")
        return result
    except BaseException:
        meter.ended("failed")
        raise
    finally:
        memory.report(started)
        try:
            finish(session.connection, place, request.task_runs, request.query_tag, meter.measures)
        finally:
            _close(session)


def run_reporting(request: str) -> dict[str, Any]:
    """Run a request for an operator that reads the outcome: errors come back as text in place of being raised.

    Args:
        request: what `Request.to_json` gave.

    Returns:
        `{"result": …}`, or `{"error": text, "final": whether another try would end the same way}`; and with either
        `measures`, as `include.runtime.measures` has them.
    """
    meter = Meter()
    try:
        read = Request.from_json(request)
        meter = Meter(read)
        return {"result": run(read, meter), "measures": meter.measures}
    except Exception as error:
        meter.measures["state"] = "failed"
        return {"error": outcome.failure(error), "final": is_final(error), "measures": meter.measures}


def _result(session: Session, request: Request, meter: Meter) -> Any:
    if request.batch is not None:
        run_batch = batch.run_as_udf if request.mode == "udf" else batch.run_as_stream
        return run_batch(session, request, request.batch, meter.called)
    if request.mode == "stored_procedure":
        return procedure.call(session, request, meter)
    meter.called()
    return call_function(request.function, session, decoded(request.op_kwargs))


def _close(session: Session) -> None:
    try:
        session.close()
    except Exception as error:
        # What the function did is done, and what it raised must not be hidden; Snowflake ends the session by itself.
        log.warning("The session could not be closed: %s", error)


def _log_to_stdout() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s %(name)s: %(message)s", force=True)
    # The client's own login chatter is noise in a task's log.
    logging.getLogger("snowflake").setLevel(logging.WARNING)
