"""Checks the values of a `dag:` section: schedule, dates, time zone, folders."""

from __future__ import annotations

import os
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from include.factory import layers
from include.factory.classes import class_diagnostics
from include.factory.diagnostics import Diagnostic, KeyPath, hint_by_name
from include.factory.params import param_diagnostics, required_params
from include.factory.pipeline import Pipeline
from include.factory.project import Settings
from include.factory.schedules import schedule_diagnostics, scheduled_without_start


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
        yield from class_diagnostics(dag.get("schedule"), (*path, "dag", "schedule"), settings.sources)
        yield from param_diagnostics(own_params, (*path, "params"))
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
    moments: dict[str, datetime] = {}
    for key in ("start_date", "end_date"):
        if isinstance(dag.get(key), str):
            moment = _moment(dag[key])
            if moment is None:
                message = f"`{dag[key]}` is not a date that exists."
                yield Diagnostic(
                    (*path, key),
                    message,
                    "Write it as `2019-01-31`, or with a time: `2019-01-31T06:00:00`.",
                    "wrong-date",
                )
            else:
                moments[key] = moment
    if len(moments) == 2 and _is_before(moments["end_date"], moments["start_date"]):
        message = f"The end_date `{dag['end_date']}` is before the start_date `{dag['start_date']}`."
        yield Diagnostic((*path, "end_date"), message, "Swap them, or remove the end_date.", "wrong-date")
    timezone = dag.get("timezone")
    if isinstance(timezone, str) and timezone not in zoneinfo.available_timezones():
        hint = hint_by_name(timezone, zoneinfo.available_timezones(), "time zones")
        yield Diagnostic((*path, "timezone"), f"There is no time zone `{timezone}`.", hint, "wrong-timezone")


def _folders(folders: Iterable[str], path: KeyPath, root: Path) -> Iterator[Diagnostic]:
    for index, folder in enumerate(folders):
        if not os.path.isdir(root / folder):
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
