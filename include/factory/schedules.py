"""Checks a DAG's schedule: a preset, a cron expression, an interval or assets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from include.factory.assets import asset_diagnostics
from include.factory.diagnostics import Diagnostic, KeyPath, did_you_mean

_PRESETS = ("@once", "@continuous", "@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
"""Airflow's names for schedules (airflow.sdk.definitions.timetables._cron)."""
_FIELDS = "minute hour day-of-month month day-of-week"


def schedule_diagnostics(schedule: Any, merged: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Check a schedule.

    Args:
        schedule: As written somewhere.
        merged: The `dag:` section that it belongs to, merged with the layers under it.
        path: Where the schedule is.

    Returns:
        What is wrong with it.
    """
    if isinstance(schedule, dict) and schedule.get("__type__") == "datetime.timedelta":
        yield from _interval({key: value for key, value in schedule.items() if key != "__type__"}, path)
    elif isinstance(schedule, list | dict):
        yield from asset_diagnostics(schedule, path, in_schedule=True)
    elif isinstance(schedule, str) and schedule.strip().lower() != "none":
        yield from _cron(schedule, path)
        if schedule == "@continuous" and (merged.get("max_active_runs") or 16) > 1:
            message = "`@continuous` runs one run after the other."
            yield Diagnostic(path, message, "Add `max_active_runs: 1`.", "wrong-schedule")


def scheduled_without_start(merged: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Report a DAG that would never run: Airflow schedules nothing by time without a start_date."""
    if (
        isinstance(merged.get("schedule"), str)
        and merged["schedule"].strip().lower() not in ("none", "@continuous")
        and not merged.get("start_date")
    ):
        message = f"The schedule `{merged['schedule']}` has no start_date, so Airflow never runs it."
        yield Diagnostic(
            (*path, "dag", "schedule"), message, "Add `start_date: 2026-01-01` to `dag`.", "no-start-date", on="key"
        )


def _interval(parts: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    for key, value in parts.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield Diagnostic(
                (*path, key),
                f"`{key}` of the schedule must be a number.",
                f"Write a number of {key}.",
                "wrong-schedule",
            )
            return
    if sum(parts.values()) <= 0:
        yield Diagnostic(
            path,
            "The time between two runs must be more than nothing.",
            "Write for example `hours: 6`.",
            "wrong-schedule",
        )


def _cron(schedule: str, path: KeyPath) -> Iterator[Diagnostic]:
    if schedule in _PRESETS:
        return
    if schedule.startswith("@"):
        near = did_you_mean(schedule, _PRESETS)
        hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(_PRESETS)}."
        yield Diagnostic(path, f"There is no schedule `{schedule}`.", hint, "wrong-schedule")
        return
    fields = schedule.split()
    hint = f"Write five fields ({_FIELDS}), such as `0 6 * * 1-5`, or one of {', '.join(_PRESETS)}."
    if len(fields) != 5:
        message = (
            f"`{schedule}` is no cron expression: it has {len(fields)} {'field' if len(fields) == 1 else 'fields'} in"
            " place of five."
        )
        yield Diagnostic(path, message, hint, "wrong-schedule")
        return
    problem = _no_cron(schedule)
    if problem is not None:
        yield Diagnostic(path, f"`{schedule}` is no cron expression: {problem}.", hint, "wrong-schedule")


@lru_cache(maxsize=1024)
def _no_cron(schedule: str) -> str | None:
    """Return what keeps five fields from being a cron expression; None if nothing does."""
    from croniter import croniter  # type: ignore[import-untyped]

    try:
        croniter(schedule)
    except (ValueError, KeyError) as problem:
        return str(problem)
    return None
