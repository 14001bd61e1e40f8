"""Errors, counted for a plot."""

from __future__ import annotations

import pandas
import pytest

from include.tasks.error_histogram import BINS, error_histogram


def test_each_known_error_is_in_one_bin_and_those_far_off_in_the_outer_ones() -> None:
    errors = [-1e9, -90.0, -85.0, -0.5, 0.0, 5.9, 89.9, 90.0, float("inf"), float("nan")]
    found = error_histogram(errors, 90.0, "minutes")
    assert (found["unit"], found["clipped"]) == ("minutes", True)
    assert found["edges"] == [pytest.approx(-90 + 6 * edge) for edge in range(BINS + 1)]
    counted = {place: count for place, count in enumerate(found["counts"]) if count}
    assert counted == {0: 3, 14: 1, 15: 2, 29: 3}


@pytest.mark.parametrize("errors", [[], [None, None], pandas.Series([1, None], dtype="Int64").astype("float64")])
def test_few_or_no_errors_are_counted(errors: object) -> None:
    assert sum(error_histogram(errors, 900.0, "seconds")["counts"]) <= 1
