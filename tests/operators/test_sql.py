"""What SQL tasks keep, drop and refuse before anything runs."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.serde import deserialize, serialize

from include.operators.placeholders import wrong_placeholder
from include.operators.sql import _keepable, _without_empty
from include.runtime.values import decoded


@pytest.mark.parametrize(
    ("written", "runs"),
    [
        ("select 1; -- done\n", "select 1; -- done"),
        ("select 1;\n-- done\n", "select 1;"),
        ("select 1;\n/* done;\n */\n", "select 1;"),
        ("-- first\nselect 1;;\nselect '; --'; ;", "-- first\nselect 1;\nselect '; --';"),
        ("select $$a; -- b$$;\n// done", "select $$a; -- b$$;"),
    ],
)
def test_a_comment_is_no_statement(written: str, runs: str) -> None:
    assert _without_empty(written) == runs


def test_comments_alone_are_refused() -> None:
    with pytest.raises(AirflowFailException, match="has no statement"):
        _without_empty("-- nothing\n;\n")


@pytest.mark.parametrize(
    ("sql", "parameters", "wrong"),
    [
        ("select 1 where a like '%b%' and c = %(c)s", {"c": 1}, "has a `%` that is no placeholder"),
        ("select 1 where a like '%s%%'", {"c": 1}, "has a `%` that is no placeholder"),
        ("select to_char(d, '%Y'), %s", [1], "has a `%` that is no placeholder"),
        ("select %(c)s", [1], "has a `%` that is no placeholder"),
        ("select 10 % 3, %s", [1], "has a `%` that is no placeholder"),
        ("select %(day)s", {"date": 1}, "has no `day`"),
        ("select 1 where a like '%%b%%' and c = %(c)s", {"c": 1}, None),
        ("select 1 where a like 'x%%' and c = %s", [1], None),
        ("select 1 where a like '%b%'", None, None),
        ("select 1 where a like '%b%'", {}, None),
    ],
)
def test_percent_signs_beside_parameters(sql: str, parameters: Any, wrong: str | None) -> None:
    found = wrong_placeholder(sql, parameters)
    assert (found is None) if wrong is None else found is not None and wrong in found[0]


def test_a_row_comes_back_from_airflow_as_it_was() -> None:
    row = (
        Decimal("12345678901234567890.12"),
        Decimal("0.1"),
        bytearray(b"\x00\xff"),
        dt.time(1, 2, 3, 4),
        dt.date(2024, 2, 29),
        dt.datetime(2024, 2, 29, 12, 0, 0, 1, tzinfo=dt.UTC),
        None,
        "text",
        1.5,
        math.inf,
    )
    kept = json.loads(json.dumps(serialize(_keepable([row])), allow_nan=False))
    (got,) = decoded(deserialize(kept))
    assert got == row
    assert type(got) is tuple
