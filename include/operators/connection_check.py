"""A first task that says at once what is wrong with the Snowflake connection."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowException
from airflow.sdk import BaseOperator, Context

from include.constants import DEFAULT_CONNECTION
from include.operators.connection import connection_parameters, no_token
from include.operators.measured_hook import measured
from include.operators.refusals import failed
from include.operators.session import query_tag
from include.runtime.session_parameters import session_parameters

REACH_TIMEOUT = 10
"""Seconds after which a host that does not answer counts as not running. The connector itself tries for minutes."""


class CheckSnowflakeConnection(BaseOperator):
    """Logs in through the Snowflake hook and asks who and where it is.

    Args:
        snowflake_conn_id: the Airflow connection.
    """

    __test__ = False  # no test class, whatever its name says
    custom_operator_name = "connection check"
    template_fields: Sequence[str] = ("snowflake_conn_id",)

    def __init__(self, *, snowflake_conn_id: str = DEFAULT_CONNECTION, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.snowflake_conn_id = snowflake_conn_id

    def execute(self, context: Context) -> dict[str, str]:
        """Log in.

        Args:
            context: Airflow's template context.

        Returns:
            `version`, `account`, `user`, `role`, `warehouse`, `database` and `schema` of the session.

        Raises:
            AirflowException: nothing answers; the message says what to do.
            AirflowFailException: the same for what another try cannot fix: no such connection, a login that is refused.
        """
        # Here, as a parse has no use for them, and Snowflake's connector alone takes half a second.
        from airflow.providers.snowflake.hooks.snowflake import SnowflakeHook
        from requests import RequestException
        from snowflake.connector.errors import Error as SnowflakeError

        from include.runtime.retries import is_final

        parameters = connection_parameters(self.snowflake_conn_id, with_token=False)
        reach(parameters, self.snowflake_conn_id)
        asked = ["version", "account", "user", "role", "warehouse", "database", "schema"]
        question = "SELECT " + ", ".join(f"CURRENT_{name.upper()}() AS {name.upper()}" for name in asked)
        try:
            hook = SnowflakeHook(
                self.snowflake_conn_id, session_parameters=session_parameters(parameters, query_tag(context))
            )
            with measured(context, hook, task_runs=None):
                answer = hook.get_first(question)
        except SnowflakeError as error:
            raise failed(
                f"Snowflake refused the connection {self.snowflake_conn_id}: {error.msg}\nWhat to do: check login,"
                " password or key, account, role, warehouse and database of that Airflow connection.",
                is_final(error),
            ) from None
        except RequestException as error:
            raise no_token(self.snowflake_conn_id, error) from None
        session = dict(zip(asked, map(str, answer), strict=True))
        self.log.info("Connected: %s", session)
        return session


def reach(parameters: dict[str, Any], snowflake_conn_id: str) -> None:
    """See whether anything answers where a connection says that Snowflake is; behind a proxy nothing can be seen.

    Args:
        parameters: keyword arguments of `snowflake.connector.connect`.
        snowflake_conn_id: the Airflow connection.

    Raises:
        AirflowException: nothing answers within `REACH_TIMEOUT`.
    """
    if parameters.get("proxy_host"):
        return
    host = parameters.get("host") or f"{parameters.get('account')}.snowflakecomputing.com"
    port = int(parameters.get("port") or 443)
    try:
        socket.create_connection((host, port), timeout=REACH_TIMEOUT).close()
    except OSError as error:
        raise AirflowException(
            f"Nothing answers at {host}:{port}, where the Airflow connection {snowflake_conn_id} says Snowflake is"
            f" ({error}).\nWhat to do: start it (locally: `make snowflake`), or fix account, host and port of that"
            " Airflow connection."
        ) from None
