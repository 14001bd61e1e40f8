"""Texts that are one Jinja expression: which they are, and their value, of its own type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, Undefined
from jinja2.lexer import TOKEN_VARIABLE_END

_JINJA = Environment()  # it only splits texts; Jinja's own rules say where an expression ends: `{{ {1: {2: 3}} }}`


def one_expression(content: Any) -> str | None:
    """Return the expression of a text that is one `{{ expression }}` and nothing else; None for all else."""
    text = content.strip() if isinstance(content, str) else ""
    if not (text.startswith("{{") and text.endswith("}}")):
        return None
    try:
        tokens = list(_JINJA.lex(text))
    except TemplateSyntaxError:  # said when it is rendered
        return None
    ends = [index for index, (_, kind, _) in enumerate(tokens) if kind == TOKEN_VARIABLE_END]
    return "".join(value for _, _, value in tokens[1:-1]).strip() if ends == [len(tokens) - 1] else None


def evaluated(expression: str, context: Mapping[str, Any], jinja_env: Any) -> Any:
    """Return the value of a Jinja expression.

    Args:
        expression: the expression, without braces.
        context: Airflow's template context.
        jinja_env: the task's Jinja environment.

    Returns:
        The value, of its own type.

    Raises:
        jinja2.UndefinedError: the expression names something that is not there.
    """
    value = jinja_env.compile_expression(expression, undefined_to_none=False)(**context)
    if isinstance(value, Undefined):
        raise value._undefined_exception(
            f"{{{{ {expression} }}}} names something that is not there: {value._undefined_message}"
        )
    return value
