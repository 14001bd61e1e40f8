"""Setup and teardown tasks: what is checked of them, and what they are compiled to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.flow.graph import before_all, shared_tasks, task_names, upstream
from include.factory.pipeline import Pipeline, Task
from include.factory.project import Settings
from include.factory.sections import below
from include.factory.targets import DEFAULT_TARGET

_AFTER_SETUP = "all_success"
"""The one trigger rule that Airflow takes right after a setup (airflow.sdk.DAG.validate_setup_teardown)."""


def compiled_role(task: Task, pipeline: Pipeline) -> dict[str, bool]:
    """Return what says to `include.factory.build` that a task is a setup or a teardown; nothing for all others."""
    if task.teardown_of:
        return {"teardown": True}
    return {"setup": True} if task.name in pipeline.setups else {}


def teardown_diagnostics(pipeline: Pipeline, all_tasks: set[str], root: Path) -> Iterator[Diagnostic]:
    """Check the setups and teardowns of a pipeline.

    Args:
        pipeline: The pipeline.
        all_tasks: All names under `tasks`, those left out of the pipeline included.
        root: The project root.

    Returns:
        What is wrong with the names under `teardown_of`, and teardowns that would run at the wrong time.
    """
    for task in pipeline.tasks.values():
        if not task.teardown_of:
            continue
        path: KeyPath = ("tasks", task.name)
        if task.spec.get("setup"):
            message = f"`{task.name}` is a setup and a teardown."
            hint = "Make it two tasks: the teardown names the setup under `teardown_of`."
            yield Diagnostic((*path, "setup"), message, hint, "wrong-teardown", on="key")
        if "trigger_rule" in task.spec:
            message = "A teardown has its own trigger rule: it runs once the tasks before it are done, failed or not."
            yield Diagnostic((*path, "trigger_rule"), message, "Remove it.", "misplaced-key", on="key")
        for index, name in enumerate(task.teardown_of):
            where = (*path, "teardown_of", index)
            wrong = _name(name, task, pipeline, all_tasks)
            if wrong is not None:
                yield Diagnostic(where, *wrong, "wrong-teardown")
            elif name in pipeline.tasks:
                yield from _early(task, name, where, pipeline, root)
                yield from _for_each_target(task, name, where, pipeline, root)


def trigger_rule_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check the trigger rules of what follows setups.

    Args:
        pipeline: The pipeline.
        settings: What it lies over.

    Returns:
        A mistake for each task right after a setup that has another rule than Airflow takes there.
    """
    followers = {
        task.name: setups[0]
        for task in pipeline.tasks.values()
        if not task.teardown_of
        and (setups := [name for name in upstream(pipeline, task, settings.root) if name in pipeline.setups])
    }
    for name, setup in followers.items():
        spec = pipeline.tasks[name].spec
        partial = spec.get("partial")
        for place, given in (((), spec), (("partial",), partial if isinstance(partial, dict) else {})):
            rule = given.get("trigger_rule", _AFTER_SETUP)
            if rule != _AFTER_SETUP:
                message = f"`{name}` follows the setup `{setup}`, and there Airflow takes `{_AFTER_SETUP}` only."
                path = ("tasks", name, *place, "trigger_rule")
                hint = "Remove it, or put a task without it between the two."
                yield Diagnostic(path, message, hint, "wrong-trigger-rule")
    for variant in pipeline.variants if followers else ():
        dag = below(pipeline, variant, settings).section("dag")
        rule = (dag.get("default_args") or {}).get("trigger_rule", _AFTER_SETUP)
        if rule != _AFTER_SETUP:
            name, setup = next(iter(followers.items()))
            message = f"`{name}` follows the setup `{setup}`, and the trigger rule of all tasks is `{rule}`."
            hint = "Give this rule to the tasks that need it, not to all by `default_args`."
            yield Diagnostic(("dag", "default_args", "trigger_rule"), message, hint, "wrong-trigger-rule")
            return


def after_comparison(pipeline: Pipeline, shared: set[str], root: Path) -> list[str]:
    """Return the teardowns that wait for the comparison of targets as they wait for all else.

    Args:
        pipeline: The pipeline.
        shared: Its tasks that run once.
        root: The project root.

    Returns:
        Names of teardowns that run once, for tasks of all targets, and before none of these.
    """
    found = []
    for task in pipeline.tasks.values():
        if task.teardown_of and task.name in shared and not shared.issuperset(before_all(pipeline, task.name, root)):
            others = (name for name in pipeline.tasks if name not in shared)
            if not any(task.name in before_all(pipeline, name, root) for name in others):
                found.append(task.name)
    return found


def _name(name: str, task: Task, pipeline: Pipeline, all_tasks: set[str]) -> tuple[str, str] | None:
    """Return what is wrong with the name of a setup, and what to write."""
    if name in pipeline.groups:
        return f"`{name}` is a group, and a teardown names setups.", "Name the setup tasks of the group."
    if name not in all_tasks:
        hint = hint_by_name(name, all_tasks - {task.name}, "tasks")
        return f"`{task.name}` is the teardown of `{name}`, and no task has that name.", hint
    if name == task.name:
        return f"`{name}` is the teardown of itself.", "Name the task that sets up what this one tears down."
    other = pipeline.tasks.get(name)
    if other is not None and other.teardown_of:
        return f"`{name}` is a teardown itself.", "Name a setup."
    if other is not None and other.spec.get("setup") is False:
        return f"`{name}` has `setup: false`, and a teardown.", f"Remove `setup: false` from `{name}`."
    return None


def _early(task: Task, setup: str, path: KeyPath, pipeline: Pipeline, root: Path) -> Iterator[Diagnostic]:
    """Look for tasks that use a setup, right after it, and that its teardown does not wait for."""
    before = before_all(pipeline, task.name, root)
    for other in pipeline.tasks.values():
        uses = setup in upstream(pipeline, other, root) and not other.teardown_of
        if uses and other.name not in before and task.name not in before_all(pipeline, other.name, root):
            message = (
                f"`{other.name}` uses the setup `{setup}`, and `{task.name}` tears that down without waiting for it."
            )
            hint = f"Add `{other.name}`, or what comes after it, to the `dependencies` of `{task.name}`."
            yield Diagnostic(path, message, hint, "early-teardown")


def _for_each_target(task: Task, setup: str, path: KeyPath, pipeline: Pipeline, root: Path) -> Iterator[Diagnostic]:
    """Look for a setup that runs once, and whose teardown runs for each target."""
    if not any(variant.grouped for variant in pipeline.variants):
        return
    shared = shared_tasks(pipeline, root)
    if setup not in shared or task.name in shared:
        return
    message = (
        f"`{setup}` runs once, and `{task.name}` for each target: the first would tear down what others still use."
    )
    if any(parts[0] == "target" for parts in task_names(task, root)):
        hint = f"Mention `{{{{ target }}}}` in `{setup}` too, or in neither of them."
    elif task.kind in ("sql", "operator") or task.target is not None:
        hint = f"Use no result of a task that runs for each target in `{task.name}`."
    else:
        hint = f"Pin it: `target: {DEFAULT_TARGET.name}`."
    yield Diagnostic(path, message, hint, "wrong-teardown")
