"""Compiles a checked pipeline to dag-factory's own configuration, one for each DAG."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.constants import COMPARE, COMPARISON_OPERATOR, PIPELINE_TAG, RESULT_OF, TAG_LENGTH
from include.factory import layers
from include.factory.assets import as_objects
from include.factory.code.arguments import as_taken
from include.factory.compile_arguments import airflow_arguments, with_callbacks, with_time_deltas
from include.factory.compile_task import TaskCompiler, measured, session
from include.factory.config import Config
from include.factory.connections import SNOWFLAKE_ARGUMENT
from include.factory.durations import DAG_DURATIONS
from include.factory.flow.comparison import compared_after, compared_models, compared_outputs, names_target
from include.factory.flow.groups import task_groups
from include.factory.flow.teardowns import after_comparison
from include.factory.pipeline import Pipeline, Variant
from include.factory.project import Settings
from include.factory.targets import DEFAULT_TARGET
from include.factory.templates.jinja import RESULT_MACRO


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
        self._compiler = TaskCompiler(pipeline, variant, settings)
        self._layers = self._compiler.layers
        self._shared = self._compiler.shared

    def config(self) -> Config:
        """dag-factory's configuration of the variant's DAG."""
        sources = self._settings.sources
        config = layers.section("dag", *self._layers)
        for key in ("start_date", "end_date"):
            if key in config:
                config[key] = _local(config[key], config.get("timezone") or "UTC")
        own = f"{PIPELINE_TAG}{self._pipeline.name}"[:TAG_LENGTH]
        config["tags"] = list(dict.fromkeys([*(config.get("tags") or ()), own]))
        if isinstance(config.get("schedule"), dict | list):
            config["schedule"] = as_taken(as_objects(config["schedule"]), sources)
        if "deadline" in config:
            config["deadline"] = as_taken(config["deadline"], sources)
        with_time_deltas(config, DAG_DURATIONS)
        default_args = with_callbacks(airflow_arguments(config.get("default_args") or {}, sources), sources)
        config["default_args"] = {SNOWFLAKE_ARGUMENT: self._compiler.connection()} | default_args
        if description := self._variant.spec.get("description") or self._pipeline.spec.get("description"):
            config["description"] = description
        params = {**self._pipeline.params, **(self._variant.spec.get("params") or {})}
        if params:
            config["params"] = {name: _param(value) for name, value in params.items()}
        config = with_callbacks(config, sources)
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
                tasks |= self._compiler.compiled(task, self._variant.targets[0], None)
            else:
                for target in self._variant.targets:
                    tasks |= self._compiler.compiled(task, target, target)
        comparison = self._comparison()
        for name in after_comparison(self._pipeline, self._shared, self._root) if comparison else ():
            tasks[name]["dependencies"].append(COMPARE)
        return tasks | comparison

    def _comparison(self) -> dict[str, Config]:
        outputs = compared_outputs(self._pipeline, self._variant, self._settings)
        if not outputs:
            return {}
        models = compared_models(self._pipeline, self._variant, self._settings)
        last = compared_after(self._pipeline, self._variant, self._shared, self._settings)
        snowflake = layers.section("snowflake", *self._layers)
        # What is each target's own is said with each table; the comparison itself works for all of them.
        common = {key: value for key, value in session(snowflake).items() if not names_target(value)}
        section = DEFAULT_TARGET.for_comparison(DEFAULT_TARGET.merged(*self._layers))
        config: Config = {
            "operator": COMPARISON_OPERATOR,
            "function": "include.tasks.compare.compare_tables",
            "op_kwargs": {"outputs": outputs, **({"models": models} if models else {})},
            SNOWFLAKE_ARGUMENT: self._compiler.connection(),
            **common,
            **measured(COMPARISON_OPERATOR, snowflake, DEFAULT_TARGET.name),
            **DEFAULT_TARGET.arguments("python_callable", section, self._root),
            "dependencies": [f"{target}.{name}" for target in self._variant.targets for name in last],
        }
        return {COMPARE: config}


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
