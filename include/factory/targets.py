"""Checks what a target needs, where it is written and once the layers lie over each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from include.factory import layers
from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.kubernetes_section import section_alone, section_whole
from include.factory.packages import package_diagnostics
from include.factory.pipeline import TARGETS, Pipeline, Task


def section_diagnostics(value: Mapping[str, Any], path: KeyPath) -> list[Diagnostic]:
    """Check the `kubernetes` and `snowpark` sections that stand somewhere: in a layer, a pipeline, a variant or a task.

    Args:
        value: The mapping that may have them.
        path: Where it is.

    Returns:
        What is wrong with them by themselves.
    """
    found: list[Diagnostic] = []
    kubernetes = value.get("kubernetes")
    if isinstance(kubernetes, dict):
        found += [one.below((*path, "kubernetes")) for one in section_alone(kubernetes)]
    snowpark = value.get("snowpark")
    if isinstance(snowpark, dict) and isinstance(snowpark.get("packages"), list):
        found += package_diagnostics(snowpark["packages"], (*path, "snowpark", "packages"))
    return found


def target_diagnostics(pipeline: Pipeline, base: Mapping[str, Any]) -> list[Diagnostic]:
    """Check the targets of a pipeline: each section by itself, and what is merged for each task.

    Args:
        pipeline: The pipeline.
        base: The merged layers under it.

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
            found += _whole(task, pipeline, base)
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
    """Report what says where SQL runs.

    On the Snowflake connection, whatever the target, so no change of a target would ever use it.
    """
    if task.kind != "sql":
        return
    for section in TARGETS:
        if section in task.spec:
            message = f"`{task.name}` runs SQL on the Snowflake connection, so its `{section}` is never used."
            yield Diagnostic(("tasks", task.name, section), message, "Remove it.", "misplaced-key", on="key")
    if task.target is not None:
        message = f"`{task.name}` is SQL and runs in Snowflake whatever the target."
        yield Diagnostic(("tasks", task.name, "target"), message, "Remove `target`.", "misplaced-key", on="key")


def _whole(task: Task, pipeline: Pipeline, base: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """Return what is wrong only once the layers lie over each other.

    What the task itself says for pods is checked even where it runs in none, so that moving it there is one word.
    """
    reported = set()
    for variant in pipeline.variants:
        used = "kubernetes" in ({task.target} if task.target else set(variant.targets))
        if task.kind == "sql" or not (used or "kubernetes" in task.spec):
            continue
        merged = layers.section("kubernetes", base, pipeline.spec, variant.spec, task.spec)
        for one in _together(merged, used):
            path = _where(one.path, merged, task, variant.name, pipeline)
            if (path, one.message) not in reported:
                reported.add((path, one.message))
                yield replace(one, path=path)


def _where(inner: KeyPath, merged: Mapping[str, Any], task: Task, variant: str | None, pipeline: Pipeline) -> KeyPath:
    """Where in the pipeline's file a part of the merged section was written: in the task, its variant, or the pipeline.

    Lists are merged by name, so an index into the merged one is looked up by the item's name.
    """
    places: list[tuple[KeyPath, Mapping[str, Any]]] = [(("tasks", task.name), task.spec), ((), pipeline.spec)]
    if variant is not None:
        places.insert(1, (("variants", variant), pipeline.spec["variants"][variant]))
    for path, spec in places:
        part = (spec.get("kubernetes") or {}).get(inner[0])
        if isinstance(part, list) and len(inner) > 1:
            item = merged[str(inner[0])][inner[1]]
            if item in part:
                return (*path, "kubernetes", inner[0], part.index(item), *inner[2:])
        elif part is not None:
            return (*path, "kubernetes", *inner)
    return ("tasks", task.name)


def _together(merged: Mapping[str, Any], used: bool) -> Iterator[Diagnostic]:
    if used and not merged.get("image"):
        message = "No layer names an `image` for its pod."
        yield Diagnostic(
            ("image",), message, "Add `image` to `kubernetes` in configs/defaults.yaml.", "missing-key", on="key"
        )
    yield from section_whole(merged)
