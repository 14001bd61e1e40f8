"""Checks the values of a `dag:` section: schedule, dates, time zone, folders."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from include.factory import layers
from include.factory.code.callbacks import named_diagnostics
from include.factory.code.classes import class_diagnostics
from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.document.params import param_diagnostics, required_params
from include.factory.looks import is_folder
from include.factory.pipeline import Pipeline
from include.factory.project import Settings
from include.factory.schedules import schedule_diagnostics, scheduled_without_start

_DEFAULT_RULE = "all_success"


def dag_section_diagnostics(pipeline: Pipeline, settings: Settings) -> Iterator[Diagnostic]:
    """Check the `dag:` sections and the params of a pipeline and its variants.

    Args:
        pipeline: The pipeline.
        settings: What it lies over.

    Returns:
        What is wrong with them, by themselves and merged.
    """
    variants = [(("variants", one.name), one.spec) for one in pipeline.variants if one.name]
    for path, spec in [((), pipeline.spec), *variants]:
        dag, own_params = spec.get("dag") or {}, spec.get("params") or {}
        merged = layers.section("dag", *settings.layers, pipeline.spec, spec)
        yield from dag_diagnostics(dag, merged, (*path, "dag"))
        yield from _folders(dag.get("template_searchpath") or (), (*path, "dag", "template_searchpath"), settings.root)
        yield from named_diagnostics(dag, (*path, "dag"), settings)
        for key in ("schedule", "deadline"):
            yield from class_diagnostics(dag.get(key), (*path, "dag", key), settings.sources)
        yield from param_diagnostics(own_params, (*path, "params"))
        yield from _fail_fast(pipeline, merged, path)
        if path or pipeline.variants[0].name is None:
            yield from scheduled_without_start(merged, path)
            yield from required_params(merged, {**pipeline.params, **own_params}, pipeline.params, path)


def dag_diagnostics(dag: Mapping[str, Any], merged: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Check a `dag:` section.

    Args:
        dag: The section as it is written somewhere.
        merged: The same merged with the layers under it.
        path: Where the section is.

    Returns:
        What is wrong with its values.
    """
    yield from schedule_diagnostics(dag.get("schedule"), merged, (*path, "schedule"))
    yield from moment_diagnostics(dag, path)
    timezone = dag.get("timezone")
    if isinstance(timezone, str) and timezone not in zoneinfo.available_timezones():
        hint = hint_by_name(timezone, zoneinfo.available_timezones(), "time zones")
        yield Diagnostic((*path, "timezone"), f"There is no time zone `{timezone}`.", hint, "wrong-timezone")


def moment_diagnostics(spec: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Check the start_date and the end_date of a `dag:` section or a task.

    Args:
        spec: What may have them.
        path: Where it is.

    Returns:
        What is wrong with them.
    """
    found: dict[str, datetime] = {}
    for key in ("start_date", "end_date"):
        if isinstance(spec.get(key), str):
            moment = _moment(spec[key])
            if moment is None:
                message = f"`{spec[key]}` is not a date that exists."
                yield Diagnostic(
                    (*path, key),
                    message,
                    "Write it as `2019-01-31`, or with a time: `2019-01-31T06:00:00`.",
                    "wrong-date",
                )
            else:
                found[key] = moment
    if len(found) == 2 and _is_before(found["end_date"], found["start_date"]):
        message = f"The end_date `{spec['end_date']}` is before the start_date `{spec['start_date']}`."
        yield Diagnostic((*path, "end_date"), message, "Swap them, or remove the end_date.", "wrong-date")


def _fail_fast(pipeline: Pipeline, merged: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """With `fail_fast` Airflow takes no trigger rule but the default (FailFastDagInvalidTriggerRule)."""
    if merged.get("fail_fast") is not True:
        return
    others = (merged.get("default_args") or {}).get("trigger_rule", _DEFAULT_RULE)
    for task in pipeline.tasks.values():
        rule = task.spec.get("trigger_rule", others)
        if rule not in (_DEFAULT_RULE, "all_done_setup_success"):
            own = "trigger_rule" in task.spec
            message = (
                f"The trigger rule of `{task.name}`, `{rule}`, does not go with `fail_fast`, which stops all tasks."
            )
            hint = "Remove one of them."
            yield Diagnostic(
                ("tasks", task.name, "trigger_rule") if own else (*path, "dag", "default_args", "trigger_rule"),
                message,
                hint,
                "wrong-trigger-rule",
            )


def _folders(folders: Iterable[str], path: KeyPath, root: Path) -> Iterator[Diagnostic]:
    for index, folder in enumerate(folders):
        if not is_folder(root / folder):
            message = f"There is no folder `{folder}`; paths count from the project root."
            yield Diagnostic((*path, index), message, "Make it, or name another.", "missing-folder")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def _is_before(one: datetime, other: datetime) -> bool:
    """Whether a moment is before another.

    Of two in the DAG's own time zone, or of which only one has an offset, by the clock.
    """
    if (one.tzinfo is None) != (other.tzinfo is None):
        one, other = one.replace(tzinfo=None), other.replace(tzinfo=None)
    return one < other
