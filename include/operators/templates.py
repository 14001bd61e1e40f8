"""How our operators render their templates: types kept, what is missing said in one line, mapped values by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from airflow.sdk.exceptions import AirflowFailException
from jinja2 import UndefinedError

from include.operators.conditions import RunIf
from include.operators.expressions import evaluated, one_expression
from include.runtime.values import decoded, encoded


class Templates:
    """Says in one line what a template names and is not there; another try would not find it either.

    Goes before the operator among the base classes, which has `mapped` among its template fields: the values by name
    that a mapped task has for this instance. They are `{{ mapped.name }}` in its other templates.
    """

    mapped: Mapping[str, Any] = MappingProxyType({})
    _pre_execute_hook: Any

    def _do_render_template_fields(
        self, parent: Any, template_fields: Iterable[str], context: Any, jinja_env: Any, seen_oids: set[int]
    ) -> None:
        """Render fields, those of a mapped task too, for which Airflow 3.3.2 does not call `render_template_fields`.

        Args:
            parent: The operator, or an object within one of its fields.
            template_fields: The names of the fields.
            context: Airflow's template context; `mapped` is added to it.
            jinja_env: The task's Jinja environment.
            seen_oids: Identities of objects that are no templates, such as results of other tasks.

        Raises:
            AirflowFailException: A template names something that is not there.
            AirflowSkipException: The task's `run_if` is false.
        """
        render = super()._do_render_template_fields  # type: ignore[misc]
        if parent is not self:
            render(parent, template_fields, context, jinja_env, seen_oids)
            return
        try:
            if id(self.mapped) not in seen_oids:
                self.mapped = with_types(self, self.mapped, context, jinja_env)
            context["mapped"] = decoded(self.mapped)
            self.mapped = _finite(context["mapped"])
            self._decide(context, jinja_env)
            render(parent, [field for field in template_fields if field != "mapped"], context, jinja_env, seen_oids)
        except UndefinedError as error:
            raise self._unfilled(error) from None

    def _unfilled(self, error: UndefinedError) -> Exception:
        """Return what a task ends with whose templates name something that is not there."""
        return AirflowFailException(f"A template cannot be filled: {error}")

    def _decide(self, context: Any, jinja_env: Any) -> None:
        """Decide by `run_if` whether the task runs, once, before what its other templates name is asked for."""
        if isinstance(self._pre_execute_hook, RunIf):
            self._pre_execute_hook(context, jinja_env)
            self._pre_execute_hook = None


class NativeTemplates(Templates):
    """Renders a string that is one `{{ expression }}` and nothing else to the expression's own value.

    So a parameter that is a number, a list or null reaches the function as that. In any other string
    values become text, as everywhere in Airflow.
    """

    def _do_render_template_fields(
        self, parent: Any, template_fields: Iterable[str], context: Any, jinja_env: Any, seen_oids: set[int]
    ) -> None:
        """Render fields; arguments and errors as above.

        Airflow keeps what it rendered as JSON, and fails a task with NaN in it, so that goes in its encoded form from
        here on.
        """
        super()._do_render_template_fields(parent, template_fields, context, jinja_env, seen_oids)
        for name in {"op_kwargs", "over"}.intersection(template_fields) if parent is self else ():
            setattr(self, name, _finite(getattr(self, name)))

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
        expression = one_expression(content)
        if expression is None:
            return super().render_template(content, context, jinja_env, oids)  # type: ignore[misc]
        return evaluated(expression, context, jinja_env or self.get_template_env())  # type: ignore[attr-defined]


def with_types(operator: Any, value: Any, context: Mapping[str, Any], jinja_env: Any) -> Any:
    """Render a value as `NativeTemplates` does, for any operator.

    Args:
        operator: The operator, which renders all but single expressions.
        value: Texts, numbers, lists and mappings.
        context: Airflow's template context.
        jinja_env: The task's Jinja environment.

    Returns:
        The rendered value.

    Raises:
        jinja2.UndefinedError: A template names something that is not there.
    """
    if isinstance(value, dict):
        return {key: with_types(operator, one, context, jinja_env) for key, one in value.items()}
    if isinstance(value, list):
        return [with_types(operator, one, context, jinja_env) for one in value]
    expression = one_expression(value)
    if expression is not None:
        return evaluated(expression, context, jinja_env)
    return operator.render_template(value, context, jinja_env)


def _finite(value: Any) -> Any:
    """Return a value with NaN and infinity encoded, all else as it is."""
    if isinstance(value, float):
        return encoded(value, "")
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
