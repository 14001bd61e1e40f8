from __future__ import annotations

import json

import duckdb
import pytest

from embedded_snowflake.errors import SnowflakeError
from embedded_snowflake.library import estimates
from embedded_snowflake.library.estimates import accumulated, combined, estimated


def test_a_state_of_few_values_is_exact() -> None:
    state = accumulated([4.0, 1.0, 3.0, 2.0])
    assert [estimated(state, share) for share in (0.0, 0.5, 1.0)] == [1.0, 2.5, 4.0]
    assert estimated(state, 0.25) == pytest.approx(1.75)


def test_combined_states_are_one_of_all_values() -> None:
    parts = [accumulated([1.0, 2.0]), accumulated([]), accumulated([3.0])]
    assert combined(parts) == accumulated([1.0, 2.0, 3.0])


def test_a_state_of_many_values_is_small_and_near() -> None:
    values = [float(number) for number in range(20_001)]
    state = accumulated(values)
    assert len(json.loads(state)["state"]) == 2 * estimates._MOST
    for share in (0.1, 0.5, 0.99):
        assert estimated(state, share) == pytest.approx(share * 20_000, abs=3)
    assert estimated(combined([state, state]), 0.5) == pytest.approx(10_000, abs=6)


def test_of_nothing_there_is_none() -> None:
    assert estimated(accumulated([]), 0.5) is None
    assert estimated(None, 0.5) is None
    assert estimated(accumulated([1.0]), None) is None


@pytest.mark.parametrize(
    ("state", "share", "message"),
    [
        (accumulated([1.0]), 1.5, r"Invalid value \[1.5\]"),
        (accumulated([1.0]), -0.1, r"Invalid value \[-0.1\]"),
        ("{}", 0.5, "Invalid state"),
        ('{"state": [1]}', 0.5, "Invalid state"),
        ("nonsense", 0.5, "Invalid state"),
    ],
)
def test_what_cannot_be_asked(state: str, share: float, message: str) -> None:
    with pytest.raises(SnowflakeError, match=message) as caught:
        estimated(state, share)
    assert caught.value.code == 1044


def test_duckdb_asks_them(library: duckdb.DuckDBPyConnection) -> None:
    sql = """select _sf_approx_percentile_estimate(_sf_approx_percentile_combine(s), 0.5)
             from (select _sf_approx_percentile_accumulate(v) as s from (values (1, 1), (1, null), (2, 4)) t(k, v)
                   group by k)"""
    assert library.execute(sql).fetchone() == (2.5,)
