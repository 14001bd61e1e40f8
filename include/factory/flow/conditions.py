"""`run_if`: what is checked of it, and what it is compiled to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jinja2

from include.constants import RUN_IF
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.pipeline import Pipeline, Task
from include.factory.templates.jinja import fill, is_template, syntax_problem
from include.operators.expressions import one_expression
from include.operators.truth import truth

_PARSER = jinja2.Environment()
_HOOK = "pre_execute"
"""Airflow's argument by which a task's condition is called."""


def compiled_condition(task: Task) -> dict[str, Any]:
    """Return what an operator gets for a task's `run_if`: nothing if it always runs."""
    condition = task.spec.get("run_if", True)
    return {} if condition is True else {_HOOK: {"__type__": RUN_IF, "condition": condition}}


def condition_diagnostics(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Check the `run_if` of all tasks of a pipeline.

    Args:
        pipeline: The pipeline.

    Returns:
        A mistake for each that is no single expression, or whose value is sure to be neither true nor false, and for
        each operator that is given a `pre_execute` too.
    """
    for task in pipeline.tasks.values():
        path: KeyPath = ("tasks", task.name, "run_if")
        if "run_if" not in task.spec:
            continue
        yield from _hooked(task)
        text = task.spec["run_if"]
        if isinstance(text, str) and syntax_problem(text) is None:
            wrong = _not_one(text) or _of_text(text, pipeline)
            if wrong is not None:
                yield Diagnostic(path, *wrong, "wrong-condition")


def _hooked(task: Task) -> Iterator[Diagnostic]:
    """Report a `pre_execute` beside a `run_if`: a task has one."""
    partial = task.spec.get("partial")
    for given, path in ((task.spec, ("tasks", task.name, _HOOK)), (partial, ("tasks", task.name, "partial", _HOOK))):
        if task.kind == "operator" and isinstance(given, Mapping) and _HOOK in given:
            message = f"`{_HOOK}` is how an operator's `run_if` is called, and the task gives both."
            yield Diagnostic(path, message, "Remove one of the two.", "misplaced-key", on="key")


def _not_one(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a text that is no single expression, and what to write."""
    name = one_expression(text)
    # `{{ target }}` alone becomes a text before Airflow sees it.
    if name is not None and one_expression(fill(text, dict.fromkeys(("target", "variant", "connection"), ""), str)):
        return None
    if name is not None:
        return f"`run_if` is a name, `{{{{ {name} }}}}`, and neither true nor false.", _compared(name)
    said = None if is_template(text) else truth(text)
    if said is not None and text.strip():
        return f"`run_if` is the text `{text.strip()}`.", f"Write `run_if: {str(said).lower()}`, without quotes."
    if not text.strip():
        return "`run_if` is empty.", 'Write `run_if: "{{ … }}"`, or remove it.'
    if "{%" in text:
        message = "`run_if` is a template with statements (`{% … %}`), whose value is a text."
        return message, 'Write one expression: `run_if: "{{ … }}"`.'
    if is_template(text):
        message = "`run_if` has something beside its expression, so that its value is a text."
        return message, 'Write one expression: `run_if: "{{ … and … }}"`.'
    whole = f"{{{{ {text.strip()} }}}}"
    meant = f'`run_if: "{whole}"`' if syntax_problem(whole) is None and '"' not in text else '`run_if: "{{ … }}"`'
    return "`run_if` is a text, not an expression.", f"Write {meant}."


def _of_text(text: str, pipeline: Pipeline) -> tuple[str, str] | None:
    """Return what is wrong with an expression that is sure to give a text which says neither true nor false."""
    output = _PARSER.parse(text.strip()).body[0]
    expression = output.nodes[0] if isinstance(output, jinja2.nodes.Output) else output
    for value in _constants(expression):
        if truth(value) is None:
            return f"`run_if` gives the text `{value}`, which says neither true nor false.", _without(expression)
    if (
        isinstance(expression, jinja2.nodes.Getattr)
        and isinstance(expression.node, jinja2.nodes.Name)
        and expression.node.name == "params"
    ):
        value = pipeline.params.get(expression.attr)
        value = value.get("default") if isinstance(value, dict) else value
        if truth(value) is None:
            name = f"params.{expression.attr}"
            return f"`{name}` is `{value}`, a text that says neither true nor false.", _compared(name, str(value))
    return None


def _constants(expression: jinja2.nodes.Node) -> Iterator[Any]:
    """Return the constants that an expression may give."""
    if isinstance(expression, jinja2.nodes.Const):
        yield expression.value
    elif isinstance(expression, jinja2.nodes.CondExpr):
        for branch in (expression.expr1, expression.expr2):
            yield from _constants(branch) if branch is not None else ()


def _without(expression: jinja2.nodes.Node) -> str:
    if isinstance(expression, jinja2.nodes.CondExpr):
        return 'Write the condition alone: `run_if: "{{ … }}"`.'
    return "Write true or false, or an expression that is one of them."


def _compared(name: str, text: str = "…") -> str:
    return f"Compare it: `run_if: \"{{{{ {name} == '{text}' }}}}\"`."
