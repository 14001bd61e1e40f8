"""What a template gave and only Airflow's side can tell: assets' events, and names that are not there."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from airflow.sdk.api.datamodels._generated import AssetEventDagRunReference
from airflow.sdk.execution_time.context import TriggeringAssetEventsAccessor
from jinja2 import Undefined
from lazy_object_proxy import Proxy  # type: ignore[import-untyped]

from include.runtime.errors import NotPassableError


def plain(value: Any, where: str) -> Any:
    """Write what tells of assets' events as mappings.

    Args:
        value: what a template gave.
        where: what the value is called in the task, for the message.

    Returns:
        The same with `triggering_asset_events` as a mapping from the name of each asset to its events, and each event
        as a mapping: `asset`, `extra`, `timestamp`, `source_dag_id`, `source_run_id`, `source_task_id`, ….

    Raises:
        NotPassableError: there is something in it that is not there.
    """
    if type(value) is Proxy:  # `prev_start_date_success` and its like, which Airflow asks for on first use
        value = value.__wrapped__
    if isinstance(value, Undefined):
        raise NotPassableError(f"{where} names something that is not there: {value._undefined_message}")
    if isinstance(value, TriggeringAssetEventsAccessor):
        return {
            name: plain(events, f"{where}.{name}")
            for name, events in ((str(getattr(asset, "name", asset)), events) for asset, events in value.items())
        }
    if isinstance(value, AssetEventDagRunReference):
        return value.model_dump()
    if type(value) is dict:
        return {key: plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple | KeysView | ValuesView | ItemsView | Iterator):
        return [plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    return value
