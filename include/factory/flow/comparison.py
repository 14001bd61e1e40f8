"""The comparison of targets that run side by side: what it compares, and which tasks it waits for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from include.constants import COMPARE
from include.factory.flow.graph import before_all, first_tasks, in_order, shared_tasks, upstream
from include.factory.flow.mapping import is_mapped, mapped_over
from include.factory.flow.written_tables import same_table, tables_left
from include.factory.pipeline import Pipeline, Task, Variant, remembered
from include.factory.project import Settings
from include.factory.python.function_bodies import may_return
from include.factory.python.modules import Definition
from include.factory.sections import below
from include.factory.sql import sql_text
from include.factory.templates.jinja import fill, is_expression, names

_CHOOSES = re.compile(r"Branch|ShortCircuit")
"""What is in the name of an operator that may skip the tasks after it."""
_PLACES = ("database", "schema")
_MAPPED = ("expand", "expand_kwargs")


@dataclass(frozen=True)
class Output:
    """A table that each target has for itself.

    Attributes:
        task: The task that writes it.
        table: What tells its name, before the factory's own names are filled in: a name, or an expression for the
            task's result.
        each: Of a mapped task's SQL, what it is mapped over.
    """

    task: Task
    table: str
    each: Any = field(default=None, hash=False)


def compared_outputs(pipeline: Pipeline, variant: Variant, settings: Settings) -> list[dict[str, Any]]:
    """Return what a variant with several targets compares: what has the target in its name.

    Args:
        pipeline: The pipeline.
        variant: One of its variants.
        settings: What it lies over.

    Returns:
        For each table what `include.tasks.compare.compare_tables` is told of it; nothing unless there are two targets
        or more.
    """
    if len(variant.targets) < 2:
        return []
    found = []
    shared = shared_tasks(pipeline, settings.root)
    for output in outputs(pipeline, variant, shared, settings):
        told = {"each": output.each, "table": output.table} if output.each is not None else output.table
        section = below(pipeline, variant, settings).section("snowflake", output.task)
        own = output.task.spec.get("snowflake") or {}
        place = {key: section[key] for key in _PLACES if key in own or names_target(section.get(key))}
        one = {
            "task": output.task.name,
            "tables": _by_target(told, variant, shared),
            "places": _by_target(place, variant, shared) if place else {},
            "asked": _asked(output.task),
        }
        found.append({key: value for key, value in one.items() if value})
    return found


def compared_models(pipeline: Pipeline, variant: Variant, settings: Settings) -> list[dict[str, Any]]:
    """Return the models that a variant with several targets has for each; arguments as above.

    Returns:
        For each that a batch_callable gets from another task what `include.tasks.compare.models` is told of it.
    """
    root = settings.root
    shared = shared_tasks(pipeline, root)
    unsure = may_be_skipped(pipeline, root)
    of_models = [
        (task, used[0])
        for task in pipeline.tasks.values()
        if task.kind == "batch_callable"
        and task.name not in shared
        and (used := _tasks_of_model(task))
        and used[0] not in shared
    ]
    left_out = shared | unsure
    before = {
        one.name: before_all(pipeline, one.name, root)
        for one in (pipeline.tasks.values() if of_models else ())
        if one.name not in left_out and not is_mapped(one) and _may_return(one, "metrics", settings)
    }
    found = []
    for task, trains in of_models:
        measuring = [name for name, all_before in before.items() if task.name in all_before]
        found.append(
            {
                "task": trains,
                "used_by": task.name,
                "models": _by_target(f"{{{{ outputs['{trains}'] | default(none) }}}}", variant, shared),
                "metrics": {
                    name: _by_target(f"{{{{ outputs['{name}']['metrics'] | default(none) }}}}", variant, shared)
                    for name in measuring
                },
            }
        )
    return found


def _tasks_of_model(task: Task) -> list[str]:
    """Return the tasks that the model of a batch_callable comes from."""
    return [parts[1] for parts in names(task.spec.get("model")) if parts[0] == "outputs" and len(parts) > 1]


def _by_target(value: Any, variant: Variant, shared: set[str]) -> dict[str, Any]:
    """Return a value for each target, the factory's own names filled in."""

    def filled(target: str) -> Any:
        def task_id(name: str) -> str:
            return name if name in shared else f"{target}.{name}"

        return fill(value, {"variant": variant.name or "", "target": target}, task_id)

    return {target: filled(target) for target in variant.targets}


def outputs(pipeline: Pipeline, variant: Variant, shared: set[str], settings: Settings) -> Iterator[Output]:
    """Return the tables that each target has for itself, as far as the file and its functions show.

    Args:
        pipeline: The pipeline; the checks ask for those with mistakes, too.
        variant: One of its variants, which may have the target in its schema.
        shared: Its tasks that run once.
        settings: What it lies over.

    Returns:
        The output of a batch_callable, the table in the result of a python_callable that gets the target, the tables
        that SQL creates or fills; with the target in the name, or in the schema or the database. The result of a task
        that each target has for itself stands for the target. What is dropped again is left out; so is what may be
        skipped, save outputs of batch_callables.
    """
    own = pipeline.tasks.keys() - shared
    unsure = may_be_skipped(pipeline, settings.root)
    undone = {name for task in pipeline.tasks.values() for name in task.teardown_of}
    dropped = [
        (task.name, table)
        for task in pipeline.tasks.values()
        if task.kind == "sql"
        for table in tables_left(_sql(task, settings))[1]
    ]
    for task in pipeline.tasks.values():
        if task.name in shared or task.spec.get(COMPARE) is False or task.teardown_of:
            continue
        section = below(pipeline, variant, settings).section("snowflake", task)
        in_place = names_target([section.get(key) for key in _PLACES])
        before = before_all(pipeline, task.name, settings.root) if dropped else set()
        gone = [table for name, table in dropped if name not in before]
        if any(is_expression(one) and [*names(one)] == [("outputs", task.name, "table")] for one in gone):
            continue
        if task.kind == "batch_callable":
            for output in _of_batch(task, in_place, own, task.name in unsure):
                if not any(same_table(output.table, one) for one in gone):
                    yield output
        elif task.name in unsure | undone:
            continue
        elif (
            task.kind == "python_callable"
            and (in_place or _tells_target([task.spec.get(key) for key in ("op_kwargs", *_MAPPED)], own))
            and _may_return(task, "table", settings)
        ):
            yield Output(task, f"{{{{ outputs['{task.name}'] | default(none) }}}}")
        elif task.kind == "sql":
            for table in tables_left(_sql(task, settings))[0]:
                kept = not any(same_table(table, one) for one in gone)
                if kept and (in_place or _in_name(table, task, own)):
                    yield Output(task, table, mapped_over(task))


def names_target(value: Any) -> bool:
    """Whether a template in a value reads `{{ target }}`."""
    return ("target",) in names(value)


def _tells_target(value: Any, own: Set[str]) -> bool:
    """Whether a template in a value reads `{{ target }}`, or the result of a task that each target has for itself."""
    return names_target(value) or any(
        parts[0] == "outputs" and not own.isdisjoint(parts[1:2]) for parts in names(value)
    )


def _in_name(table: str, task: Task, own: Set[str]) -> bool:
    """Whether a table's name tells the target, by what the task is mapped over too."""
    mapped = any(parts[0] == "mapped" for parts in names(table))
    return _tells_target(table, own) or (mapped and _tells_target([task.spec.get(key) for key in _MAPPED], own))


def compared_after(pipeline: Pipeline, variant: Variant, shared: set[str], settings: Settings) -> list[str]:
    """Return the tasks that the comparison waits for, in each target's group.

    Args:
        pipeline: The pipeline.
        variant: One of its variants.
        shared: Its tasks that run once.
        settings: What it lies over.

    Returns:
        The names of the last tasks, but of no teardown, and of none that a condition or a choice may skip, with which
        the comparison would be skipped; and of those that write what is compared, where none of these waits for them.
    """
    root = settings.root
    unsure = may_be_skipped(pipeline, root)
    work = [name for name, task in pipeline.tasks.items() if name not in shared | unsure and not task.teardown_of]
    followed = {name for one in work for name in upstream(pipeline, pipeline.tasks[one], root)}
    last = [name for name in work if name not in followed]
    done = {name for one in last for name in (one, *before_all(pipeline, one, root))}
    written = dict.fromkeys(output.task.name for output in outputs(pipeline, variant, shared, settings))
    return [*last, *(name for name in written if name not in done)]


def _asked(task: Task) -> dict[str, Any]:
    """Return what a task says of the comparison of its table."""
    output = task.spec.get("output") or {}
    asked = task.spec.get(COMPARE) or {}
    return {key: output[key] for key in ("keep", "column") if output.get(key)} | asked


def _of_batch(task: Task, in_place: bool, own: Set[str], unsure: bool) -> Iterator[Output]:
    # A refused output is left out of the task.
    table = (task.spec.get("output") or {}).get("table")
    if isinstance(table, str) and (in_place or _in_name(table, task, own)):
        if is_mapped(task):  # a table for each instance: what the run wrote
            table = f"{{{{ outputs['{task.name}'] | map(attribute='table') | list }}}}"
        elif unsure and any(parts[0] == "outputs" for parts in names(table)):  # of what may be skipped with it
            table = f"{{{{ outputs['{task.name}'] | default(none) }}}}"
        yield Output(task, table)


def _may_return(task: Task, key: str, settings: Settings) -> bool:
    """Whether the result of a function may have a key, by its source."""
    if task.kind != "python_callable" or task.spec.get("do_xcom_push") is False or not isinstance(task.action, str):
        return False
    definition = settings.callables.find(task.action)
    return not isinstance(definition, Definition) or may_return(definition, key)


def _sql(task: Task, settings: Settings) -> str:
    texts = task.action if isinstance(task.action, list) else [task.action]
    return ";\n".join(sql_text(text, settings.root) for text in texts if isinstance(text, str))


@remembered
def may_be_skipped(pipeline: Pipeline, root: Path) -> set[str]:
    """Return the tasks that a condition or a choice may skip, and those that are skipped with them.

    Args:
        pipeline: The pipeline.
        root: The project root.

    Returns:
        Their names.
    """
    chosen = {
        first
        for task in pipeline.tasks.values()
        for name in task.spec.get("branches") or ()
        for first in first_tasks(pipeline, name, root)
    }
    found: set[str] = set()
    for name in in_order(pipeline, root):
        task = pipeline.tasks[name]
        before = upstream(pipeline, task, root)
        after_choice = any(_CHOOSES.search(str(pipeline.tasks[one].action).rpartition(".")[2]) for one in before)
        with_others = task.spec.get("trigger_rule", "all_success") == "all_success" and not found.isdisjoint(before)
        if task.spec.get("run_if", True) is not True or name in chosen or after_choice or with_others:
            found.add(name)
    return found
