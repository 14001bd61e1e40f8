"""Tells which task of a run was which target's."""

from __future__ import annotations

from dataclasses import dataclass

from include.constants import (
    BATCH_POD_OPERATOR,
    COMPARE,
    CONTAINER_OPERATOR,
    POD_OPERATOR,
    SNOWPARK_BATCH_OPERATOR,
    SNOWPARK_OPERATOR,
)
from include.report.runs import Run, TaskTry
from include.report.values import items, mapping, text

_OPERATORS = {
    SNOWPARK_OPERATOR: "snowpark",
    SNOWPARK_BATCH_OPERATOR: "snowpark",
    POD_OPERATOR: "kubernetes",
    BATCH_POD_OPERATOR: "kubernetes",
    CONTAINER_OPERATOR: "kubernetes",
}
_BY_CLASS = {path.rpartition(".")[2]: target for path, target in _OPERATORS.items()}
"""The target of a task that measured nothing, such as one that has not run, by its operator."""

_TITLES = {"snowpark": "Snowpark", "kubernetes": "Kubernetes"}


def title(target: str) -> str:
    """Return what people call a target.

    Args:
        target: its name in configurations.

    Returns:
        Such as `Snowpark`; another target's own name.
    """
    return _TITLES.get(target, target)


@dataclass(frozen=True)
class Targets:
    """The targets of a run.

    Attributes:
        names: in the order in which the configuration has them, as far as the run tells.
        side_by_side: whether each has its tasks in a group of its own; the others then belong to all of them.
    """

    names: tuple[str, ...]
    side_by_side: bool

    @classmethod
    def of(cls, run: Run) -> Targets:
        """Find the targets that decided about tasks of a run."""
        found = dict.fromkeys([*_compared(run), *(one for task in run.tasks if (one := _own(task)))])
        groups = {task.task_id.partition(".")[0] for task in run.tasks if "." in task.task_id}
        grouped = tuple(name for name in found if name in groups)
        return cls(grouped or tuple(found), bool(grouped))

    def of_task(self, task: TaskTry) -> str | None:
        """Return the target that decided about a task, or None for one that is no target's or all targets'."""
        if self.side_by_side:
            group = task.task_id.partition(".")[0]
            return group if group in self.names else None
        return _own(task)

    def step(self, task_id: str) -> str:
        """Return what a task is called in the configuration, where it is one for all targets."""
        group, dot, rest = task_id.partition(".")
        return rest if self.side_by_side and dot and group in self.names else task_id


def _own(task: TaskTry) -> str | None:
    return text(mapping(task.measures).get("target")) or _BY_CLASS.get(task.operator or "")


def _compared(run: Run) -> list[str]:
    """Return the targets in the comparison's own order, which is that of the configuration."""
    result = next((mapping(task.result) for task in run.tasks if task.task_id == COMPARE), {})
    return [str(name) for table in items(result.get("tables")) for name in mapping(mapping(table).get("tables"))]
