"""Airflow's own Python operators, where a function is written for ours: they have no Session to give it."""

from __future__ import annotations

from collections.abc import Iterator

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.flow.mapping import is_mapped
from include.factory.pipeline import Task
from include.factory.python.modules import Definition
from include.factory.python.sources import Sources

_SESSION = "session"
"""What the functions of pipelines call their first parameter."""
_INSTEAD = {
    "Branch": "Write `branches: […]` beside it in place of `operator`.",
    "ShortCircuit": 'Remove `operator`, and give the tasks after it `run_if: "{{{{ outputs.{task} }}}}"`.',
}
"""Words in an operator's name, and what the format has for it."""


def session_diagnostics(task: Task, definition: Definition, path: KeyPath, sources: Sources) -> Iterator[Diagnostic]:
    """Check a function that an operator of Airflow calls.

    Args:
        task: An `operator:` task with a `python_callable`.
        definition: The function.
        path: Where its name is.
        sources: Where signatures are looked for.

    Returns:
        A mistake if it needs a Session, and nothing gives it one.
    """
    signature = sources.signature(definition)
    first = signature.parameters[0] if signature is not None and signature.parameters else None
    given = task.spec.get("op_kwargs") or {}
    if first is None or first.name != _SESSION or not first.required or _SESSION in given:
        return
    if is_mapped(task) or isinstance(given, str) or "op_args" in task.spec:
        return
    operator = str(task.action).rpartition(".")[2]
    hint = next((hint.format(task=task.name) for word, hint in _INSTEAD.items() if word in operator), None)
    message = f"`{operator}` calls `{task.arguments['python_callable']}` without a Session, which that needs."
    yield Diagnostic(path, message, hint or "Remove `operator`: `python_callable` alone opens one.", "no-session")
