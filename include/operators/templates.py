"""Keeps the types of templated values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException
from jinja2 import Undefined, UndefinedError

from include.runtime.values import encoded

_ONE_EXPRESSION = re.compile(r"\s*\{\{(?P<expression>(?:(?!\{\{|\}\}).)*)\}\}\s*", re.DOTALL)


class Templates:
    """Says in one line what a template names and is not there; another try would not find it either.

    Goes before the operator among the base classes.
    """

    def render_template_fields(self, context: Any, jinja_env: Any = None) -> None:
        """Render all fields.

        Args:
            context: Airflow's template context.
            jinja_env: the Jinja environment; None means the task's own.

        Raises:
            AirflowFailException: a template names something that is not there.
        """
        try:
            super().render_template_fields(context, jinja_env)  # type: ignore[misc]
        except UndefinedError as error:
            raise AirflowFailException(f"A template cannot be filled: {error}") from None


class NativeTemplates(Templates):
    """Renders a string that is one `{{ expression }}` and nothing else to the expression's own value.

    So a parameter that is a number, a list or null reaches the function as that. In any other string
    values become text, as everywhere in Airflow.
    """

    def render_template_fields(self, context: Any, jinja_env: Any = None) -> None:
        """Render all fields; arguments and errors as above.

        Airflow keeps what it rendered as JSON, and fails a task with NaN in it, so that goes in its encoded form from
        here on.
        """
        super().render_template_fields(context, jinja_env)
        if hasattr(self, "op_kwargs"):
            self.op_kwargs: Any = _finite(self.op_kwargs)

    def render_template(
        self, content: Any, context: Mapping[str, Any], jinja_env: Any = None, oids: set[int] | None = None
    ) -> Any:
        """Render one value, or the values in a list, tuple or mapping.

        Args:
            content: what to render.
            context: Airflow's template context.
            jinja_env: the Jinja environment; None means the task's own.
            oids: identities of objects seen so far, against recursion.

        Returns:
            The rendered value.

        Raises:
            jinja2.UndefinedError: the expression names something that is not there.
        """
        match = _ONE_EXPRESSION.fullmatch(content) if isinstance(content, str) else None
        if not match:
            return super().render_template(content, context, jinja_env, oids)  # type: ignore[misc]
        environment = jinja_env or self.get_template_env()  # type: ignore[attr-defined]
        value = environment.compile_expression(match["expression"], undefined_to_none=False)(**context)
        if isinstance(value, Undefined):
            raise UndefinedError(f"{content.strip()} names something that is not there: {value._undefined_message}")
        return value


def _finite(value: Any) -> Any:
    """Return a value with NaN and infinity encoded, all else as it is."""
    if isinstance(value, float):
        return encoded(value, "")
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
