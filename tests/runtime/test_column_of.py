"""A batch_callable sees the same types whatever narrow type the client chose for a batch."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from include.runtime.batch import column_of
from include.runtime.errors import TaskError

OSLO = ZoneInfo("Europe/Oslo")


def types_seen(batch: pd.DataFrame) -> list[str]:
    seen: list[str] = []

    def function(given: pd.DataFrame) -> list[int]:
        seen.extend(str(dtype) for dtype in given.dtypes)
        return [0] * len(given)

    column_of(function, batch, [f"C{i}" for i in range(batch.shape[1])])
    return seen


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (pd.array([1, 2], dtype="int8"), "int64"),
        (pd.array([1, 2], dtype="int64"), "int64"),
        (pd.array([1, None], dtype="Int16"), "float64"),
        (pd.array([1.5, 2], dtype="float32"), "float64"),
        (pd.Series([Decimal("1.5"), None], dtype=object), "float64"),
        (pd.Series([None, Decimal("1.5")], dtype=object), "float64"),
        (pd.array([True, False], dtype="boolean"), "bool"),
        (pd.array([True, None], dtype="boolean"), "object"),
        (pd.Series([datetime(2026, 1, 31), None], dtype="datetime64[s]"), "datetime64[ns]"),
        (pd.Series([datetime(9999, 12, 31), None], dtype="datetime64[s]"), "datetime64[s]"),
        (pd.Series([datetime(2026, 1, 31, tzinfo=OSLO)], dtype="datetime64[us, Europe/Oslo]"), "datetime64[ns, UTC]"),
    ],
)
def test_numbers_have_one_type(values: Any, dtype: str) -> None:
    assert types_seen(pd.DataFrame({"x": values})) == [dtype]


def test_columns_have_the_names_of_the_config_and_rows_are_numbered_anew() -> None:
    batch = pd.DataFrame({"0": [1, 2], "1": [3, 4]}, index=[7, 9])
    column = column_of(lambda given: given["A"] + given["B"], batch, ["A", "B"])
    assert column.tolist() == [4, 6]
    assert column.index.tolist() == [0, 1]


def test_the_model_goes_second() -> None:
    assert column_of(lambda given, model: given["A"] * model, pd.DataFrame({"A": [1, 2]}), ["A"], 10).tolist() == [
        10,
        20,
    ]


def test_a_wrong_number_of_values_is_a_diagnostic() -> None:
    def short(given: pd.DataFrame) -> list[int]:
        return [1]

    with pytest.raises(TaskError, match="gave 1 values for 2 rows"):
        column_of(short, pd.DataFrame({"A": [1, 2]}), ["A"])
