"""What Snowflake is told of a task, whose tries are told apart."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from include.operators.session import chosen, query_tag


def test_the_query_tag_names_the_try() -> None:
    instance = {"dag_id": "dag", "task_id": "train", "run_id": "monday", "try_number": 2}
    context: Any = {"ti": SimpleNamespace(**instance, map_index=None)}
    assert query_tag(context) == {**instance, "map_index": -1}
    context = {"ti": SimpleNamespace(**instance, map_index=3)}
    assert query_tag(context) == {**instance, "map_index": 3}


def test_what_is_not_chosen_is_left_to_the_connection() -> None:
    assert chosen(SimpleNamespace(warehouse="BIG", role=None, database="", schema="RAW")) == {
        "warehouse": "BIG",
        "schema": "RAW",
    }
