"""dag-factory's own builder of DAGs, with what 1.1.0 lacks: groups in groups, mapping by rows, any task id.

It is pinned: `DagBuilder` is not in its public API, and the tests cover what is used of it.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import attrs
from airflow import configuration
from airflow.sdk import DAG, TaskGroup

# dag-factory calls home at the end of each DAG run unless told not to; it reads this when it is imported.
os.environ.setdefault("AIRFLOW__DAG_FACTORY__ENABLE_TELEMETRY", "False")


@contextmanager
def _left_out(module: str) -> Iterator[None]:
    """Let the import of a module fail, unless it is there already."""
    new = module not in sys.modules
    if new:
        sys.modules[module] = None  # type: ignore[assignment]  # Python's own way to say so
    try:
        yield
    finally:
        if new:
            del sys.modules[module]


# Of the timetables of assets dag-factory makes nothing with Airflow 3, and they bring along the scheduler's side of
# Airflow: of all that the start of a task imports, a third.
with _left_out("airflow.timetables.assets"), warnings.catch_warnings():
    # dag-factory tries the paths of Airflow 2 as well; its warnings would be in every task's log.
    warnings.simplefilter("ignore")
    from dagfactory import dagbuilder
    from dagfactory.utils import cast_with_type, import_string

__all__ = ["Builder", "cast_with_type", "import_string", "write_by_rows"]


_NO_DEFAULTS = SimpleNamespace(
    conf=SimpleNamespace(getint=lambda section, key: None, getboolean=lambda section, key: None)
)
"""In place of Airflow's configuration, which dag-factory asks for a DAG's defaults whatever the DAG says itself.

Airflow's DAG finds its own defaults for what is None (not for `catchup`), and asking takes as long as making a task.
"""


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


class Builder(dagbuilder.DagBuilder):  # type: ignore[misc]
    """dag-factory's builder, save how it finds the ends of an edge, ids of groups, and what it does needlessly.

    Its own way puts the group's name before each task's key, so two groups cannot have a task of the same name. Here
    the keys are the full task ids already.
    """

    def __init__(self, dag_id: str, config: dict[str, Any]) -> None:
        """Keep what to build as it is; dag-factory itself copies it first.

        Args:
            dag_id: The DAG's id.
            config: dag-factory's configuration, cast; changed by `build`.
        """
        self.dag_name = dag_id
        self.dag_config = config
        self.default_config: dict[str, Any] = {}
        self._yml_dag = ""

    def build(self) -> dict[str, Any]:
        """Build the DAG.

        Returns:
            The DAG as `dag`.
        """
        if "catchup" not in self.dag_config:
            self.dag_config["catchup"] = configuration.conf.getboolean("scheduler", "catchup_by_default")
        dagbuilder.configuration = _NO_DEFAULTS
        try:
            built: dict[str, Any] = super().build()
        finally:
            dagbuilder.configuration = configuration
        return built

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
            groups: dict[str, TaskGroup] = dagbuilder.DagBuilder.make_task_groups(task_groups, dag)
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
