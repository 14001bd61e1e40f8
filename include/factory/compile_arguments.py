"""Writes Airflow's own arguments of DAGs and tasks for dag-factory: lengths of time, objects, callbacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.constants import CALL_ALL
from include.factory.code.arguments import as_taken
from include.factory.config import Config
from include.factory.durations import TASK_DURATIONS, seconds
from include.factory.pipeline import CALLBACKS, OBJECTS
from include.factory.python.sources import Sources
from include.factory.templates.jinja import is_template, strings


def airflow_arguments(arguments: Mapping[str, Any], sources: Sources) -> Config:
    """Write the arguments that every task may have.

    Args:
        arguments: As the pipeline has them; not changed.
        sources: Where classes of objects (`__type__`) are looked for.

    Returns:
        The arguments for dag-factory.
    """
    config = with_durations(arguments)
    for key in OBJECTS & config.keys():
        config[key] = as_taken(config[key], sources)
    if config.get("retry_exponential_backoff") is True:
        config["retry_exponential_backoff"] = 2.0
    return config


def with_durations(arguments: Mapping[str, Any]) -> Config:
    """Return the arguments of a task with lengths of time as such."""
    config = dict(arguments)
    with_time_deltas(config, TASK_DURATIONS)
    return config


def with_time_deltas(config: Config, keys: tuple[str, ...]) -> None:
    """Write the values of some keys as lengths of time, in place."""
    for key in keys:
        if config.get(key) is not None:
            config[key] = {"__type__": "datetime.timedelta", "seconds": seconds(config[key])}


def with_callbacks(config: Config, sources: Sources) -> Config:
    """Write callbacks that dag-factory has no words for, by way of one function: several, and templates in arguments.

    Args:
        config: Arguments of a DAG, or of a task; not changed.
        sources: Where the callbacks are looked for.

    Returns:
        The arguments for dag-factory.
    """
    return {key: _call(value, sources) if key in CALLBACKS else value for key, value in config.items()}


def _call(value: Any, sources: Sources) -> Any:
    calls = [
        {"callback": one} if isinstance(one, str) else one for one in (value if isinstance(value, list) else [value])
    ]
    plain = not any(is_template(text) for text in strings(calls))
    if value is None or (not isinstance(value, list) and (plain or sources.is_class(calls[0]["callback"]))):
        return value
    return {"callback": CALL_ALL, "calls": calls}
