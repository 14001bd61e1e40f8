"""What only Airflow's side can tell of a value: events of assets, values asked for on first use, missing names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from airflow.sdk.api.datamodels._generated import AssetReferenceAssetEventDagRun
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.execution_time.comms import AssetEventDagRunReferenceResult
from airflow.sdk.execution_time.context import TriggeringAssetEventsAccessor
from jinja2 import StrictUndefined
from lazy_object_proxy import Proxy  # type: ignore[import-untyped]

from include.operators.requests import passed
from include.runtime.values import decoded

AT = datetime(2024, 1, 31, 6, 30, tzinfo=UTC)
EVENT = AssetEventDagRunReferenceResult(
    asset=AssetReferenceAssetEventDagRun(name="rides", uri="s3://b/rides", extra={}),
    extra={"rows": 3},
    source_task_id="make",
    source_dag_id="rides_made",
    source_run_id="manual__1",
    source_map_index=-1,
    source_aliases=[],
    timestamp=AT,
)


def arrives(value: Any) -> Any:
    return decoded(passed({"given": value})["given"])


def test_events_are_mappings_by_the_name_of_their_asset() -> None:
    events = TriggeringAssetEventsAccessor.build([EVENT])

    got = arrives(events)

    assert list(got) == ["rides"]
    (event,) = got["rides"]
    assert (event["asset"]["uri"], event["extra"], event["timestamp"]) == ("s3://b/rides", {"rows": 3}, AT)
    assert event["source_run_id"] == "manual__1"
    assert arrives(events.values()) == [[event]]
    assert arrives({"one": [EVENT]}) == {"one": [event]}


@pytest.mark.parametrize("value", [None, AT, "text"])
def test_what_airflow_asks_for_on_first_use_is_what_it_gives(value: Any) -> None:
    assert arrives({"deep": [Proxy(lambda: value)]}) == {"deep": [value]}


def test_a_name_that_is_not_there_is_called_so_wherever_it_stands() -> None:
    with pytest.raises(
        AirflowFailException, match=r"op_kwargs\.given\.a\[0\] names something that is not there: 'b' is"
    ):
        passed({"given": {"a": [StrictUndefined(name="b")]}})
