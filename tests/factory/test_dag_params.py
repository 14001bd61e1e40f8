"""A DAG's params: taken and refused as Airflow's own DAG does it, and each schema checked once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from airflow.sdk import DAG, Param

from include.factory.dag_params import _validator, set_params

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
PARAMS: list[dict[str, Any]] = [
    {"plain": "text", "none": None, "list": [1, {"a": None}], "number": 0, "no": False},
    {"described": Param(3, description="how many")},
    {"no_default": Param(description="which")},
    {"no_default": Param(type="string")},
    {"optional": Param(None, type=["null", "string"])},
    {"none": Param(None, type="string")},
    {"right": Param(3, type="integer", minimum=1), "after": "x"},
    {"small": Param(0, type="integer", minimum=1), "after": "x"},
    {"true_is_no_number": Param(True, type="integer")},
    {"one_of": Param("b", enum=["a", "b"])},
    {"none_of": Param("c", enum=["a", "b"])},
    {"day": Param("2026-02-28", type="string", format="date")},
    {"no_day": Param("2026-02-30", type="string", format="date")},
    {"pattern": Param("abc", type="string", pattern="^[0-9]+$")},
    {"older": Param(3, **{"$schema": DRAFT_4, "minimum": 3, "exclusiveMinimum": True})},
    {"no_schema": Param(3, type="intger")},
    {"no_json": Param(3, values_display={1: datetime(2026, 1, 1)})},
    {"reference": Param(3, schema={"$ref": "#/$defs/count", "$defs": {"count": {"type": "string"}}})},
    {"reference_to_nothing": Param(3, schema={"$ref": "#/$defs/nothing"})},
    {"never_right": Param(3, schema=False)},
]


def outcome(make: Callable[[], DAG]) -> Any:
    try:
        dag = make()
    except Exception as error:
        return type(error), str(error)
    return type(dag.params), {name: vars(dag.params.get_param(name)) for name in dag.params}


@pytest.mark.parametrize("schedule", ["@daily", None], ids=["scheduled", "by_hand"])
@pytest.mark.parametrize("params", PARAMS, ids=lambda params: next(iter(params)))
def test_they_are_taken_and_refused_as_airflow_does_it(params: dict[str, Any], schedule: str | None) -> None:
    def ours() -> DAG:
        dag = DAG("sample", schedule=schedule, start_date=datetime(2026, 1, 1))
        set_params(dag, params)
        return dag

    def airflows() -> DAG:
        return DAG("sample", schedule=schedule, start_date=datetime(2026, 1, 1), params=params)

    assert outcome(ours) == outcome(airflows)


def test_a_schema_that_many_dags_have_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Param, "resolve", lambda *_: pytest.fail("Airflow checks the schema, and each time"))
    _validator.cache_clear()
    for number in range(20):
        dag = DAG(f"sample_{number}", schedule="@daily", start_date=datetime(2026, 1, 1))
        set_params(dag, {"plain": number, "rows": Param(number, type="integer"), "days": Param(number, type="integer")})
    assert _validator.cache_info().misses == 1
