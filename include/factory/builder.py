"""dag-factory's own builder of DAGs, with what 1.1.0 lacks: groups in groups, mapping by rows, any task id.

It is pinned: `DagBuilder` is not in its public API, and the tests cover what is used of it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

import attrs
from airflow.sdk import DAG, TaskGroup

# dag-factory calls home at the end of each DAG run unless told not to; it reads this when it is imported.
os.environ.setdefault("AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY", "False")

with warnings.catch_warnings():
    # dag-factory tries the paths of Airflow 2 as well; its warnings would be in every task's log.
    warnings.simplefilter("ignore")
    from dagfactory.dagbuilder import DagBuilder
    from dagfactory.utils import cast_with_type, import_string

__all__ = ["Builder", "cast_with_type", "import_string", "write_by_rows"]


class _ByRows:
    """Stands for an operator that is mapped by `expand_kwargs`, for which dag-factory 1.1.0 has no words."""

    def __init__(self, partial: Any) -> None:
        self._partial = partial

    @classmethod
    def partial(cls, *, operator_by_rows: str, **arguments: Any) -> _ByRows:
        """Do what BaseOperator's method of this name does."""
        if isinstance(arguments.get("python_callable"), str):
            arguments["python_callable"] = import_string(arguments["python_callable"])
        return cls(import_string(operator_by_rows).partial(**arguments))

    def expand(self, *, rows: Any) -> Any:
        """Map the operator over a list of mappings, each of them an instance's arguments."""
        return self._partial.expand_kwargs(rows)


def write_by_rows(task: dict[str, Any]) -> None:
    """Write a task with `expand_kwargs` as one that dag-factory can map."""
    if "expand_kwargs" in task:
        task |= {"operator_by_rows": task["operator"], "operator": f"{__name__}._ByRows"}
        task["expand"] = {"rows": task.pop("expand_kwargs")}


class Builder(DagBuilder):  # type: ignore[misc]
    """dag-factory's builder, save how it finds the ends of an edge, and ids of groups.

    Its own way puts the group's name before each task's key, so two groups cannot have a task of the same name. Here
    the keys are the full task ids already.
    """

    @staticmethod
    def replace_expand_values(task_conf: dict[str, Any], tasks_dict: dict[str, Any]) -> dict[str, Any]:
        """Put other tasks' results in place of `<id>.output`; dag-factory's own way takes no `.output` within an id."""
        for name, over in task_conf["expand"].items():
            if isinstance(over, str):
                task_conf["expand"][name] = tasks_dict[over.removesuffix(".output")].output
        return task_conf

    @staticmethod
    def make_task_groups(task_groups: dict[str, Any], dag: DAG) -> dict[str, TaskGroup]:
        """Make the task groups, with dots in their ids.

        Airflow takes none, but gives such ids itself to groups in groups whose tasks get a prefix.
        """
        with attrs.validators.disabled():
            groups: dict[str, TaskGroup] = DagBuilder.make_task_groups(task_groups, dag)
        return groups

    @staticmethod
    def set_dependencies(
        tasks_config: Mapping[str, Mapping[str, Any]],
        operators_dict: Mapping[str, Any],
        task_groups_config: Mapping[str, Any],
        task_groups_dict: Mapping[str, Any],
    ) -> None:
        """Set the edges; the keys are full task ids, and `task_groups_config` has none of its own."""
        for name, config in tasks_config.items():
            for before in config.get("dependencies", ()):
                operators_dict[name].set_upstream(operators_dict[before])
