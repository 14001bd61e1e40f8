"""Checks the values of a `dag:` section and of params: schedule, dates, time zone, assets, defaults."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, best_match

from include.factory.diagnostics import Diagnostic, KeyPath, did_you_mean, hint_by_name

PRESETS = ("@once", "@continuous", "@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
"""Airflow's names for schedules (airflow.sdk.definitions.timetables._cron)."""
_FORMATS = FormatChecker()
_ASSETS = {
    "file": (r"file://.*/.*", "file:///folder/file", "it has no path"),
    "snowflake": (
        r"snowflake://[^/]+/[^/]+/[^/]+/[^/]+/*",
        "snowflake://account/database/schema/table",
        "it does not name one table",
    ),
}
"""Schemes with a form of their own (AIP-60; `asset-uris` of the installed providers).

The form, how to write it, what else it is.
"""
_FIELDS = "minute hour day-of-month month day-of-week"


def dag_diagnostics(dag: Mapping[str, Any], merged: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Check a `dag:` section.

    Args:
        dag: The section as it is written somewhere.
        merged: The same merged with the layers under it.
        path: Where the section is.

    Returns:
        What is wrong with its values.
    """
    yield from _schedule(dag.get("schedule"), merged, (*path, "schedule"))
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


def required_params(
    merged: Mapping[str, Any], params: Mapping[str, Any], own: Mapping[str, Any], path: KeyPath
) -> Iterator[Diagnostic]:
    """Params without a default in a DAG that runs by itself: Airflow refuses it, as nobody gives them."""
    if merged.get("schedule") is None or str(merged["schedule"]).strip().lower() == "none":
        return
    for name, param in params.items():
        if isinstance(param, dict) and "default" not in param and "const" not in param:
            message = f"The param `{name}` has no default, and a run on a schedule gives it no value."
            where = ("params", name) if name in own else (*path, "params", name)
            yield Diagnostic(where, message, "Add `default`, or set `schedule: null`.", "missing-default", on="key")


def asset_diagnostics(uris: Any, path: KeyPath) -> Iterator[Diagnostic]:
    """Check a list of asset URIs, nested by `__and__` and `__or__` or not."""
    if isinstance(uris, list):
        for index, uri in enumerate(uris):
            yield from asset_diagnostics(uri, (*path, index))
    elif isinstance(uris, dict) and "__type__" not in uris:
        if len(uris) != 1:
            hint = "Write one of `__and__` and `__or__`, with a list of assets."
            yield Diagnostic(path, f"Assets are combined by one key, not {len(uris)}.", hint, "wrong-asset")
        for key, inner in uris.items() if len(uris) == 1 else ():
            if key not in ("__and__", "__or__"):
                hint = hint_by_name(key, ("__and__", "__or__", "__type__"), "keys")
                yield Diagnostic((*path, key), f"`{key}` does not combine assets.", hint, "unknown-key", on="key")
            elif not isinstance(inner, list) or not inner:
                yield Diagnostic(
                    (*path, key), f"`{key}` needs a list of assets.", f"Write `{key}: [s3://…, s3://…]`.", "wrong-asset"
                )
            else:
                yield from asset_diagnostics(inner, (*path, key))
    elif isinstance(uris, dict):
        if isinstance(uris.get("uri"), str):
            yield from asset_diagnostics(uris["uri"], (*path, "uri"))
    elif not isinstance(uris, str | None):
        yield Diagnostic(path, "This is not an asset.", "Write its URI, such as `s3://bucket/key`.", "wrong-asset")
    elif isinstance(uris, str) and (why := _not_an_asset(uris)):
        form = _ASSETS.get(urlsplit(uris).scheme, ("", "scheme://path", ""))[1]
        hint = f"Write `{form}`, such as `s3://bucket/key`." if "scheme" in form else f"Write `{form}`."
        yield Diagnostic(path, f"`{uris}` is not an asset's URI: {why}.", hint, "wrong-asset")


def param_diagnostics(params: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    """Check params: that each default is what the param itself allows.

    Args:
        params: The `params` mapping as written.
        path: Where it is.

    Returns:
        What is wrong.
    """
    for name, param in params.items():
        if not isinstance(param, dict) or "default" not in param:
            continue
        schema = {key: value for key, value in param.items() if key != "default"}
        try:
            # The format's own schema has checked the other keys; this is slow.
            if schema.keys() & {"pattern", "items", "properties"}:
                Draft202012Validator.check_schema(schema)
        except SchemaError as problem:
            wrong = tuple(problem.absolute_path)
            message = f"The param `{name}` is no JSON Schema: {problem.message}."
            yield Diagnostic(
                (*path, name, *wrong), message, "See https://json-schema.org for what its keys take.", "wrong-param"
            )
            continue
        error = best_match(Draft202012Validator(schema, format_checker=_FORMATS).iter_errors(param["default"]))
        if error is not None:
            message = f"The default of the param `{name}` is not what the param allows: {error.message}."
            hint = "Change the default, or what the param allows."
            if param["default"] is None:
                message = f"The default of the param `{name}` is empty, which the param does not allow."
                hint = 'Give a default, or allow none: `type: ["null", …]`.'
            elif error.validator == "enum":
                hint = hint_by_name(param["default"], {str(choice) for choice in param["enum"]}, "choices")
            yield Diagnostic((*path, name, "default"), message, hint, "wrong-param")


def _schedule(schedule: Any, merged: Mapping[str, Any], path: KeyPath) -> Iterator[Diagnostic]:
    if isinstance(schedule, dict) and schedule.get("__type__") == "datetime.timedelta":
        yield from _interval({key: value for key, value in schedule.items() if key != "__type__"}, path)
    elif isinstance(schedule, list | dict):
        yield from asset_diagnostics(schedule, path)
    elif isinstance(schedule, str) and schedule.strip().lower() != "none":
        yield from _cron(schedule, path)
        if schedule == "@continuous" and (merged.get("max_active_runs") or 16) > 1:
            message = "`@continuous` runs one run after the other."
            yield Diagnostic(path, message, "Add `max_active_runs: 1`.", "wrong-schedule")


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
    if schedule in PRESETS:
        return
    if schedule.startswith("@"):
        near = did_you_mean(schedule, PRESETS)
        hint = f"Did you mean `{near}`?" if near else f"There are: {', '.join(PRESETS)}."
        yield Diagnostic(path, f"There is no schedule `{schedule}`.", hint, "wrong-schedule")
        return
    fields = schedule.split()
    hint = f"Write five fields ({_FIELDS}), such as `0 6 * * 1-5`, or one of {', '.join(PRESETS)}."
    if len(fields) != 5:
        message = (
            f"`{schedule}` is no cron expression: it has {len(fields)} {'field' if len(fields) == 1 else 'fields'} in"
            " place of five."
        )
        yield Diagnostic(path, message, hint, "wrong-schedule")
        return
    from croniter import croniter  # type: ignore[import-untyped]

    try:
        croniter(schedule)
    except (ValueError, KeyError) as problem:
        yield Diagnostic(path, f"`{schedule}` is no cron expression: {problem}.", hint, "wrong-schedule")


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


def _not_an_asset(uri: str) -> str | None:
    """Why Airflow refuses a URI (airflow.sdk.definitions.asset), or None."""
    if not uri.strip():
        return "it is empty"
    if len(uri) > 1500:
        return "it has more than 1,500 characters"
    if urlsplit(uri).scheme == "airflow":
        return "the scheme `airflow` is Airflow's own"
    form = _ASSETS.get(urlsplit(uri).scheme)
    if form is not None and not re.fullmatch(form[0], uri.partition("?")[0].partition("#")[0]):
        return form[2]
    if uri in ("self", "context"):
        return "Airflow keeps this name to itself"
    return None
