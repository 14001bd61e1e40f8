"""The graph of a pipeline's tasks: who waits for whom, which tasks stand in no task group."""

from __future__ import annotations

from pathlib import Path

from include.factory.pipeline import Pipeline, Task
from include.factory.sql import sql_text
from include.factory.templates import names


def task_names(task: Task, root: Path) -> set[tuple[str, ...]]:
    """The names that a task's templates use, those of its `.sql` files included.

    Args:
        task: The task.
        root: The project root.

    Returns:
        Dotted names as tuples: ("params", "x"), ("outputs", "train", "model"), ("target",).
    """
    found = set(names({key: value for key, value in task.written.items() if key not in ("doc_md", "dependencies")}))
    if task.kind == "sql":
        for text in task.does if isinstance(task.does, list) else [task.does]:
            found.update(names(sql_text(text, root)))
    return found


def upstream(pipeline: Pipeline, task: Task, root: Path) -> list[str]:
    """The tasks a task waits for: those it names, and those whose outputs it uses.

    Args:
        pipeline: The pipeline.
        task: One of its tasks.
        root: The project root.

    Returns:
        Names of tasks that exist, each once, the named ones first.
    """
    used = sorted(parts[1] for parts in task_names(task, root) if parts[0] == "outputs" and len(parts) > 1)
    return [name for name in dict.fromkeys([*task.dependencies, *used]) if name in pipeline.tasks]


def shared_tasks(pipeline: Pipeline, root: Path) -> set[str]:
    """The tasks that run once where a variant has several targets.

    A task runs once if no target decides anything about it: it is pinned or the same everywhere (`sql`, `operator`), does not
    mention `{{ target }}`, and waits for no task that runs per target.

    Args:
        pipeline: A pipeline without cycles.
        root: The project root.

    Returns:
        The names of these tasks.
    """
    shared: set[str] = set()
    for name in in_order(pipeline, root):
        task = pipeline.tasks[name]
        everywhere = task.kind in ("sql", "operator") or task.target is not None
        if (
            everywhere
            and ("target",) not in {parts[:1] for parts in task_names(task, root)}
            and shared.issuperset(upstream(pipeline, task, root))
        ):
            shared.add(name)
    return shared


def in_order(pipeline: Pipeline, root: Path) -> list[str]:
    """The tasks, each after all it waits for.

    Args:
        pipeline: The pipeline.
        root: The project root.

    Returns:
        Names of tasks; those on a cycle, and what waits for them, are left out.
    """
    waiting = {name: set(upstream(pipeline, task, root)) for name, task in pipeline.tasks.items()}
    done: dict[str, None] = {}
    while ready := [name for name, before in waiting.items() if before <= done.keys()]:
        for name in ready:
            done[name] = None
            del waiting[name]
    return list(done)


def cycle(pipeline: Pipeline, root: Path) -> list[str]:
    """A cycle of tasks.

    Args:
        pipeline: The pipeline.
        root: The project root.

    Returns:
        The names along it, the first again at the end; empty if there is no cycle.
    """
    ordered = set(in_order(pipeline, root))
    left = [name for name in pipeline.tasks if name not in ordered]
    if not left:
        return []
    path: list[str] = []
    name = left[0]
    while name not in path:
        path.append(name)
        name = next(before for before in upstream(pipeline, pipeline.tasks[name], root) if before not in ordered)
    return [*path[path.index(name) :], name][::-1]
