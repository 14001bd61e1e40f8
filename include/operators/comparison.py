"""The task `compare`: whether the targets of a side-by-side run wrote the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException

from include.operators.snowpark import SnowparkOperator
from include.tasks.compare.words import message


class ComparisonOperator(SnowparkOperator):
    """Calls the function that compares, keeps its result, and fails if the result says that something is not equal.

    In `op_kwargs`, a mapping with `each` and `table` stands for a list: `table` is rendered for each item of the list
    `each`, whose values it knows as `mapped`.
    """

    def render_template(
        self, content: Any, context: Mapping[str, Any], jinja_env: Any = None, oids: set[int] | None = None
    ) -> Any:
        """Render one value, or the values in a list or mapping; arguments and errors as above."""
        render = super().render_template
        if isinstance(content, dict) and content.keys() == {"each", "table"}:
            items = render(content["each"], context, jinja_env, oids)
            return [render(content["table"], {**context, "mapped": item}, jinja_env, oids) for item in items]
        return render(content, context, jinja_env, oids)

    custom_operator_name = "comparison"

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
            self.keep_as_failed(context)
            raise AirflowFailException(message(result))
        return result
