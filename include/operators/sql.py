"""SQL on the Snowflake connection: Airflow's own operator, in the session that the user asked for."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from include.constants import TASK_RUNS_TABLE
from include.operators.connection import connection_parameters, no_token
from include.operators.measured_hook import measured
from include.operators.placeholders import wrong_placeholder
from include.operators.refusals import failed
from include.operators.session import query_tag
from include.operators.templates import Templates
from include.runtime.session_parameters import session_parameters
from include.runtime.values import decoded, encoded


class SnowflakeSQLOperator(Templates, SQLExecuteQueryOperator):
    """Runs SQL as SQLExecuteQueryOperator does; arguments as there, and `mapped`: more `parameters` of a mapped task.

    `task_runs` is the table in Snowflake that gets a row of what the task took; none if None.
    What it adds: the session has the parameters and the query tag that functions have
    (`include.runtime.session_parameters`); a result with BINARY, TIME, NaN or a long decimal can be kept, and `{{
    outputs.… }}` gives it back as it was; comments after the last statement are no statement; and what a retry cannot
    fix is not tried again.
    """

    custom_operator_name = "SQL"
    template_fields: Sequence[str] = ("mapped", *SQLExecuteQueryOperator.template_fields)

    def __init__(
        self, *, mapped: dict[str, Any] | None = None, task_runs: str | None = TASK_RUNS_TABLE, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.mapped = mapped or {}
        self.task_runs = task_runs

    def execute(self, context: Context) -> Any:
        """Run the statements.

        Args:
            context: Airflow's template context.

        Returns:
            The rows of the last statement, or of each if `sql` is a list.

        Raises:
            AirflowException: Snowflake refused a statement, or did not answer; the message is its own.
            AirflowFailException: the same where another try would end the same way; nothing has run if `%` is wrong
                beside `parameters`.
        """
        # Here, as a parse has no use for Snowflake's connector, which takes half a second.
        from requests import RequestException
        from snowflake.connector.errors import Error as SnowflakeError

        from include.runtime.retries import is_final

        if isinstance(self.sql, str) and self.split_statements:
            self.sql = _without_empty(self.sql)
        if self.mapped:
            self.parameters = dict(self.parameters or {}) | decoded(self.mapped)
        for statement in [self.sql] if isinstance(self.sql, str) else self.sql:
            if wrong := wrong_placeholder(statement, self.parameters):
                raise AirflowFailException(" ".join(wrong))
        connection = connection_parameters(str(self.conn_id), with_token=False)
        hook: Any = self.get_db_hook()
        hook.session_parameters = session_parameters(connection, query_tag(context))
        try:
            with measured(context, hook, self.task_runs):
                return super().execute(context)  # type: ignore[no-untyped-call]
        except SnowflakeError as error:
            raise failed(
                f"Snowflake refused the SQL of {self.task_id}: {error.msg or error}", is_final(error)
            ) from None
        except RequestException as error:
            raise no_token(str(self.conn_id), error) from None

    def _process_output(self, results: list[Any], descriptions: list[Any]) -> Any:
        return super()._process_output([_keepable(rows) for rows in results], descriptions)


def _without_empty(sql: str) -> str:
    """Return the SQL without what is no statement.

    Snowflake refuses a comment that stands alone ("Empty SQL statement").
    """
    from snowflake.connector.util_text import split_statements

    def says_something(statement: str) -> bool:
        parts = split_statements(StringIO(statement), remove_comments=True)
        return any(text and text.strip(" \t\r\n;") for text, _ in parts)

    kept = [text for text, _ in split_statements(StringIO(sql)) if text and says_something(text)]
    if not kept:
        raise AirflowFailException("The SQL has no statement, only comments or nothing.")
    return "\n".join(kept)


def _keepable(rows: Any) -> Any:
    """Rows as Airflow can keep them for other tasks.

    Values that its own XCom refuses, or keeps less exactly, are encoded.
    """
    if isinstance(rows, tuple):
        return tuple(_keepable(part) for part in rows)
    if isinstance(rows, list):
        return [_keepable(part) for part in rows]
    return encoded(rows, "the result") if _needs_encoding(rows) else rows


def _needs_encoding(value: Any) -> bool:
    if isinstance(value, float):
        return True  # only NaN and infinity come out changed
    if isinstance(value, Decimal):
        # Airflow keeps a float of it (airflow.sdk.serde.serializers.bignum).
        return not value.is_finite() or Decimal(str(float(value))) != value
    return type(value).__name__ in ("bytes", "bytearray", "time")
