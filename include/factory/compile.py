"""Compiles a checked pipeline to dag-factory's own configuration, one for each DAG."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.constants import CALL_ALL, DEFAULT_CONNECTION, RESULT_OF, SESSION_KEYS, SQL_OPERATOR
from include.factory import layers
from include.factory.arguments import as_taken
from include.factory.assets import as_objects
from include.factory.branches import with_ids
from include.factory.comparison import COMPARE, compared_after, compared_tables
from include.factory.conditions import compiled_condition
from include.factory.connections import SNOWFLAKE_ARGUMENT, SQL_ARGUMENT, sql_argument
from include.factory.durations import DAG_DURATIONS, TASK_DURATIONS, seconds
from include.factory.function_branches import compiled_branches
from include.factory.graph import named_tasks, shared_tasks, task_names, upstream
from include.factory.groups import group_id, task_groups
from include.factory.mapping import used_outside, with_items
from include.factory.operator_arguments import Arguments
from include.factory.pipeline import CALLBACKS, OBJECTS, TEXTS, Pipeline, Task, Variant
from include.factory.project import Settings
from include.factory.sources import Sources
from include.factory.sql import sql_text
from include.factory.target import Target
from include.factory.targets import DEFAULT_TARGET, TARGETS
from include.factory.teardowns import after_comparison, compiled_role
from include.factory.templates import RESULT_MACRO, fill, is_template, strings

Config = dict[str, Any]
"""What dag-factory takes for one DAG; plain YAML types only, Python objects as `__type__`."""


def compile_pipeline(pipeline: Pipeline, settings: Settings) -> dict[str, Config]:
    """Compile a pipeline.

    Args:
        pipeline: One without mistakes.
        settings: What it lies over.

    Returns:
        dag-factory's configuration by DAG id.
    """
    return {
        pipeline.dag_id(variant): _Compilation(pipeline, variant, settings).config() for variant in pipeline.variants
    }


class _Compilation:
    """Compiles one variant."""

    def __init__(self, pipeline: Pipeline, variant: Variant, settings: Settings) -> None:
        self._pipeline = pipeline
        self._variant = variant
        self._root = settings.root
        self._settings = settings
        self._layers = (*settings.layers, pipeline.spec, variant.spec)
        self._shared = shared_tasks(pipeline, settings.root) if variant.grouped else set()

    def config(self) -> Config:
        """dag-factory's configuration of the variant's DAG."""
        config = layers.section("dag", *self._layers)
        for key in ("start_date", "end_date"):
            if key in config:
                config[key] = _local(config[key], config.get("timezone") or "UTC")
        if isinstance(config.get("schedule"), dict | list):
            config["schedule"] = as_taken(as_objects(config["schedule"]), self._settings.sources)
        if "deadline" in config:
            config["deadline"] = as_taken(config["deadline"], self._settings.sources)
        _time_deltas(config, DAG_DURATIONS)
        default_args = self._called(_airflow_arguments(config.get("default_args") or {}, self._settings.sources))
        config["default_args"] = {SNOWFLAKE_ARGUMENT: self._connection()} | default_args
        if description := self._variant.spec.get("description") or self._pipeline.spec.get("description"):
            config["description"] = description
        params = {**self._pipeline.params, **(self._variant.spec.get("params") or {})}
        if params:
            config["params"] = {name: _param(value) for name, value in params.items()}
        config = self._called(config)
        config["user_defined_macros"] = {
            **(config.get("user_defined_macros") or {}),
            RESULT_MACRO: RESULT_OF,
        }
        # Airflow looks for the files that operators template beside the loader; here all paths count from the project
        # root.
        given = config.get("template_searchpath") or []
        config["template_searchpath"] = [
            *(str(self._root / path) for path in ([given] if isinstance(given, str) else given)),
            str(self._root),
        ]
        config["tasks"] = self._tasks()
        groups = task_groups(
            [
                *(self._variant.targets if self._variant.grouped else ()),
                *(task.get("task_group_name") for task in config["tasks"].values()),
            ]
        )
        if groups:
            config["task_groups"] = groups
        return config

    def _tasks(self) -> dict[str, Config]:
        tasks: dict[str, Config] = {}
        for task in self._pipeline.tasks.values():
            if not self._variant.grouped or task.name in self._shared:
                tasks |= self._task(task, self._variant.targets[0], None)
            else:
                for target in self._variant.targets:
                    tasks |= self._task(task, target, target)
        comparison = self._comparison()
        for name in after_comparison(self._pipeline, self._shared, self._root) if comparison else ():
            tasks[name]["dependencies"].append(COMPARE)
        return tasks | comparison

    def _task_id(self, name: str, group: str | None) -> str:
        return name if group is None or name in self._shared else f"{group}.{name}"

    def _task_ids(self, name: str, group: str | None) -> list[str]:
        """Return the tasks that another one, of a group or of none, means by a name; what is no task's name stays."""
        if name not in self._pipeline.tasks or name in self._shared or not self._variant.grouped:
            return [name]
        return [f"{target}.{name}" for target in ([group] if group else self._variant.targets)]

    def _task(self, task: Task, target: str, group: str | None) -> dict[str, Config]:
        """Return a task's configuration by its id, and those of the tasks that the factory puts before it."""
        config = self._operator(task, TARGETS[task.target or target])
        arguments = {key: value for key, value in task.arguments.items() if key not in config}
        config |= (
            _airflow_arguments(arguments, self._settings.sources)
            if task.kind != "operator"
            else self._operators_own(task.action, arguments, group)
        )
        config = self._called(config) | compiled_condition(task) | compiled_role(task, self._pipeline)
        config |= compiled_branches(task, self._pipeline, self._root, lambda name: self._task_ids(name, group))
        for key in ("inlets", "outlets"):
            if key in config:
                config[key] = as_taken(as_objects(config[key]), self._settings.sources)
        for key in ("start_date", "end_date"):
            if key in task.spec:
                config[key] = {"__type__": "pendulum.parse", "__args__": [task.spec[key]], "tz": self._timezone()}
        if (task_group := group_id(task, group)) is not None:
            config["task_group_name"] = task_group
        if group is not None:
            config.setdefault("task_display_name", task.name)
        needed = {*named_tasks(self._pipeline, task, self._root), *used_outside(task, task_names(task, self._root))}
        before = [name for name in upstream(self._pipeline, task, self._root) if name in needed]
        if dependencies := [one for name in before for one in self._task_ids(name, group)]:
            config["dependencies"] = dependencies
        words = {"target": target, "connection": self._connection(task)}
        if self._variant.name is not None:
            words["variant"] = self._variant.name
        texts = {key: config.pop(key) for key in TEXTS & config.keys()}
        filled: Config = fill(config, words, lambda name: self._task_id(name, group))
        task_id = self._task_id(task.name, group)
        return with_items(
            task, task_id, filled | texts, lambda name: self._task_ids(name, group), group_id(task, group)
        )

    def _operators_own(self, operator: str, arguments: Mapping[str, Any], group: str | None) -> Config:
        taken = Arguments(operator, self._settings).taken

        def written(given: Mapping[str, Any]) -> Config:
            return with_ids(taken(given), lambda name: self._task_ids(name, group))

        config = written(_durations_only(arguments))
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

    def _called(self, config: Config) -> Config:
        """Callbacks that dag-factory has no words for, by way of one function.

        Several for an event, and templates in arguments.
        """
        return {key: self._call(value) if key in CALLBACKS else value for key, value in config.items()}

    def _call(self, value: Any) -> Any:
        calls = [
            {"callback": one} if isinstance(one, str) else one
            for one in (value if isinstance(value, list) else [value])
        ]
        plain = not any(is_template(text) for text in strings(calls))
        if value is None or (
            not isinstance(value, list) and (plain or self._settings.sources.is_class(calls[0]["callback"]))
        ):
            return value
        return {"callback": CALL_ALL, "calls": calls}

    def _operator(self, task: Task, target: Target) -> Config:
        if task.kind == "operator":
            return {"operator": task.action, **self._sql_connection(task)}
        snowflake = layers.section("snowflake", *self._layers, task.spec)
        mapping = {key: task.spec[key] for key in ("expand", "expand_kwargs") if key in task.spec}
        if task.kind == "sql":
            return mapping | self._sql(task, snowflake)
        config: Config = {**mapping, SNOWFLAKE_ARGUMENT: self._connection(task)}
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
        arguments = target.arguments(task.kind, target.merged(*self._layers, task.spec), self._root)
        return {"operator": target.operators[task.kind], **config, **_session(snowflake), **arguments}

    def _timezone(self) -> str:
        return str(layers.section("dag", *self._layers).get("timezone") or "UTC")

    def _connection(self, task: Task | None = None) -> str:
        """Return the Airflow connection to Snowflake of a task, or of the DAG."""
        layer = task.spec if task is not None and task.kind != "operator" else {}
        return str(layers.section("snowflake", *self._layers, layer).get("connection", DEFAULT_CONNECTION))

    def _sql_connection(self, task: Task) -> Config:
        argument = sql_argument(task.action)
        defaults = layers.section("dag", *self._layers).get("default_args") or {}
        given = {
            *task.arguments,
            *(task.arguments.get("partial") or {}),
            *(task.arguments.get("expand") or {}),
            *defaults,
        }
        return {} if argument is None or argument in given else {argument: self._connection(task)}

    def _sql(self, task: Task, snowflake: Mapping[str, Any]) -> Config:
        texts = task.action if isinstance(task.action, list) else [task.action]
        # Files are read here, not by Airflow at the run, so that `{{ target }}` and `{{ outputs … }}` work in them too.
        statements = [sql_text(text, self._root) for text in texts]
        config: Config = {
            "operator": SQL_OPERATOR,
            SQL_ARGUMENT: self._connection(task),
            "sql": statements if isinstance(task.action, list) else statements[0],
            "split_statements": True,
        }
        if session := _session(snowflake):
            config["hook_params"] = session
        if task.spec.get("parameters"):
            config["parameters"] = task.spec["parameters"]
        return config

    def _comparison(self) -> dict[str, Config]:
        tables = compared_tables(self._pipeline, self._variant, self._root)
        if not tables:
            return {}
        last = compared_after(self._pipeline, self._shared, self._root)
        snowflake = layers.section("snowflake", *self._layers)
        section = DEFAULT_TARGET.for_comparison(DEFAULT_TARGET.merged(*self._layers))
        config: Config = {
            "operator": DEFAULT_TARGET.operators["python_callable"],
            "function": "include.tasks.compare.compare_tables",
            "op_kwargs": {"tables": tables},
            SNOWFLAKE_ARGUMENT: self._connection(),
            **_session(snowflake),
            **DEFAULT_TARGET.arguments("python_callable", section, self._root),
            "dependencies": [f"{target}.{name}" for target in self._variant.targets for name in last],
        }
        return {COMPARE: config}


def _session(snowflake: Mapping[str, Any]) -> Config:
    return {key: snowflake[key] for key in SESSION_KEYS if key in snowflake}


def _param(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {"__type__": "airflow.sdk.Param", **value}


def _local(moment: str, timezone: str) -> str:
    """Return a moment by the clock of the DAG's time zone.

    Dag-factory 1.1.0 takes the clock time of a text and leaves its offset out.
    """
    read = datetime.fromisoformat(moment.strip())
    if read.tzinfo is None:
        return moment
    return read.astimezone(ZoneInfo(timezone)).replace(tzinfo=None).isoformat()


def _airflow_arguments(arguments: Mapping[str, Any], sources: Sources) -> Config:
    config = _durations_only(arguments)
    for key in OBJECTS & config.keys():
        config[key] = as_taken(config[key], sources)
    if config.get("retry_exponential_backoff") is True:
        config["retry_exponential_backoff"] = 2.0
    return config


def _durations_only(arguments: Mapping[str, Any]) -> Config:
    config = dict(arguments)
    _time_deltas(config, TASK_DURATIONS)
    return config


def _time_deltas(config: Config, keys: tuple[str, ...]) -> None:
    for key in keys:
        if config.get(key) is not None:
            config[key] = {"__type__": "datetime.timedelta", "seconds": seconds(config[key])}
