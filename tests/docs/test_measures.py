"""The page on measures names each of them, and the table's columns by their names."""

from __future__ import annotations

import re

from include.runtime.measures import KEYS, POD_KEYS
from include.runtime.task_runs import COLUMNS
from tests.docs.conftest import DOCS, blocks

PAGE = DOCS / "measures.md"


def test_each_measure_is_said() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    assert {*KEYS, *POD_KEYS} <= named


def test_each_measure_has_a_column() -> None:
    lacking = {key.upper() for key in (*KEYS, *POD_KEYS)} - {*COLUMNS}
    assert lacking == {"STARTED", "NAME"}, "STARTED_AT and POD in the table"


def test_the_query_asks_for_columns_that_are_there() -> None:
    (select, *_) = blocks(PAGE, "sql")
    asked = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b|\b(?:TARGET|STATE)\b", select)) - {"SNOWPOD_TASK_RUNS"}
    assert asked
    assert asked <= {*COLUMNS}
