"""Compiles one task of a variant to dag-factory's configuration of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from include.constants import DEFAULT_CONNECTION, SESSION_KEYS, SQL_OPERATOR
from include.factory.assets import as_objects
from include.factory.code.arguments import as_taken
from include.factory.code.operator_arguments import Arguments
from include.factory.compile_arguments import airflow_arguments, with_callbacks, with_durations
from include.factory.config import Config
from include.factory.connections import SNOWFLAKE_ARGUMENT, SQL_ARGUMENT, sql_argument
from include.factory.flow.branches import with_ids
from include.factory.flow.conditions import compiled_condition
from include.factory.flow.function_branches import compiled_branches
from include.factory.flow.graph import named_tasks, shared_tasks, task_names, upstream
from include.factory.flow.groups import group_id
from include.factory.flow.mapped_rules import chooses, trigger_rule
from include.factory.flow.mapping import used_outside, with_items
from include.factory.flow.teardowns import compiled_role
from include.factory.pipeline import TEXTS, Pipeline, Task, Variant
from include.factory.project import Settings
from include.factory.sections import below
from include.factory.sql import sql_text
from include.factory.target import Target
from include.factory.targets import TARGETS
from include.factory.templates.jinja import fill

OUR_OPERATORS = SQL_OPERATOR.rpartition(".")[0]
"""The package of our own operators."""


class TaskCompiler:
    """Compiles the tasks of one variant.

    Attributes:
        layers: What they lie over, the lowest first.
        shared: The names of the tasks that run once, where the variant has several targets.
    """

    def __init__(self, pipeline: Pipeline, variant: Variant, settings: Settings) -> None:
        """Look at the whole graph once.

        Args:
            pipeline: One without mistakes.
            variant: One of its variants.
            settings: What it lies over.
        """
        self._pipeline = pipeline
        self._variant = variant
        self._root = settings.root
        self._settings = settings
        self._below = below(pipeline, variant, settings)
        self._default_args: Mapping[str, Any] = self._below.section("dag").get("default_args") or {}
        self.layers = self._below.layers
        self.shared = shared_tasks(pipeline, settings.root) if variant.grouped else set()

    def compiled(self, task: Task, target: str, group: str | None) -> dict[str, Config]:
        """Compile a task.

        Args:
            task: The task.
            target: Where the variant runs it, unless it is pinned.
            group: The target whose task group it is in; None if it runs once.

        Returns:
            Configurations by id: its own, after those of the tasks that the factory puts before it.
        """

        def ids(name: str) -> list[str]:
            return self._task_ids(name, group)

        config = self._arguments(task, target, ids)
        task_group = group_id(task, group)
        if task_group is not None:
            config["task_group_name"] = task_group
        if group is not None:
            config.setdefault("task_display_name", task.name)
        before = self._before(task)
        if before:
            config["dependencies"] = [one for name in before for one in ids(name)]
        words = {"target": target, "connection": self.connection(task)}
        if self._variant.name is not None:
            words["variant"] = self._variant.name
        texts = {key: config.pop(key) for key in TEXTS & config.keys()}
        filled: Config = fill(config, words, lambda name: self._task_id(name, group))
        return with_items(
            task,
            self._task_id(task.name, group),
            filled | texts,
            ids,
            task_group,
            rule=trigger_rule(filled, self._default_args),
            before=[one for name in before if not chooses(self._pipeline, name) for one in ids(name)],
        )

    def _arguments(self, task: Task, target: str, ids: Callable[[str], list[str]]) -> Config:
        """Return a task's operator and its arguments, templates not yet filled in."""
        sources = self._settings.sources
        config = self._operator(task, TARGETS[task.target or target])
        given = {key: value for key, value in task.arguments.items() if key not in config}
        if task.kind == "operator":
            config |= self._operators_own(task.action, given, ids)
        else:
            config |= airflow_arguments(given, sources)
        config = with_callbacks(config, sources)
        config |= compiled_condition(task) | compiled_role(task, self._pipeline)
        config |= compiled_branches(task, self._pipeline, self._root, ids)
        for key in ("inlets", "outlets"):
            if key in config:
                config[key] = as_taken(as_objects(config[key]), sources)
        for key in ("start_date", "end_date"):
            if key in task.spec:
                config[key] = {"__type__": "pendulum.parse", "__args__": [task.spec[key]], "tz": self._timezone()}
        return config

    def _before(self, task: Task) -> list[str]:
        """Return the tasks that a task waits for by itself, not only to know what it is mapped over."""
        needed = {*named_tasks(self._pipeline, task, self._root), *used_outside(task, task_names(task, self._root))}
        return [name for name in upstream(self._pipeline, task, self._root) if name in needed]

    def _task_id(self, name: str, group: str | None) -> str:
        return name if group is None or name in self.shared else f"{group}.{name}"

    def _task_ids(self, name: str, group: str | None) -> list[str]:
        """Return the tasks that another one, of a group or of none, means by a name; what is no task's name stays."""
        if name not in self._pipeline.tasks or name in self.shared or not self._variant.grouped:
            return [name]
        return [f"{target}.{name}" for target in ([group] if group else self._variant.targets)]

    def _operators_own(self, operator: str, arguments: Mapping[str, Any], ids: Callable[[str], list[str]]) -> Config:
        taken = Arguments(operator, self._settings).taken

        def written(given: Mapping[str, Any]) -> Config:
            return with_ids(taken(given), ids)

        config = written(with_durations(arguments))
        if isinstance(arguments.get("partial"), dict):
            config["partial"] = written(arguments["partial"])
        if "expand" in arguments:
            config["expand"] = {
                name: [written({name: one})[name] for one in over] if isinstance(over, list) else over
                for name, over in arguments["expand"].items()
            }
        if isinstance(rows := arguments.get("expand_kwargs"), list):
            config["expand_kwargs"] = [written(row) for row in rows]
        return config

    def _operator(self, task: Task, target: Target) -> Config:
        if task.kind == "operator":
            return {"operator": task.action, **self._sql_connection(task)}
        snowflake = self._below.section("snowflake", task)
        mapping = {key: task.spec[key] for key in ("expand", "expand_kwargs") if key in task.spec}
        if task.kind == "sql":
            return mapping | self._sql(task, snowflake)
        config: Config = {**mapping, SNOWFLAKE_ARGUMENT: self.connection(task)}
        if task.kind == "container":
            config["container"] = task.action
        elif task.kind == "batch_callable":
            config |= {
                "function": task.action,
                "batch_input": task.spec["input"],
                "batch_output": task.spec["output"],
                "model": task.spec.get("model"),
            }
        else:
            config |= {"function": task.action, "op_kwargs": task.spec.get("op_kwargs") or {}}
        arguments = target.arguments(task.kind, self._below.of_target(target, task), self._root)
        operator = target.operators[task.kind]
        known = measured(operator, snowflake, target.name)
        return {"operator": operator, **config, **session(snowflake), **known, **arguments}

    def _timezone(self) -> str:
        return str(self._below.section("dag").get("timezone") or "UTC")

    def connection(self, task: Task | None = None) -> str:
        """Return the Airflow connection to Snowflake of a task, or of the DAG."""
        layer = task if task is not None and task.kind != "operator" else None
        return str(self._below.section("snowflake", layer).get("connection", DEFAULT_CONNECTION))

    def _sql_connection(self, task: Task) -> Config:
        argument = sql_argument(task.action)
        given = {
            *task.arguments,
            *(task.arguments.get("partial") or {}),
            *(task.arguments.get("expand") or {}),
            *self._default_args,
        }
        return {} if argument is None or argument in given else {argument: self.connection(task)}

    def _sql(self, task: Task, snowflake: Mapping[str, Any]) -> Config:
        texts = task.action if isinstance(task.action, list) else [task.action]
        # Files are read here, not by Airflow at the run, so that `{{ target }}` and `{{ outputs … }}` work in them too.
        statements = [sql_text(text, self._root) for text in texts]
        config: Config = {
            "operator": SQL_OPERATOR,
            SQL_ARGUMENT: self.connection(task),
            "sql": statements if isinstance(task.action, list) else statements[0],
            "split_statements": True,
            **measured(SQL_OPERATOR, snowflake),
        }
        if chosen := session(snowflake):
            config["hook_params"] = chosen
        if task.spec.get("parameters"):
            config["parameters"] = task.spec["parameters"]
        return config


def session(snowflake: Mapping[str, Any]) -> Config:
    """Return what a merged `snowflake` section says of the session, for our operators."""
    return {key: snowflake[key] for key in SESSION_KEYS if key in snowflake}


def measured(operator: str, snowflake: Mapping[str, Any], target: str | None = None) -> Config:
    """Return what our operators know of the measures of a task: its target, and the table of what tasks took.

    Args:
        operator: The task's, by import path; one of another target need not measure anything.
        snowflake: The merged section.
        target: Where the task's function runs; None for what is Snowflake's alone.
    """
    if operator.rpartition(".")[0] != OUR_OPERATORS:
        return {}
    table = {"task_runs": snowflake["task_runs"]} if "task_runs" in snowflake else {}
    return table if target is None else {"target": target, **table}
