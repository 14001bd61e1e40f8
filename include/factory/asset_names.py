"""Warns of assets that are one to people and two to Airflow: the same name with another address, or the reverse.

Airflow 3 keeps of such two only the first: what waits for the other is never started, and a task that writes it fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from include.factory.diagnostics import Diagnostic, KeyPath
from include.factory.document.positions import located
from include.factory.pipeline import Pipeline
from include.factory.results import Checked


def with_asset_conflicts(files: Iterable[Checked]) -> list[Checked]:
    """Compare the assets of pipelines.

    Args:
        files: What came of some files.

    Returns:
        The same, with a warning for each asset of which another place says something else.
    """
    files = list(files)
    by_name: dict[str, tuple[str, str]] = {}
    by_uri: dict[str, tuple[str, str]] = {}
    for checked in files:
        for _, name, uri in _assets(checked.pipeline):
            # The fuller one is what was meant: a name alone is its own address.
            if name not in by_name or by_name[name][0] == name != uri:
                by_name[name] = (uri, checked.name)
            if uri not in by_uri or by_uri[uri][0] == uri != name:
                by_uri[uri] = (name, checked.name)
    return [_with_warnings(checked, by_name, by_uri) for checked in files]


def _with_warnings(
    checked: Checked, by_name: dict[str, tuple[str, str]], by_uri: dict[str, tuple[str, str]]
) -> Checked:
    found = []
    for path, name, uri in _assets(checked.pipeline):
        for what, known, own, other in (("uri", by_name[name], uri, name), ("name", by_uri[uri], name, uri)):
            meant, file = known
            if meant != own:
                where = "here" if file == checked.name else f"in {file}"
                message = f"The asset `{other}` has another `{what}` {where}: `{meant}`. To Airflow they are two."
                both = f"{{name: {name}, uri: {meant}}}" if what == "uri" else f"{{name: {meant}, uri: {uri}}}"
                hint = f"Write the same at both places: `{both}`."
                found.append(Diagnostic(path, message, hint, "asset-conflict", level="warning"))
    if not found:
        return checked
    return replace(checked, warnings=(*checked.warnings, *located(found, checked.name, checked.text)))


def _assets(pipeline: Pipeline | None) -> Iterator[tuple[KeyPath, str, str]]:
    """All assets that a pipeline names: where, the name, the address."""
    if pipeline is None:
        return
    for path, spec in [
        ((), pipeline.spec),
        *((("variants", one.name), one.spec) for one in pipeline.variants if one.name),
    ]:
        schedule = (spec.get("dag") or {}).get("schedule")
        if not isinstance(schedule, str):
            yield from _named(schedule, (*path, "dag", "schedule"))
    for task in pipeline.tasks.values():
        for key in ("inlets", "outlets"):
            yield from _named(task.spec.get(key), ("tasks", task.name, key))


def _named(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str, str]]:
    if isinstance(value, str):
        yield path, value, value
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _named(one, (*path, index))
    elif isinstance(value, dict) and {"__and__", "__or__"} & value.keys():
        for key, inner in value.items():
            yield from _named(inner, (*path, key))
    elif isinstance(value, dict) and value.get("__type__", "airflow.sdk.Asset").endswith(".Asset"):
        name, uri = value.get("name") or value.get("uri"), value.get("uri") or value.get("name")
        if isinstance(name, str) and isinstance(uri, str):
            yield path, name, uri
