"""Checks what a target needs, where it is written and once the layers lie over each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.kubernetes.container import container_task_diagnostics
from include.factory.pipeline import Pipeline, Task, able_targets
from include.factory.project import Settings
from include.factory.sections import below
from include.factory.target import Target
from include.factory.targets import TARGETS


def section_diagnostics(value: Mapping[str, Any], path: KeyPath) -> list[Diagnostic]:
    """Check the sections of targets that stand somewhere: in a layer, a pipeline, a variant or a task.

    Args:
        value: The mapping that may have them.
        path: Where it is.

    Returns:
        What is wrong with them by themselves.
    """
    return [
        one.below((*path, target.name))
        for target in TARGETS.values()
        if isinstance(value.get(target.name), dict)
        for one in target.section_diagnostics(value[target.name])
    ]


def target_diagnostics(pipeline: Pipeline, settings: Settings) -> list[Diagnostic]:
    """Check the targets of a pipeline: each section by itself, and what is merged for each task.

    Args:
        pipeline: The pipeline.
        settings: What it lies over.

    Returns:
        What is wrong.
    """
    found = section_diagnostics(pipeline.spec, ())
    for variant in pipeline.variants:
        if variant.name is not None:
            found += section_diagnostics(variant.spec, ("variants", variant.name))
    for task in pipeline.tasks.values():
        if task.kind != "operator":
            found += section_diagnostics(task.spec, ("tasks", task.name))
            found += _misplaced(task)
            found += _not_run_there(task, pipeline)
            found += [one.below(("tasks", task.name, task.kind)) for one in _of_container(task)]
            found += _merged(task, pipeline, settings)
    return found


def unused_sections(pipeline: Pipeline) -> Iterator[str]:
    """Sections of tasks for a target that none of the pipeline's DAGs runs them on.

    They wait there until the task moves.

    Args:
        pipeline: A pipeline without mistakes.

    Returns:
        A sentence for each.
    """
    for task in pipeline.tasks.values():
        for target in TARGETS:
            if target in task.spec and task.kind != "operator" and target not in pipeline.targets_of(task):
                runs = " and ".join(sorted(pipeline.targets_of(task)))
                yield f"`tasks.{task.name}.{target}` waits: `{task.name}` runs on {runs} now."


def _misplaced(task: Task) -> Iterator[Diagnostic]:
    """Report sections of targets that never run such a task, so that no change of a target would ever use them.

    SQL runs on the Snowflake connection, whatever the target.
    """
    for section, target in TARGETS.items():
        if section in task.spec and task.kind not in target.operators:
            message = f"The target `{section}` runs no `{task.kind}`, so its section is never used."
            if task.kind == "sql":
                message = f"`{task.name}` runs SQL on the Snowflake connection, so its `{section}` is never used."
            yield Diagnostic(("tasks", task.name, section), message, "Remove it.", "misplaced-key", on="key")
    if task.kind == "sql" and task.target is not None:
        message = f"`{task.name}` is SQL and runs in Snowflake whatever the target."
        yield Diagnostic(("tasks", task.name, "target"), message, "Remove `target`.", "misplaced-key", on="key")


def _not_run_there(task: Task, pipeline: Pipeline) -> Iterator[Diagnostic]:
    """Report a task on a target that does not run its kind."""
    able = able_targets(task.kind)
    for name in sorted(pipeline.targets_of(task)) if able else ():
        if name not in able:
            path: KeyPath = ("tasks", task.name)
            hint = f"Write `target: {able[0]}`."
            if task.target is not None:
                path = (*path, "target")
                hint = f"Remove it: a `{task.kind}` runs on `{able[0]}` in every variant." if len(able) == 1 else hint
            yield Diagnostic(path, f"The target `{name}` runs no `{task.kind}`.", hint, "wrong-target", on="key")


def _of_container(task: Task) -> Iterator[Diagnostic]:
    if task.kind == "container" and isinstance(task.action, dict):
        yield from container_task_diagnostics(task.action)


def _merged(task: Task, pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Return what is wrong only once the layers lie over each other.

    What the task itself says for a target is checked even where it does not run there, so that moving it there is one
    word.
    """
    if task.kind == "sql":
        return
    reported = set()
    for variant, target in product(pipeline.variants, TARGETS.values()):
        used = variant.runs_on(task, target.name)
        if not (used or target.name in task.spec):
            continue
        section = below(pipeline, variant, settings).of_target(target, task)
        for one in target.merged_diagnostics(section, task.spec, used):
            path = _where((target.name, *one.path), section, task, variant.name, pipeline)
            if (path, one.message) not in reported:
                reported.add((path, one.message))
                yield replace(one, path=path)


def _where(inner: KeyPath, section: Mapping[str, Any], task: Task, variant: str | None, pipeline: Pipeline) -> KeyPath:
    """Where a part of a merged section was written: in the task, its variant, or the pipeline."""
    name, *rest = inner
    target = TARGETS[str(name)]
    places: list[tuple[KeyPath, Mapping[str, Any]]] = [(("tasks", task.name), task.spec), ((), pipeline.spec)]
    if variant is not None:
        places.insert(1, (("variants", variant), pipeline.spec["variants"][variant]))
    for path, spec in places:
        written = _written(target, rest, section, spec.get(target.name) or {})
        if written is not None:
            return (*path, target.name, *written)
    return ("tasks", task.name)


def _written(target: Target, path: Sequence[str | int], merged: Any, written: Any) -> KeyPath | None:
    """Where a part of a merged section is in one that was merged; None if it is not in that.

    Lists may be merged by name, so that an item has another index there.
    """
    found: list[str | int] = []
    key = ""
    for part in path:
        if isinstance(part, int) and isinstance(written, list):
            merged = merged[part]
            name = target.merge_keys.get(key)
            number = next((index for index, one in enumerate(written) if _is_same(merged, one, name)), None)
            if number is None:
                return None
            found.append(number)
            written = written[number]
        elif isinstance(part, str) and isinstance(written, Mapping) and part in written:
            found.append(part)
            key, merged, written = part, merged[part], written[part]
        else:
            return None
    return tuple(found)


def _is_same(item: Any, other: Any, key: str | None) -> bool:
    """Whether an item of a merged list came from one that was merged: the same, or one of the same name."""
    if key is not None and isinstance(item, Mapping) and isinstance(other, Mapping) and key in item:
        return bool(item[key] == other.get(key))
    return bool(item == other)
