"""What an environment's pipelines use: connections and sessions, pools, interpreters, pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from include.constants import DEFAULT_CONNECTION, POD_OPERATORS, SESSION_KEYS, TASK_RUNS_TABLE
from include.factory.check import check
from include.factory.layers import section
from include.factory.project import Project

OUR_OPERATORS = "include.operators."

Pod = tuple[str, Mapping[str, Any]]
"""A task with a pod, in words, and its merged `kubernetes:` mapping."""


@dataclass(frozen=True, order=True)
class Login:
    """A Snowflake session as some task asks for it.

    Attributes:
        connection: the Airflow connection.
        chosen: what the task chose of `SESSION_KEYS`, as pairs.
        task_runs: the table of what tasks took; empty if none is written.
    """

    connection: str
    chosen: tuple[tuple[str, str], ...] = ()
    task_runs: str = TASK_RUNS_TABLE

    @property
    def name(self) -> str:
        """Its name for people."""
        return " ".join([f"Snowflake, {self.connection}", *(f"{key}={value}" for key, value in self.chosen)])


class Subject:
    """A project in its environment, checked and compiled.

    Args:
        project: the project; its variables say which environment.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.result = check(project)
        self.snowflake = section("snowflake", *self.result.settings.layers)
        self.snowpark = section("snowpark", *self.result.settings.layers)
        self.kubernetes = section("kubernetes", *self.result.settings.layers)

    @cached_property
    def tasks(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        """All tasks: the DAG's id, its own, and dag-factory's configuration of it over the DAG's `default_args`."""
        return [
            (dag_id, task_id, {**(config.get("default_args") or {}), **task})
            for checked in self.result.files
            for dag_id, config in checked.configs.items()
            for task_id, task in config["tasks"].items()
        ]

    @cached_property
    def logins(self) -> list[Login]:
        """The sessions of all tasks, the environment's own first."""
        own = self._login(self.snowflake.get("connection", DEFAULT_CONNECTION), self.snowflake, self.snowflake)
        return list(dict.fromkeys([*([own] if own else []), *self._of_tasks()]))

    def _of_tasks(self) -> Iterator[Login]:
        for *_, task in self.tasks:
            connection = task.get("conn_id") or task.get("snowflake_conn_id")
            if str(task["operator"]).startswith(OUR_OPERATORS) and (
                login := self._login(connection, task.get("hook_params") or task, task)
            ):
                yield login

    @staticmethod
    def _login(connection: Any, session: Mapping[str, Any], task: Mapping[str, Any]) -> Login | None:
        chosen = tuple((key, str(session[key])) for key in SESSION_KEYS if session.get(key))
        if not isinstance(connection, str) or "{{" in f"{connection}{chosen}":
            return None  # only a run knows
        return Login(connection, chosen, str(task.get("task_runs", TASK_RUNS_TABLE) or ""))

    @cached_property
    def pools(self) -> dict[str, list[str]]:
        """The pools that tasks name, and the DAGs of these."""
        pools: dict[str, list[str]] = {}
        for dag_id, _, task in self.tasks:
            if isinstance(pool := task.get("pool"), str) and "{{" not in pool:
                pools.setdefault(pool, []).append(dag_id)
        return {pool: sorted({*dags}) for pool, dags in sorted(pools.items())}

    @cached_property
    def interpreters(self) -> list[str]:
        """The Snowpark interpreters of all tasks; the environment's own if none has one."""
        named = {str(task["python"]) for *_, task in self.tasks if task.get("python")}
        own = self.project.root / self.snowpark["python"] if self.snowpark.get("python") else None
        return sorted(named) or ([str(own)] if own else [])

    @cached_property
    def pods(self) -> list[Pod]:
        """Distinct pods, each by its first task; the environment's own if no task has one."""
        distinct: list[Pod] = []
        for dag_id, task_id, task in self.tasks:
            if task["operator"] in POD_OPERATORS and all(task["kubernetes"] != one for _, one in distinct):
                distinct.append((f"{dag_id}, {task_id}", task["kubernetes"]))
        return distinct or ([("the environment", self.kubernetes)] if self.kubernetes.get("image") else [])
