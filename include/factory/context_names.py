"""Names in templates that a run does not have: those of Airflow 2 that are gone, and slips of those there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jinja2.defaults import DEFAULT_NAMESPACE

from include.factory.diagnostics import Diagnostic, did_you_mean
from include.factory.pipeline import Pipeline
from include.factory.templates.jinja import Reference

_GONE = {
    "execution_date": "{{ logical_date }}",
    "next_ds": "{{ data_interval_end | ds }}",
    "next_ds_nodash": "{{ data_interval_end | ds_nodash }}",
    "next_execution_date": "{{ data_interval_end }}",
    "prev_ds": "{{ prev_data_interval_start_success | ds }}",
    "prev_ds_nodash": "{{ prev_data_interval_start_success | ds_nodash }}",
    "prev_execution_date": "{{ prev_data_interval_start_success }}",
    "prev_execution_date_success": "{{ prev_data_interval_start_success }}",
    "tomorrow_ds": "{{ macros.ds_add(ds, 1) }}",
    "tomorrow_ds_nodash": "{{ macros.ds_add(ds, 1) | replace('-', '') }}",
    "triggering_dataset_events": "{{ triggering_asset_events }}",
    "yesterday_ds": "{{ macros.ds_add(ds, -1) }}",
    "yesterday_ds_nodash": "{{ macros.ds_add(ds, -1) | replace('-', '') }}",
}
"""What Airflow 3 no longer has (release notes of 3.0.0), and what to write in its place."""
_OURS = ("connection", "mapped", "outputs", "target", "variant")
AIRFLOWS = frozenset({
    "asset_state_store", "conn", "dag", "dag_run", "data_interval_end", "data_interval_start", "ds", "ds_nodash",
    "exception", "expanded_ti_count", "inlet_events", "inlets", "logical_date", "macros", "map_index_template",
    "outlet_events", "outlets", "params", "partition_date", "partition_key", "prev_data_interval_end_success",
    "prev_data_interval_start_success", "prev_end_date_success", "prev_start_date_success", "reason", "run_id",
    "task", "task_instance", "task_instance_key_str", "task_reschedule_count", "task_state_store",
    "templates_dict", "test_mode", "ti", "triggering_asset_events", "try_number", "ts", "ts_nodash",
    "ts_nodash_with_tz", "var",
})  # fmt: skip
"""Those of airflow.sdk.Context, which a check of a file does not import."""
_KNOWN = frozenset({*AIRFLOWS, *DEFAULT_NAMESPACE, *_OURS})
_EXPECTED = re.compile(r"\b(default|d|defined|undefined)\b")
"""What a template has that goes on without a name."""


def own_names(pipeline: Pipeline) -> frozenset[str] | None:
    """Return the names that a pipeline adds to its templates; None if what is not there is no mistake in them."""
    dags: list[dict[str, Any]] = [
        spec.get("dag") or {} for spec in (pipeline.spec, *(v.spec for v in pipeline.variants))
    ]
    if any("template_undefined" in dag for dag in dags):
        return None
    return frozenset(name for dag in dags for name in dag.get("user_defined_macros") or ())


def name_diagnostics(text: str, references: tuple[Reference, ...], own: frozenset[str] | None) -> Iterator[Diagnostic]:
    """Check the names of a template.

    Args:
        text: The template.
        references: The names that it reads from outside.
        own: What `own_names` returned.

    Returns:
        A mistake without a path for each name that is gone, or that is near one there is; any other may come of a
        plugin.
    """
    if own is None or _EXPECTED.search(text):
        return
    for name in dict.fromkeys(reference.parts[0] for reference in references if reference.sure):
        if name in _KNOWN or name in own:
            continue
        if name in _GONE:
            yield Diagnostic((), "is of Airflow 2, and gone.", f"Write `{_GONE[name]}`.", "gone-name", word=name)
        elif (near := did_you_mean(name, _KNOWN | own)) is not None:
            yield Diagnostic((), "names nothing that a run has.", f"Did you mean `{near}`?", "unknown-name", word=name)
