"""What the configurations give: DAGs, tasks, operators and edges; and what an edit changes in them, in words."""

from __future__ import annotations

import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from include.constants import RUN_IF
from include.factory.check import check
from include.factory.config import Config
from include.factory.project import Project
from include.factory.results import Result
from include.factory.targets import TARGETS
from include.factory.templates.jinja import RESULT_MACRO
from include.factory.where import TARGET_OF, where

Plan = dict[str, Config]
"""dag-factory's configuration of each DAG, by its id."""


def plan_of(result: Result) -> Plan:
    """Return what checked pipelines give.

    Args:
        result: What came of the files; those with mistakes give nothing.

    Returns:
        The compiled configuration of each DAG.
    """
    return {dag_id: config for checked in result.files for dag_id, config in checked.configs.items()}


def targets_of(config: Config) -> dict[str, str]:
    """Return where tasks of a DAG run.

    Args:
        config: The DAG's compiled configuration.

    Returns:
        The target of each task that a target decides about, by its id: of several targets, the tasks in their groups;
        else all functions.
    """
    groups = {task: task.partition(".")[0] for task in config["tasks"] if task.partition(".")[0] in TARGETS}
    return groups or {
        task: TARGET_OF[spec["operator"]].name
        for task, spec in config["tasks"].items()
        if spec["operator"] in TARGET_OF
    }


def plan_at(project: Project, revision: str) -> Plan:
    """Return what the configurations gave at a git revision.

    Args:
        project: The project.
        revision: A commit, branch or tag.

    Returns:
        The compiled configuration of each DAG then.

    Raises:
        ValueError: there is no such revision, or the project is in no git repository.
    """
    archive = subprocess.run(
        ["git", "-C", str(project.root), "archive", "--format=tar", revision], capture_output=True, check=False
    )
    if archive.returncode:
        raise ValueError(f"git knows no revision `{revision}` here: {archive.stderr.decode(errors='replace').strip()}")
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        then = replace(project, root=Path(folder))
        plan = plan_of(check(then, then.pipeline_files()))
    # The same interpreter at another root is no change.
    moved: Plan = _moved(plan, str(Path(folder)), str(project.root))
    return moved


def described(plan: Plan) -> Iterator[str]:
    """Return a plan in words.

    Args:
        plan: The plan.

    Returns:
        Lines of text.
    """
    for dag_id, config in sorted(plan.items()):
        yield f"{dag_id}: {_count(len(config['tasks']), 'task')}, {_schedule(config)}"
        width = max(map(len, config["tasks"]))
        for name, task in config["tasks"].items():
            after = f", after {', '.join(task['dependencies'])}" if task.get("dependencies") else ""
            group = f", in {_group(task)}" if _group(task) else ""
            role = f", {_role(task)}" if _role(task) else ""
            yield f"  {name:<{width}}  {where(task)}{role}{group}{after}"


def changes(before: Plan, now: Plan) -> Iterator[str]:
    """Return what an edit changes, in words.

    Args:
        before: The plan as it was.
        now: The plan as it is.

    Returns:
        Lines of text; nothing if nothing changes.
    """
    for dag_id in sorted(before.keys() - now.keys()):
        yield f"{dag_id} goes."
    for dag_id in sorted(now.keys() - before.keys()):
        yield f"{dag_id} comes: {_count(len(now[dag_id]['tasks']), 'task')}, {_schedule(now[dag_id])}."
    for dag_id in sorted(now.keys() & before.keys()):
        lines = [*_of_dag(before[dag_id], now[dag_id]), *_of_tasks(before[dag_id], now[dag_id])]
        if lines:
            yield f"{dag_id}:"
            yield from (f"  {line}" for line in lines)


def _of_dag(before: Config, now: Config) -> Iterator[str]:
    if _schedule(before) != _schedule(now):
        yield f"the schedule changes from {_schedule(before)} to {_schedule(now)}."
    yield from _of_values(before.get("params", {}), now.get("params", {}), "the param ")
    ours = {"tasks", "task_groups", "params", "schedule"}
    yield from _of_values(
        {k: v for k, v in before.items() if k not in ours}, {k: v for k, v in now.items() if k not in ours}, ""
    )


def _of_tasks(then: Config, now: Config) -> Iterator[str]:
    groups = [group for group in now.get("task_groups") or {} if group in TARGETS]
    before, after = then["tasks"], now["tasks"]
    once = {
        name for name in after if name not in before and groups and all(f"{group}.{name}" in before for group in groups)
    }
    often = {
        name for name in before if name not in after and groups and all(f"{group}.{name}" in after for group in groups)
    }
    for name in before:
        if name not in after and name not in often and name.partition(".")[2] not in once:
            yield f"{name} goes."
    for name in sorted(often):
        yield f"{name} now runs once for each target; it ran once: {where(before[name])}."
    for name, task in after.items():
        group, _, plain = name.partition(".") if name.partition(".")[0] in groups else ("", "", name)
        if name in once:
            yield f"{name} now runs once: {where(task)}; it ran once for each target."
        elif name in before:
            # What follows a task that came out of the groups, or went into them, follows it by its new id: said above.
            renamed = {f"{one}.{other}": other for one in groups for other in once} | {
                other: f"{group}.{other}" for other in often if group
            }
            yield from _of_task(name, _renamed(before[name], renamed), task)
        elif plain not in often:
            yield f"{name} comes: {where(task)}."


def _of_task(name: str, old: Config, task: Config) -> Iterator[str]:
    old, task = _as_written(old), _as_written(task)
    if where(old) != where(task):
        yield f"{name} moves from {where(old)} to {where(task)}."
    if _role(old) != _role(task):
        yield f"{name} is now {_role(task)}." if _role(task) else f"{name} is no longer {_role(old)}."
    left, entered = _group(old), _group(task)
    if left != entered and left and entered:
        yield f"{name} moves from the group {left} to {entered}."
    elif left != entered:
        yield f"{name} goes into the group {entered}." if entered else f"{name} leaves the group {left}."
    gone, come = set(old.get("dependencies", ())), set(task.get("dependencies", ()))
    if come - gone:
        yield f"{name} now waits for {', '.join(sorted(come - gone))}."
    if gone - come:
        yield f"{name} no longer waits for {', '.join(sorted(gone - come))}."
    # What comes along with a move to another operator is said by the move.
    same = old["operator"] == task["operator"]
    keys = {k for k in old.keys() | task.keys() if same or (k in old and k in task)} - {
        "operator",
        "dependencies",
        "setup",
        "task_group_name",
        "teardown",
        "run_as",
        "python_callable",
        "target",
    }
    yield from _of_values({k: old[k] for k in old if k in keys}, {k: task[k] for k in task if k in keys}, f"{name}: ")


def _as_written(task: Config) -> Config:
    """Return a compiled task with its condition and its branches as the pipeline has them."""
    found = dict(task)
    hook = found.get("pre_execute")
    if isinstance(hook, dict) and hook.get("__type__") == RUN_IF:
        del found["pre_execute"]
        found["run_if"] = hook["condition"]
    if isinstance(found.get("branches"), dict):
        found["branches"] = ", ".join(found["branches"])
    return found


def _role(task: Config) -> str:
    """Return what a task is to others; empty if it is neither a setup nor a teardown."""
    return "a setup" if task.get("setup") else "a teardown" if task.get("teardown") else ""


def _group(task: Config) -> str:
    """Return the group that a pipeline puts a compiled task in; empty for none, or for its target's alone."""
    first, _, rest = str(task.get("task_group_name") or "").partition(".")
    return rest if first in TARGETS else ".".join(filter(None, (first, rest)))


def _of_values(before: Mapping[str, Any], now: Mapping[str, Any], what: str) -> Iterator[str]:
    for key in [*before, *(key for key in now if key not in before)]:
        if key not in now:
            yield f"{what}{key} goes (it was {_shown(before[key])})."
        elif key not in before:
            yield f"{what}{key} comes: {_shown(now[key])}."
        elif before[key] != now[key] and _is_plain(before[key]) and _is_plain(now[key]):
            yield from _of_values(before[key], now[key], f"{what}{key}.")
        elif before[key] != now[key]:
            yield f"{what}{key} changes from {_shown(before[key])} to {_shown(now[key])}."


def _renamed(task: Config, ids: Mapping[str, str]) -> Config:
    """Return a task's configuration with other task ids in its dependencies and templates."""
    if not ids:
        return task
    renamed: Config = _in_templates(task, ids)
    return renamed | {"dependencies": [ids.get(name, name) for name in task.get("dependencies", ())]}


def _in_templates(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(rf"(?<={RESULT_MACRO}\(ti, ')[^']*(?=')", lambda match: ids.get(match[0], match[0]), value)
    if isinstance(value, dict):
        return {key: _in_templates(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_templates(inner, ids) for inner in value]
    return value


def _is_plain(value: Any) -> bool:
    return isinstance(value, dict) and "__type__" not in value


def _shown(value: Any) -> str:
    if isinstance(value, dict) and value.get("__type__") == "datetime.timedelta":
        length = timedelta(**{unit: number for unit, number in value.items() if unit != "__type__"})
        return f"{length.total_seconds():g} s"
    text = " ".join(str(value).split())
    return text if len(text) <= 70 else text[:69] + "…"


def _schedule(config: Config) -> str:
    schedule = config.get("schedule")
    return "no schedule" if schedule is None else f"schedule {_shown(schedule)}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _moved(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return new + value.removeprefix(old) if value == old or value.startswith(old + "/") else value
    if isinstance(value, dict):
        return {key: _moved(inner, old, new) for key, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, old, new) for inner in value]
    return value
