"""The task `compare`: whether the targets of a side-by-side run wrote the same."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from include.operators.snowpark import SnowparkOperator
from include.tasks.compare.words import message


class ComparisonOperator(SnowparkOperator):
    """Calls the function that compares, keeps its result, and fails if the result says that something is not equal."""

    def execute(self, context: Context) -> Any:
        """Compare.

        Args:
            context: Airflow's template context.

        Returns:
            The comparison: `{"equal": True, …}`.

        Raises:
            AirflowException: it could not be compared.
            AirflowFailException: something is not equal; the result is kept before. Another try would find the same.
        """
        result = super().execute(context)
        if not result["equal"]:
            context["ti"].xcom_push("return_value", result)
            raise AirflowFailException(message(result))
        return result
