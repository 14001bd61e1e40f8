"""Runs a function inside Snowflake, as a stored procedure."""

from __future__ import annotations

import json
import logging
from typing import Any

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException

from include.runtime.inside import split_error
from include.runtime.measures import Meter
from include.runtime.request import Request
from include.runtime.session import run_logged
from include.runtime.shipping import literal, python_clauses, ship_code, with_package

log = logging.getLogger(__name__)

SNOWPARK = "snowflake-snowpark-python"
"""Snowflake refuses a procedure without it ("Writing stored procedures with SQL and Python")."""


def call(session: Session, request: Request, meter: Meter | None = None) -> Any:
    """Register the function as a temporary Python procedure and call it.

    The procedure lives as long as the session: two runs at once do not meet, and none is left behind.
    Its name is the function's, so that the query history reads `CALL TRAIN(…)`. It has its caller's rights, so that the
    session it works in is the task's own (Snowflake, "Understanding caller's rights and owner's rights stored
    procedures"), as on every target. What it prints and logs comes back with its result or its error, and goes to this
    process' log.

    Args:
        session: an open session with a database and a schema.
        request: function, op_kwargs, packages and imports.
        meter: what measures it.

    Returns:
        What the function returned, as JSON gave it back.

    Raises:
        TaskError: for what the user can fix in the function; `ProcedureFailedError` for whatever else it raised.
        SnowparkSQLException: Snowflake refused the procedure.
    """
    name = request.function.rpartition(".")[2].upper()
    session.sql(
        f"CREATE OR REPLACE TEMPORARY PROCEDURE {name}(OP_KWARGS VARCHAR) RETURNS VARCHAR\n"
        f"{python_clauses(with_package(request.packages, SNOWPARK), [ship_code(session), *request.imports], 'run')}\n"
        "EXECUTE AS CALLER\n"
        f"AS $$\n{_body(request.function)}$$"
    ).collect()
    meter = meter or Meter(request)
    meter.called()
    try:
        answer = json.loads(run_logged(session, f"CALL {name}({literal(json.dumps(request.op_kwargs))})")[0][0])
    except SnowparkSQLException as error:
        text, diagnostic = split_error(str(error))
        _show(text)
        raise diagnostic from None
    _show(answer["log"])
    meter.measures |= answer.get("measures") or {}
    return answer["result"]


def _show(text: str) -> None:
    if text:
        log.info("the procedure's own log:")
        print(text, flush=True)


def _body(function: str) -> str:
    return f"""\
from include.runtime.inside import run_inside

def run(session, op_kwargs):
    return run_inside({function!r}, session, op_kwargs)
"""
