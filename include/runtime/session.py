"""Opens the Snowpark session from the connection that the operator handed over."""

from __future__ import annotations

import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

from snowflake.connector.errors import Error as ConnectorError
from snowflake.snowpark import Row, Session

from include.constants import CONNECTION_FILE_VARIABLE, CONNECTION_PIPE_VARIABLE
from include.runtime.errors import NoSessionError, RefusedSessionError
from include.runtime.queries import named
from include.runtime.retries import login_refused
from include.runtime.session_parameters import session_parameters

log = logging.getLogger(__name__)

LOGIN_TIMEOUT = 60
"""Seconds after which a login that gets no answer is given up."""


def connection_parameters() -> dict[str, Any]:
    """Read the Snowflake connection: from the pipe that the operator left open, or from a mounted file.

    Returns:
        Keyword arguments of `snowflake.connector.connect`. A private key is base64 of its PKCS #8 DER form.

    Raises:
        RefusedSessionError: neither was given.
    """
    if CONNECTION_PIPE_VARIABLE in os.environ:
        return _take_over(int(os.environ.pop(CONNECTION_PIPE_VARIABLE)))
    path = os.environ.get(CONNECTION_FILE_VARIABLE)
    if not path:
        raise RefusedSessionError(
            f"No Snowflake connection was handed over: neither {CONNECTION_PIPE_VARIABLE} nor"
            f" {CONNECTION_FILE_VARIABLE} is set."
        )
    try:
        return json.loads(Path(path).read_text())  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise RefusedSessionError(
            f"The Snowflake connection in {path} cannot be read: {reason}. Check the key of the Kubernetes Secret."
        ) from None


def open_session(parameters: dict[str, Any], query_tag: dict[str, Any]) -> Session:
    """Open a session as the connection asks for it.

    Args:
        parameters: keyword arguments of `snowflake.connector.connect`.
        query_tag: dag, task, run and try, for Snowflake's query history, unless the connection has a query tag of its
            own.

    Returns:
        The open session; the caller closes it.

    Raises:
        RefusedSessionError: the login was refused, or there is no such warehouse, database or schema; the message holds
            no secret.
        NoSessionError: nothing answered.
    """
    settings = {
        "login_timeout": LOGIN_TIMEOUT,
        # Else the client asks the metadata services of three clouds on which it runs, to tell Snowflake's statistics.
        "platform_detection_timeout_seconds": 0.0,
        **parameters,
        "session_parameters": session_parameters(parameters, query_tag),
    }
    where = parameters.get("host") or f"account {parameters.get('account')}"
    try:
        session: Session = Session.builder.configs(settings).create()
    except ConnectorError as error:
        final = login_refused(error)
        advice = (
            "check login and password (or key), account and role of the Airflow connection"
            if final
            else (
                "check that it runs and that host, port and account of the Airflow connection are right (locally: `make"
                " snowflake`)"
            )
        )
        raise (RefusedSessionError if final else NoSessionError)(
            f"Snowflake ({where}) did not open a session for {_who(parameters)}: {error.msg or error}\nWhat to"
            f" do: {advice}."
        ) from None
    _check(session, parameters)
    return session


def run_logged(session: Session, statement: str) -> list[Row]:
    """Run a statement, and name its query in the log, as SQL tasks do.

    Args:
        session: an open session.
        statement: SQL.

    Returns:
        Its rows.
    """
    with session.query_history() as history:
        rows: list[Row] = session.sql(statement).collect()
    for query in history.queries:
        log.info("Snowflake query id: %s", named(session.connection, query.query_id))
    return rows


def _check(session: Session, parameters: dict[str, Any]) -> None:
    """Refuse a session without its warehouse, database or schema: Snowflake says so at the first statement only."""
    has = {
        "warehouse": session.get_current_warehouse(),
        "database": session.get_current_database(),
        "schema": session.get_current_schema(),
    }
    missing = [f"{what} {parameters[what]}" for what, found in has.items() if parameters.get(what) and not found]
    if missing:
        session.close()
        raise RefusedSessionError(
            f"There is no {' and no '.join(missing)}, or {_who(parameters)} may not use"
            f" it{' as ' + parameters['role'] if parameters.get('role') else ''}.\nWhat to do: create or grant it, or"
            " fix `snowflake:` of the task, the environment file or the Airflow connection."
        )


def _who(parameters: dict[str, Any]) -> str:
    """Return whom a login is for; a token or a workload's identity names its user itself."""
    return str(parameters.get("user") or f"the user of its {parameters.get('authenticator', 'token')} login")


def _take_over(descriptor: int) -> dict[str, Any]:
    """Read one line of JSON, then end this process as soon as the operator's end of the pipe is gone."""
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    line = bytearray()
    while not line.endswith(b"\n"):
        part = pipe.read(65536)
        if not part:
            raise NoSessionError("The operator ended before it handed the Snowflake connection over.")
        line += part

    def watch() -> None:
        # A task that was killed must not go on writing beside its own retry.
        if not pipe.read(1):
            os._exit(113)

    threading.Thread(target=watch, name="operator-watch", daemon=True).start()
    return json.loads(line)  # type: ignore[no-any-return]
