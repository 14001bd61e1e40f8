"""Checks what a target needs, where it is written and once the layers lie over each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from include.factory import layers
from include.factory.kubernetes_models import Found
from include.factory.kubernetes_section import section_alone, section_whole
from include.factory.mistakes import KeyPath, Mistake
from include.factory.packages import package_mistakes
from include.factory.pipeline import TARGETS, Pipeline, Task


def section_mistakes(value: Mapping[str, Any], path: KeyPath, file: str) -> list[Mistake]:
    """Check the `kubernetes` and `snowpark` sections that stand somewhere: in a layer, a pipeline, a variant or a task.

    Args:
        value: The mapping that may have them.
        path: Where it is.
        file: Its file, for messages.

    Returns:
        What is wrong with them by themselves.
    """
    found: list[Mistake] = []
    kubernetes = value.get("kubernetes")
    if isinstance(kubernetes, dict):
        for below, on, rule, message, cure in section_alone(kubernetes):
            found.append(Mistake(file, message, cure, rule, (*path, "kubernetes", *below), "key" if on == "key" else "value"))
    snowpark = value.get("snowpark")
    if isinstance(snowpark, dict) and isinstance(snowpark.get("packages"), list):
        found += package_mistakes(snowpark["packages"], (*path, "snowpark", "packages"), file)
    return found


def target_mistakes(pipeline: Pipeline, below: Mapping[str, Any], file: str) -> list[Mistake]:
    """Check the targets of a pipeline: each section by itself, and what is merged for each task.

    Args:
        pipeline: The pipeline.
        below: The merged layers under it.
        file: Its file, for messages.

    Returns:
        What is wrong.
    """
    found = section_mistakes(pipeline.written, (), file)
    for variant in pipeline.variants:
        if variant.name is not None:
            found += section_mistakes(variant.written, ("variants", variant.name), file)
    for task in pipeline.tasks.values():
        if task.kind != "operator":
            found += section_mistakes(task.written, ("tasks", task.name), file)
            found += _misplaced(task, file)
            found += _whole(task, pipeline, below, file)
    return found


def unused_sections(pipeline: Pipeline) -> Iterator[str]:
    """Sections of tasks for a target that none of the pipeline's DAGs runs them on: they wait there until the task moves.

    Args:
        pipeline: A pipeline without mistakes.

    Returns:
        A sentence for each.
    """
    for task in pipeline.tasks.values():
        for target in TARGETS:
            if target in task.written and task.kind != "operator" and target not in pipeline.targets_of(task):
                runs = " and ".join(sorted(pipeline.targets_of(task)))
                yield f"`tasks.{task.name}.{target}` waits: `{task.name}` runs on {runs} now."


def _misplaced(task: Task, file: str) -> Iterator[Mistake]:
    """What says where SQL runs: on the Snowflake connection, whatever the target, so no change of a target would ever use it."""
    if task.kind != "sql":
        return
    for section in TARGETS:
        if section in task.written:
            message = f"`{task.name}` runs SQL on the Snowflake connection, so its `{section}` is never used."
            yield Mistake(file, message, "Remove it.", "misplaced-key", ("tasks", task.name, section), "key")
    if task.target is not None:
        message = f"`{task.name}` is SQL and runs in Snowflake whatever the target."
        yield Mistake(file, message, "Remove `target`.", "misplaced-key", ("tasks", task.name, "target"), "key")


def _whole(task: Task, pipeline: Pipeline, below: Mapping[str, Any], file: str) -> Iterator[Mistake]:
    """What is wrong only once the layers lie over each other.

    What the task itself says for pods is checked even where it runs in none, so that moving it there is one word.
    """
    told = set()
    for variant in pipeline.variants:
        used = "kubernetes" in ({task.target} if task.target else set(variant.targets))
        if task.kind == "sql" or not (used or "kubernetes" in task.written):
            continue
        merged = layers.section("kubernetes", below, pipeline.written, variant.written, task.written)
        for key_path, on, rule, message, cure in _together(merged, used):
            path = _where(key_path, merged, task, variant.name, pipeline)
            if (path, message) not in told:
                told.add((path, message))
                yield Mistake(file, message, cure, rule, path, "key" if on == "key" else "value")


def _where(below: KeyPath, merged: Mapping[str, Any], task: Task, variant: str | None, pipeline: Pipeline) -> KeyPath:
    """Where in the pipeline's file a part of the merged section was written: in the task, its variant, or the pipeline.

    Lists are merged by name, so an index into the merged one is looked up by the item's name.
    """
    places: list[tuple[KeyPath, Mapping[str, Any]]] = [(("tasks", task.name), task.written), ((), pipeline.written)]
    if variant is not None:
        places.insert(1, (("variants", variant), pipeline.written["variants"][variant]))
    for path, written in places:
        part = (written.get("kubernetes") or {}).get(below[0])
        if isinstance(part, list) and len(below) > 1:
            item = merged[str(below[0])][below[1]]
            if item in part:
                return (*path, "kubernetes", below[0], part.index(item), *below[2:])
        elif part is not None:
            return (*path, "kubernetes", *below)
    return ("tasks", task.name)


def _together(merged: Mapping[str, Any], used: bool) -> Found:
    if used and not merged.get("image"):
        message = "No layer names an `image` for its pod."
        yield ("image",), "key", "missing-key", message, "Add `image` to `kubernetes` in configs/defaults.yaml."
    yield from section_whole(merged)
