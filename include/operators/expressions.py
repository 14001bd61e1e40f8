"""Texts that are one Jinja expression: which they are, and their value, of its own type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import Undefined, UndefinedError

_ONE_EXPRESSION = re.compile(r"\s*\{\{(?P<expression>(?:(?!\{\{|\}\}).)*)\}\}\s*", re.DOTALL)


def one_expression(content: Any) -> str | None:
    """Return the expression of a text that is one `{{ expression }}` and nothing else; None for all else."""
    match = _ONE_EXPRESSION.fullmatch(content) if isinstance(content, str) else None
    return match["expression"].strip() if match else None


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
        raise UndefinedError(f"{{{{ {expression} }}}} names something that is not there: {value._undefined_message}")
    return value
