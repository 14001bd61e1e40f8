"""Checks the functions that tasks name, and the keys of their results that templates name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from include.factory.code.calls import argument_diagnostics, missing_diagnostic
from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.flow.graph import task_templates
from include.factory.flow.mapping import common_names, mapped_names
from include.factory.pipeline import Pipeline, Task, Variant
from include.factory.project import Settings
from include.factory.python.function_bodies import returned_keys
from include.factory.python.modules import Definition, Hidden, Missing
from include.factory.python.signatures import Signature
from include.factory.sections import below
from include.factory.target import FunctionKind
from include.factory.targets import TARGETS
from include.factory.templates.jinja import names


def function_diagnostics(task: Task, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check the function of a task against its source.

    Args:
        task: A `python_callable:` or `batch_callable:` task.
        pipeline: Its pipeline.
        settings: What the pipeline lies over.

    Returns:
        What is wrong between the task and the function.
    """
    definition = settings.callables.find(task.action)
    wrong = _not_a_function(definition, task)
    if wrong is not None:
        yield wrong
    elif isinstance(definition, Definition):
        signature = settings.callables.signature(definition)
        if signature is not None:
            yield from (_batch if task.kind == "batch_callable" else _session)(task, signature)
        yield from _needs(task, definition, pipeline, settings)


def output_diagnostics(task: Task, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check keys of other tasks' results in a task's templates.

    Args:
        task: The task.
        pipeline: Its pipeline.
        settings: What the pipeline lies over.

    Returns:
        A mistake for each key that another task's function does not return, where that function shows what it returns.
    """
    for path, text, other in task_templates(task, settings.root):
        for parts in dict.fromkeys(names(text)):
            source = pipeline.tasks.get(parts[1]) if parts[0] == "outputs" and len(parts) > 2 else None
            if source is None or source.kind != "python_callable" or not isinstance(source.action, str):
                continue
            definition = settings.callables.find(source.action)
            keys = returned_keys(definition) if isinstance(definition, Definition) else None
            if keys is not None and parts[2] not in keys:
                word = ".".join(parts[:3])
                where = f" (in {other})" if other else ""
                message = f"`{{{{ {word} }}}}`{where} does not exist: `{source.action}` returns no `{parts[2]}`."
                hint = hint_by_name(parts[2], keys, "keys")
                yield Diagnostic(path, message, hint, "unknown-output", word="" if other else word)


def _not_a_function(definition: Definition | Missing | Hidden, task: Task) -> Diagnostic | None:
    path = ("tasks", task.name, task.kind)
    if isinstance(definition, Missing):
        return missing_diagnostic(definition, task.action, "function", path)
    node = definition.node if isinstance(definition, Definition) else None
    hint = "Name a function at the top of a module."
    if isinstance(node, ast.ClassDef):
        return Diagnostic(path, f"`{task.action}` is a class, not a function.", hint, "not-a-function")
    if isinstance(node, ast.AsyncFunctionDef):
        message = f"`{task.action}` is an `async` function."
        return Diagnostic(path, message, "Make it a plain `def`.", "not-a-function")
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(
        node.value, ast.Constant | ast.List | ast.Dict | ast.Tuple | ast.Set | ast.JoinedStr
    ):
        return Diagnostic(path, f"`{task.action}` is a value, not a function.", hint, "not-a-function")
    return None


def _session(task: Task, signature: Signature) -> Iterator[Diagnostic]:
    """Check that a function takes a Session, and then what `op_kwargs` gives."""
    path = ("tasks", task.name)
    first = next((parameter for parameter in signature.parameters if parameter.positional), None)
    op_kwargs = task.spec.get("op_kwargs") or {}
    mapped = mapped_names(task)
    if first is None and not signature.any_positional:
        message = f"`{task.action}` takes no Session: it has no positional parameter."
        yield Diagnostic((*path, task.kind), message, "Give it one: `def f(session, …)`.", "no-session")
    elif first is not None and first.name in {*op_kwargs, *(mapped or ())}:
        where = (*path, "op_kwargs", first.name) if first.name in op_kwargs else _mapped_place(task, first.name)
        message = (
            f"`{first.name}` is the first parameter of `{task.action}`, which gets the Session, and `{where[2]}`"
            " gives it too."
        )
        hint = f"Put the Session first: `def {task.action.rpartition('.')[2]}(session, {first.name}, …)`."
        if first.name == "session":
            hint = "Remove it: the function gets its Session by itself."
        yield Diagnostic(where, message, hint, "no-session", on="key")
    else:
        taken, where, call = signature.without_first(), (*path, "op_kwargs"), (*path, task.kind)
        given = [*op_kwargs, *(mapped or ())]
        also = {one.name for one in taken.parameters} if mapped is None else set()
        for one in argument_diagnostics(taken, task.action, given, where, call, kind="op_kwarg", also=also):
            name = one.path[-1]
            yield replace(one, path=_mapped_place(task, str(name))) if name in (mapped or ()) else one
        lacking = {one.name for one in taken.parameters if one.required} & set(mapped or ()) - common_names(task)
        for name in sorted(lacking):
            message = f"`{task.action}` needs `{name}`, and not each mapping of `expand_kwargs` gives it."
            yield Diagnostic((*path, "expand_kwargs"), message, f"Add `{name}` to all of them.", "missing-op_kwarg")


def _mapped_place(task: Task, name: str) -> KeyPath:
    """Return the place of a value that the instances of a mapped task get."""
    rows = task.spec.get("expand_kwargs") or []
    index = next((index for index, row in enumerate(rows) if name in row), None)
    return ("tasks", task.name, *(("expand",) if index is None else ("expand_kwargs", index)), name)


def _batch(task: Task, signature: Signature) -> Iterator[Diagnostic]:
    """Check that a function takes a batch, and a model if the task names one."""
    path: KeyPath = ("tasks", task.name, task.kind)
    given = 2 if task.spec.get("model") is not None else 1
    takes = [parameter for parameter in signature.parameters if parameter.positional]
    needs = [parameter.name for parameter in signature.parameters if parameter.required]
    if given < len(needs) == 2:
        message = (
            f"`{task.action}` takes a model (`{takes[1].name}`), and the task names none." if len(takes) > 1 else ""
        )
        yield Diagnostic(path, message, "Add `model`, mostly `{{ outputs.<task>.<key> }}`.", "no-model")
    elif len(needs) > given:
        message = f"`{task.action}` takes ({', '.join(needs)}); a batch_callable gets a batch and at most a model."
        yield Diagnostic(path, message, "Give the other parameters defaults.", "wrong-arguments")
    elif given > len(takes) and not signature.any_positional:
        if takes:
            where, hint = ("tasks", task.name, "model"), "Remove `model`, or add a second parameter."
            yield Diagnostic(where, f"`{task.action}` takes no model.", hint, "no-model", on="key")
        else:
            message = f"`{task.action}` takes no batch: it has no positional parameter."
            yield Diagnostic(path, message, "Give it one: `def f(batch)`.", "wrong-arguments")


def _needs(task: Task, definition: Definition, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check what a function needs on its targets.

    Where the task has a section for another target, there too: so moving it there is one word.
    """
    kind: FunctionKind = "batch_callable" if task.kind == "batch_callable" else "python_callable"
    found: dict[Diagnostic, None] = {}
    for target in TARGETS.values():
        variants: list[Variant | None] = [one for one in pipeline.variants if one.runs_on(task, target.name)]
        for variant in variants or ([None] if target.name in task.spec else []):
            section = below(pipeline, variant, settings).of_target(target, task)
            for one in target.function_diagnostics(kind, task.action, definition, section):
                found[one.below(("tasks", task.name, target.name))] = None
    yield from found
