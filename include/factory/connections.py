"""The Snowflake connection of an `operator:` task: the environment's, unless the task or `default_args` names one."""

from __future__ import annotations

SNOWFLAKE_ARGUMENT = "snowflake_conn_id"
"""The argument of Snowflake's own operators.

Airflow gives a default argument to each operator that takes it, and to no other.
"""
SQL_ARGUMENT = "conn_id"
_SQL_MODULES = ("airflow.providers.common.sql.operators.sql.", "airflow.providers.common.sql.sensors.sql.")


def sql_argument(operator: str) -> str | None:
    """Return the argument by which an operator takes a connection to any SQL database, so that it can be Snowflake's.

    Args:
        operator: Its import path.

    Returns:
        `conn_id` for the operators and sensors of Airflow's common SQL provider, else None: what `conn_id` is
        elsewhere, only they know.
    """
    return SQL_ARGUMENT if operator.startswith(_SQL_MODULES) else None
