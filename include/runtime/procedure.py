"""Runs a function inside Snowflake, as a stored procedure."""

from __future__ import annotations

import json
from typing import Any

from snowflake.snowpark import Session

from include.runtime.request import Request
from include.runtime.shipping import literal, python_clauses, ship_code


def call(session: Session, request: Request) -> Any:
    """Registers the function as a temporary Python procedure and calls it.

    The procedure lives as long as the session: two runs at once do not meet, and none is left behind.
    Its name is the function's, so that the query history reads `CALL TRAIN(…)`.

    Args:
        session: an open session with a database and a schema.
        request: function, op_kwargs, packages and imports.

    Returns:
        What the function returned, as JSON gave it back.

    Raises:
        SnowparkSQLException: Snowflake refused the procedure, or the function failed in it.
    """
    module, _, name = request.function.rpartition(".")
    packages = (
        request.packages
        if any(_names_snowpark(package) for package in request.packages)
        else ["snowflake-snowpark-python", *request.packages]
    )
    session.sql(
        f"CREATE OR REPLACE TEMPORARY PROCEDURE {name.upper()}(OP_KWARGS VARCHAR) RETURNS VARCHAR\n"
        f"{python_clauses(packages, [ship_code(session), *request.imports], 'run')}\n"
        f"AS $$\n{_body(module, name)}$$"
    ).collect()
    answer = session.sql(f"CALL {name.upper()}({literal(json.dumps(request.op_kwargs))})").collect()
    return json.loads(answer[0][0])


def _names_snowpark(package: str) -> bool:
    return package.split("=")[0].strip() == "snowflake-snowpark-python"


def _body(module: str, name: str) -> str:
    return f"""\
import json
from {module} import {name}

def run(session, op_kwargs):
    return json.dumps({name}(session, **json.loads(op_kwargs)))
"""
