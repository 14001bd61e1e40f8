"""Checks what tasks say of the comparison of their tables: `compare`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from include.constants import COMPARE
from include.factory.diagnostics import Diagnostic, KeyPath, On, hint_by_name
from include.factory.flow.comparison import may_be_skipped, outputs
from include.factory.flow.graph import shared_tasks
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.templates.jinja import is_template

_NUMBERS = (
    "NUMBER", "DECIMAL", "DEC", "NUMERIC", "FIXED", "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT",
    "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "DOUBLE PRECISION", "REAL", "DECFLOAT",
)  # fmt: skip
"""Snowflake's names of numeric types."""


def comparison_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check `compare` of all tasks of a pipeline.

    Args:
        pipeline: The pipeline; parts with a wrong shape already left out.
        settings: What it lies over.

    Returns:
        A mistake for each task that has nothing to compare, each tolerance that is no number from 0 on, and each column
        that its table will not have.
    """
    asked = [task for task in pipeline.tasks.values() if isinstance(task.spec.get(COMPARE), dict)]
    if not asked:
        return
    shared = shared_tasks(pipeline, settings.root)
    compared = {
        output.task.name for variant in pipeline.variants for output in outputs(pipeline, variant, shared, settings)
    }
    for task in asked:
        path: KeyPath = ("tasks", task.name, COMPARE)
        if task.name not in compared:
            message, hint = _nothing(task, pipeline, settings)
            yield Diagnostic(path, message, hint, "nothing-to-compare", on="key")
            continue
        yield from _tolerances(task, path)
        yield from _columns(task, path)


def comparison_doubts(pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Return warnings: of a relative tolerance that allows any number to be another one.

    Args:
        pipeline: A pipeline without mistakes.

    Returns:
        A warning for each.
    """
    for task in pipeline.tasks.values():
        for name, given in _given_tolerances(task).items():
            relative = given.get("relative", 0) if isinstance(given, dict) else 0
            if relative >= 1:
                path = ("tasks", task.name, COMPARE, "tolerance", name, "relative")
                message = f"`relative: {relative:g}` lets the numbers of {name} differ by {relative:.0%} of themselves."
                hint = f"Write `{relative / 100:g}` if {relative:g} % is meant."
                yield Diagnostic(path, message, hint, "large-tolerance", level="warning")


def _given_tolerances(task: Task) -> dict[str, Any]:
    asked = task.spec.get(COMPARE)
    return (asked.get("tolerance") or {}) if isinstance(asked, dict) else {}


def _nothing(task: Task, pipeline: Pipeline, settings: Settings) -> tuple[str, str]:
    """Return why a task's table is not compared, and what to do."""
    if any(task.name in other.teardown_of for other in pipeline.tasks.values()) or task.teardown_of:
        message = f"What `{task.name}` does is undone before the run ends, and there is nothing left to compare."
        return message, "Remove `compare`."
    hints = {
        "batch_callable": "Write it into the table's name: `output: {table: TABLE_{{ target }}}`.",
        "python_callable": "Give the function the name with `{{ target }}` in `op_kwargs`, and return it as `table`.",
        "sql": "Create or fill a table with `{{ target }}` in its name.",
    }
    if task.kind != "batch_callable" and task.name in may_be_skipped(pipeline, settings.root):
        message = f"`{task.name}` may be skipped, and what may be skipped is not compared."
        return message, "Remove `compare`, or let the task run always."
    message = f"`{task.name}` writes no table with `{{{{ target }}}}` in its name: there is nothing to compare."
    return message, hints.get(task.kind, "Remove it.")


def _tolerances(task: Task, path: KeyPath) -> Iterator[Diagnostic]:
    for name, given in _given_tolerances(task).items():
        where = (*path, "tolerance", name)
        numbers = (
            {(*where, part): number for part, number in given.items()} if isinstance(given, dict) else {where: given}
        )
        for place, number in numbers.items():
            if isinstance(number, float) and not math.isfinite(number):
                message = f"`{'.'.join(map(str, place))}` is `{number}`; it must be a number from 0 on."
                hint = "Leave a column out of the table if it may be anything."
                yield Diagnostic(place, message, hint, "out-of-range")


def _columns(task: Task, path: KeyPath) -> Iterator[Diagnostic]:
    asked = task.spec[COMPARE]
    key, tolerances = asked.get("key") or [], asked.get("tolerance") or {}
    for name in key:
        if name in tolerances:
            message = f"`{name}` is in `key` and has a tolerance: rows are matched by equal keys."
            hint = "Remove it from one of the two."
            yield Diagnostic((*path, "tolerance", name), message, hint, "key-tolerance", on="key")
    output = task.spec.get("output") or {}
    made, keep, type_ = output.get("column"), output.get("keep"), str(output.get("type") or "FLOAT")
    if made in tolerances and not is_template(type_) and type_.partition("(")[0].strip().upper() not in _NUMBERS:
        message = f"`{made}` is {type_}, and a tolerance is for numbers."
        yield Diagnostic((*path, "tolerance", str(made)), message, "Remove it.", "wrong-tolerance", on="key")
    known = {str(name) for name in (*(keep or ()), made)}
    if not keep or not made or any(is_template(name) for name in known):
        return
    places: list[tuple[KeyPath, str, On]] = [((*path, "key", index), name, "value") for index, name in enumerate(key)]
    places += [((*path, "tolerance", name), name, "key") for name in tolerances]
    for place, name, on in places:
        if name not in known and not is_template(name):
            message = f"The table of `{task.name}` has no column `{name}`."
            yield Diagnostic(place, message, hint_by_name(name, known, "columns"), "unknown-column", on=on)
