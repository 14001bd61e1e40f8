"""`run_if`: whether a task runs, decided at the run."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
from jinja2 import TemplateError

from include.constants import RESULT_OF
from include.operators.expressions import evaluated, one_expression
from include.operators.truth import truth

log = logging.getLogger(__name__)

_RESULT = re.compile(rf"{RESULT_OF.rpartition('.')[2]}\(ti, '(?P<task>[^']*)'(?P<keys>(?:, '[^']*')*)\)")
_SHOWN = 100
"""Characters of a value that a log line has."""


class RunIf:
    """A condition, as a function to be called before a task runs: Airflow's `pre_execute`.

    Airflow calls it once an operator's other templates are rendered; our operators before that (`Templates`), so that a
    task that is skipped needs nothing of what they name.
    """

    def __init__(self, condition: bool | str) -> None:
        """Keep the condition.

        Args:
            condition: true or false, or one `{{ expression }}`.
        """
        self.condition = condition

    def __call__(self, context: Any, jinja_env: Any = None) -> None:
        """Decide, and say in the log what decided.

        Args:
            context: Airflow's template context.
            jinja_env: the task's Jinja environment; None means one made of its DAG.

        Raises:
            AirflowSkipException: the condition is false.
            AirflowFailException: it cannot be told; another try would not tell it either.
        """
        if getattr(getattr(context["ti"], "_ti_context_from_server", None), "next_method", None):
            return  # the task goes on after a deferral: it was decided when it began
        value = self._value(context, jinja_env)
        decided = truth(value)
        said = f"run_if {_written(str(self.condition))} is {_shown(value)}"
        if decided is None:
            raise AirflowFailException(
                f"{said}, a text that says neither true nor false. Compare it: {{{{ … == 'text' }}}}."
            )
        if not decided:
            raise AirflowSkipException(f"skipped: {said}")  # Airflow writes this into the log
        log.info("runs: %s", said)

    def _value(self, context: Mapping[str, Any], jinja_env: Any) -> Any:
        expression = one_expression(self.condition)
        if expression is None:
            return self.condition
        try:
            return evaluated(expression, context, jinja_env or context["task"].get_template_env())
        except (TemplateError, TypeError, ValueError, LookupError, ArithmeticError, AttributeError) as error:
            raise AirflowFailException(
                f"run_if {_written(str(self.condition))} cannot be told: {type(error).__name__}: {error}"
            ) from None


def _written(condition: str) -> str:
    """Return a condition as the pipeline has it: with `outputs.…` in place of the macro."""

    def output(match: re.Match[str]) -> str:
        keys = re.findall(r"'([^']*)'", match["keys"])
        return ".".join(["outputs", match["task"].rpartition(".")[2], *keys])

    return _RESULT.sub(output, condition.strip())


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
