"""The Airflow connection, as what Snowflake's clients take; and the pipe through which a child process gets it."""

from __future__ import annotations

import base64
import json
import os
from types import TracebackType
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowException, AirflowNotFoundException
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.log import mask_secret

from include.operators.credentials import key_problem, login_problem
from include.operators.refusals import failed

if TYPE_CHECKING:  # else where they are used: a parse has no use for them
    from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook
    from requests import RequestException

SECRETS = ("password", "private_key", "token", "proxy_password")
GRANTS = (
    "azure_conn_id", "client_id", "client_secret", "grant_type", "oauth_password", "oauth_username", "refresh_token",
    "scope", "token_endpoint",
)  # fmt: skip
"""What the hook gets an OAuth token by. The token alone is handed on: it ends by itself, these do not."""


def connection_parameters(snowflake_conn_id: str, with_token: bool = True) -> dict[str, Any]:
    """Resolve an Airflow connection the way the Snowflake hook does.

    Args:
        snowflake_conn_id: the Airflow connection.
        with_token: whether an OAuth token is asked for; where Airflow's own hook logs in, it gets one by itself.

    Returns:
        Keyword arguments of `snowflake.connector.connect`, JSON types only; a private key is base64 of its PKCS #8 DER
        form, which the connector takes as it is (snowflake-connector-python, `connect(private_key=…)`); of OAuth the
        access token; of a workload identity what the connector finds it by, where the task runs.

    Raises:
        AirflowException: the server that gives OAuth tokens does not answer.
        AirflowFailException: there is no such connection, it is none of Snowflake's, or it is incomplete; the message
            says what to do.
    """
    from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook

    parameters = _resolved(SnowflakeHook(snowflake_conn_id), snowflake_conn_id, with_token)
    known: dict[str, Any] = {
        name: value for name, value in parameters.items() if value not in (None, "") and name not in GRANTS
    }
    if "private_key" in known:
        known["private_key"] = base64.b64encode(known["private_key"]).decode()
    for name in SECRETS:
        if name in known:
            mask_secret(known[name])
    if "session_parameters" in known:
        known["session_parameters"] = _session_parameters(known["session_parameters"], snowflake_conn_id)
    return known


def no_token(snowflake_conn_id: str, error: RequestException) -> AirflowException:
    """Return the exception of a task that got no OAuth token.

    Args:
        snowflake_conn_id: the Airflow connection.
        error: what the request for the token raised.

    Returns:
        What to raise: final if the server refused it, as it will each time.
    """
    status = getattr(error.response, "status_code", 0)
    return failed(
        f"No OAuth token for the Airflow connection {snowflake_conn_id}: {error}\nWhat to do: check its"
        " `token_endpoint`, `grant_type` and `scope`, its login (the client's id) and password (its secret), and that"
        " a refresh token is still valid.",
        400 <= status < 500,
    )


def _resolved(hook: SnowflakeHook, snowflake_conn_id: str, with_token: bool) -> dict[str, Any]:
    """Return what the hook makes of its connection, or say in words why it makes nothing of it."""
    from requests import RequestException

    connection: Any = None
    try:
        connection = hook.get_connection(snowflake_conn_id)
        if connection.conn_type != hook.conn_type:
            raise AirflowFailException(
                f"The Airflow connection {snowflake_conn_id} is of type {connection.conn_type}, not"
                f" {hook.conn_type}.\nWhat to do: name another one as `snowflake: {{connection: …}}`, or"
                " change its type in Airflow (Admin, Connections)."
            )
        for secret in (connection.password, *map(connection.extra_dejson.get, ("refresh_token", "oauth_password"))):
            if secret:
                mask_secret(secret)
        if problem := login_problem(hook._get_static_conn_params):
            raise ValueError(problem)
        return dict(hook._get_conn_params() if with_token else hook._get_static_conn_params)
    except AirflowNotFoundException:
        raise AirflowFailException(
            f"There is no Airflow connection {snowflake_conn_id}.\nWhat to do: locally `make run` and `make up` make"
            " it; elsewhere add a connection of type snowflake in Airflow (Admin, Connections), or set"
            f" AIRFLOW_CONN_{snowflake_conn_id.upper()}."
        ) from None
    except AirflowFailException:
        raise
    except RequestException as error:
        raise no_token(snowflake_conn_id, error) from None
    except (AirflowException, ValueError, TypeError, KeyError, OSError) as error:
        # A key or another part of it is not what it should be.
        why = key_problem(connection.extra_dejson, connection.password) if connection else None
        lacking = f"it has no {error}" if isinstance(error, KeyError) else error
        raise AirflowFailException(
            f"The Airflow connection {snowflake_conn_id} cannot be used: {why or lacking}\nWhat to do: fix it where"
            " it is kept: Airflow (Admin, Connections), the secrets backend or the environment."
        ) from None


def _session_parameters(written: Any, snowflake_conn_id: str) -> dict[str, Any]:
    """Read a mapping; or the text of one, as Airflow's form for a connection makes it."""
    try:
        read = json.loads(written) if isinstance(written, str) else written
    except ValueError:
        read = None
    if not isinstance(read, dict):
        raise AirflowFailException(
            f"The Airflow connection {snowflake_conn_id} has `session_parameters` that are no mapping: {written!r}.\n"
            'What to do: write them as JSON in its extra, such as {"session_parameters": {"TIMEZONE": "UTC"}}.'
        )
    return read


class Handover:
    """A pipe that hands connection parameters to one child process and tells it when this process is gone.

    The parameters are in no file, argument or environment variable; only the number of the pipe's reading end is in the
    child's environment. The writing end stays open as long as the context: when it closes, for whatever reason, the
    child ends.
    """

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._line = json.dumps(parameters).encode() + b"\n"

    def __enter__(self) -> Handover:
        self.descriptor, self._write = os.pipe()
        os.set_inheritable(self.descriptor, True)
        # A connection is a few kilobytes and the pipe's buffer holds 16 or more: this does not wait for the reader.
        os.write(self._write, self._line)
        return self

    def close(self) -> None:
        """Close the writing end, which ends the child; a second call does nothing."""
        if self._write >= 0:
            os.close(self._write)
            self._write = -1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        os.close(self.descriptor)
