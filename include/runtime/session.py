"""Opens the Snowpark session from the connection that the operator handed over."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from snowflake.connector.errors import DatabaseError, OperationalError
from snowflake.snowpark import Session

from include.runtime.errors import NoSessionError

LOGIN_TIMEOUT = 60
"""Seconds after which a log-in that gets no answer is given up."""

HANDOVER_VARIABLE = "SNOWPOD_CONNECTION_FD"
FILE_VARIABLE = "SNOWPOD_CONNECTION_FILE"


def connection_parameters() -> dict[str, Any]:
    """Reads the Snowflake connection: from the pipe that the operator left open, or from a mounted file.

    Returns:
        Keyword arguments of `snowflake.connector.connect`. A private key is base64 of its PKCS #8 DER form.

    Raises:
        NoSessionError: neither was given.
    """
    if HANDOVER_VARIABLE in os.environ:
        return _take_over(int(os.environ.pop(HANDOVER_VARIABLE)))
    path = os.environ.get(FILE_VARIABLE)
    if not path:
        raise NoSessionError(f"No Snowflake connection was handed over: neither {HANDOVER_VARIABLE} nor {FILE_VARIABLE} is set.")
    try:
        return json.loads(Path(path).read_text())  # type: ignore[no-any-return]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not JSON"
        raise NoSessionError(
            f"The Snowflake connection in {path} cannot be read: {reason}. Check the key of the Kubernetes Secret."
        ) from None


def open_session(parameters: dict[str, Any], query_tag: dict[str, Any]) -> Session:
    """Opens a session.

    Args:
        parameters: keyword arguments of `snowflake.connector.connect`.
        query_tag: what Snowflake's query history shows beside each statement of this session.

    Returns:
        The open session; the caller closes it.

    Raises:
        NoSessionError: the log-in was refused or nothing answered; the message holds no secret.
    """
    settings = {"login_timeout": LOGIN_TIMEOUT, **parameters}
    settings["session_parameters"] = {**(parameters.get("session_parameters") or {}), "QUERY_TAG": json.dumps(query_tag)}
    try:
        session: Session = Session.builder.configs(settings).create()
        return session
    except (OperationalError, DatabaseError) as error:
        where = parameters.get("host") or f"account {parameters.get('account')}"
        advice = (
            "check login and password (or key) of the Airflow connection"
            if isinstance(error, DatabaseError) and not isinstance(error, OperationalError)
            else "check that it runs and that host, port and account of the Airflow connection are right (locally: `make snowflake`)"
        )
        raise NoSessionError(
            f"Snowflake ({where}) did not open a session for {parameters.get('user')}: {error.msg or error}\nWhat to do: {advice}."
        ) from None


def _take_over(descriptor: int) -> dict[str, Any]:
    """Reads one line of JSON, then ends this process as soon as the operator's end of the pipe is gone."""
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
