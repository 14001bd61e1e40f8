"""Checks what a pipeline means: its tasks, their order, and what their templates refer to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from include.constants import COMPARE
from include.factory import looks
from include.factory.context_names import name_diagnostics, own_names
from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name, spelled
from include.factory.flow.branches import branch_diagnostics
from include.factory.flow.comparison import compared_outputs
from include.factory.flow.function_branches import function_branch_diagnostics
from include.factory.flow.graph import cycles, task_templates
from include.factory.flow.groups import dependency_diagnostics, group_diagnostics
from include.factory.flow.mapping import is_mapped
from include.factory.flow.mapping_checks import mapped_reference, mapping_diagnostics
from include.factory.flow.teardowns import teardown_diagnostics
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.project_files import missing_file, unreadable_file
from include.factory.sql import is_file, sql_text
from include.factory.templates.jinja import is_template, references, syntax_problem
from include.operators.placeholders import wrong_placeholder

_JINJA_HINT = (
    "Close what is open: `{{ … }}`, `{% … %}`; what is no template stands between `{% raw %}` and `{% endraw %}`."
)
_BATCH_RESULT = {"table", "rows"}
"""What a batch_callable's task returns (include.runtime.batch)."""


def reference_diagnostics(pipeline: Pipeline, all_tasks: set[str], settings: Settings) -> list[Diagnostic]:
    """Check a pipeline.

    Args:
        pipeline: The pipeline; parts with a wrong shape already left out.
        all_tasks: All names under `tasks`, those left out included.
        settings: What it lies over.

    Returns:
        What is wrong with its meaning.
    """
    root = settings.root
    found = [
        *group_diagnostics(pipeline, all_tasks),
        *dependency_diagnostics(pipeline, all_tasks),
        *branch_diagnostics(pipeline, all_tasks, root),
        *teardown_diagnostics(pipeline, all_tasks, root),
        *function_branch_diagnostics(pipeline, all_tasks, root),
        *mapping_diagnostics(pipeline, root),
    ]
    dashed = [name for name in sorted(all_tasks) if "-" in name]
    names = own_names(pipeline)
    for task in pipeline.tasks.values():
        if task.kind == "sql":
            found += _sql_files(task, root)
            found += _placeholders(task, root) if task.spec.get("parameters") else ()
        found += _templates(task, pipeline, all_tasks, root, dashed, names)
    # An edge that is wrong anyway explains a cycle better than the cycle does.
    return found or [*_cycles(pipeline, root), *_names(pipeline, settings)]


def _cycles(pipeline: Pipeline, root: Path) -> Iterator[Diagnostic]:
    for names in cycles(pipeline, root):
        task = pipeline.tasks[names[1]]
        path: KeyPath = ("tasks", task.name)
        named = next((one for one in task.dependencies if names[0] in pipeline.groups.get(one, [one])), None)
        if named is not None:
            path = (*path, "dependencies", task.dependencies.index(named))
        elif names[0] in task.teardown_of:
            path = (*path, "teardown_of", task.teardown_of.index(names[0]))
        else:
            path = next((where for where, text, _ in task_templates(task, root) if f"outputs.{names[0]}" in text), path)
        message = f"The tasks wait for each other: {' -> '.join(names)}."
        yield Diagnostic(path, message, "Remove one of these dependencies (`{{ outputs.… }}` makes one too).", "cycle")


def _names(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Names of tasks that a variant with several targets needs for itself."""
    for variant in pipeline.variants:
        if not variant.grouped:
            continue
        for name in pipeline.tasks:
            if name in variant.targets:
                message = f"The task `{name}` has the name of a task group of the variant `{variant.name}`."
                yield Diagnostic(("tasks", name), message, "Give the task another name.", "taken-name", on="key")
        if COMPARE in {*pipeline.tasks, *pipeline.groups} and compared_outputs(pipeline, variant, settings):
            message = f"`{COMPARE}` is the task that compares the targets of the variant `{variant.name}`."
            if COMPARE in pipeline.tasks:
                yield Diagnostic(("tasks", COMPARE), message, "Give this task another name.", "taken-name", on="key")
            else:
                where = ("tasks", next(iter(pipeline.groups[COMPARE]), ""), "group")
                yield Diagnostic(where, message, "Give the group another name.", "taken-name")


def _sql_files(task: Task, root: Path) -> Iterator[Diagnostic]:
    listed = isinstance(task.action, list)
    for index, text in enumerate(task.action if listed else [task.action]):
        if not isinstance(text, str) or not is_file(text):
            continue
        name = text.strip()
        path: KeyPath = ("tasks", task.name, "sql", index) if listed else ("tasks", task.name, "sql")
        where = root / name
        if not looks.is_file(where):
            folder = where.parent if os.path.isdir(where.parent) else root / "include"
            near = (
                {found.relative_to(root).as_posix() for found in folder.rglob("*.sql")}
                if where.is_relative_to(root) and os.path.isdir(folder)
                else set()
            )
            yield missing_file(name, path, near)
            continue
        try:
            looks.read_text(where, "utf-8-sig")
        except (OSError, UnicodeDecodeError) as problem:
            yield unreadable_file(name, path, problem)


def _placeholders(task: Task, root: Path) -> Iterator[Diagnostic]:
    listed = isinstance(task.action, list)
    for index, given in enumerate(task.action if listed else [task.action]):
        text = sql_text(given, root) if isinstance(given, str) else ""
        wrong = None if is_template(text) else wrong_placeholder(text, task.spec.get("parameters"))
        if wrong:
            path: KeyPath = ("tasks", task.name, "sql", index) if listed else ("tasks", task.name, "sql")
            yield Diagnostic(path, wrong[0], wrong[1], "wrong-placeholder")


def _templates(
    task: Task, pipeline: Pipeline, all_tasks: set[str], root: Path, dashes: list[str], added: frozenset[str] | None
) -> Iterator[Diagnostic]:
    """Check a task's templates, with the names of tasks that have a dash, and the names that the pipeline adds."""
    for path, text, other in task_templates(task, root):
        where = f" (in {other})" if other else ""
        problem = syntax_problem(text)
        if problem is not None:
            words, line = problem
            at = f"line {line} of {other}" if other else f"`{spelled(path)}`"
            message = f"The template in {at} is not Jinja: {words.rstrip('.')}."
            yield Diagnostic(path, message, _JINJA_HINT, "jinja", line=0 if other else line)
            continue
        dashed = [
            name
            for name in (dashes if "outputs." in text else ())
            if re.search(rf"\boutputs\.{re.escape(name)}(?![\w-])", text)
        ]
        for name in dashed:
            message = f"`outputs.{name}`{where} subtracts: a name with `-` cannot follow a dot."
            word = "" if other else f"outputs.{name}"
            yield Diagnostic(path, message, f"Write `outputs['{name}']`.", "dash-in-template", word=word)
        own = None if path[-1] == "map_index_template" else added  # tasks add to what that one has
        for bad in name_diagnostics(text, references(text), own):
            message = f"`{{{{ {bad.word} }}}}`{where} {bad.message}"
            yield replace(bad, path=path, message=message, word="" if other else bad.word)
        for parts in dict.fromkeys(reference.parts for reference in references(text)):
            if len(parts) > 1 and parts[0] == "outputs" and any(name.startswith(f"{parts[1]}-") for name in dashed):
                continue
            check = _CHECKS.get(parts[0])
            if check is not None and (wrong := check(parts, task, pipeline, all_tasks)):
                word = ".".join(parts[:3])
                message = f"`{{{{ {word} }}}}`{where} {wrong.message}"
                yield replace(wrong, path=path, message=message, word="" if other else word)


# What is wrong with one reference; the messages begin after it.


def _param(parts: tuple[str, ...], task: Task, pipeline: Pipeline, all_tasks: set[str]) -> Diagnostic | None:
    if len(parts) > 1 and parts[1] not in pipeline.params:
        hint = hint_by_name(parts[1], set(pipeline.params), "params")
        return Diagnostic((), "refers to a param that the pipeline does not have.", hint, "unknown-param")
    return None


def _variant(parts: tuple[str, ...], task: Task, pipeline: Pipeline, all_tasks: set[str]) -> Diagnostic | None:
    if pipeline.variants[0].name is None:
        message = "has no value: the pipeline has no variants."
        return Diagnostic((), message, "Add `variants`, or remove it.", "unknown-variant")
    return None


def _mapped(parts: tuple[str, ...], task: Task, pipeline: Pipeline, all_tasks: set[str]) -> Diagnostic | None:
    return mapped_reference(parts, task)


def _output(parts: tuple[str, ...], task: Task, pipeline: Pipeline, all_tasks: set[str]) -> Diagnostic | None:
    if len(parts) == 1:
        return Diagnostic((), "names no task.", "Write `{{ outputs.<task>.<key> }}`.", "unknown-output")
    name = parts[1]
    if name == task.name:
        return Diagnostic((), "is this task's own result.", "Name a task before it.", "unknown-output")
    if name not in all_tasks:
        hint = hint_by_name(name, all_tasks - {task.name}, "tasks")
        return Diagnostic((), "refers to a task that the pipeline does not have.", hint, "unknown-output")
    other = pipeline.tasks.get(name)
    if other is None:
        return None
    if other.spec.get("do_xcom_push") is False:
        hint = f"Remove `do_xcom_push: false` from `{name}`."
        return Diagnostic((), f"is empty: `{name}` keeps no result.", hint, "unknown-output")
    if len(parts) > 2 and is_mapped(other):
        message = f"has no keys: `{name}` is mapped, and its result is the list of its instances' results."
        hint = f"Write `{{{{ outputs.{name} | map(attribute='{parts[2]}') | list }}}}`."
        return Diagnostic((), message, hint, "unknown-output")
    if len(parts) > 2 and other.kind == "sql":
        message = f"has no keys: the result of `{name}` is a list of rows."
        return Diagnostic((), message, f"Write `{{{{ outputs.{name}[0][0] }}}}`.", "unknown-output")
    if len(parts) > 2 and other.kind == "batch_callable" and parts[2] not in _BATCH_RESULT:
        message = f"does not exist: the result of a batch_callable has no `{parts[2]}`."
        return Diagnostic((), message, hint_by_name(parts[2], _BATCH_RESULT, "keys"), "unknown-output")
    return None


_CHECKS = {"params": _param, "outputs": _output, "variant": _variant, "mapped": _mapped}
"""What is checked of a reference, by its first name."""
