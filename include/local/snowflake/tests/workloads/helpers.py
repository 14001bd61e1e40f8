"""What the workloads share: comparing a DataFrame of the server with one of pandas."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from snowflake.snowpark import DataFrame


def same(found: DataFrame, expected: pd.DataFrame, keys: list[str]) -> None:
    """Compare rows by their keys; numbers to nine digits, whatever their type.

    Args:
        found: The server's.
        expected: Its columns have the same names.
        keys: Columns that tell the rows apart.

    Raises:
        AssertionError: Columns, rows or values differ.
    """
    rows = pd.DataFrame([row.as_dict() for row in found.collect()], columns=[name.strip('"') for name in found.columns])
    assert sorted(rows.columns) == sorted(expected.columns), (list(rows.columns), list(expected.columns))
    assert len(rows) == len(expected), (len(rows), len(expected))
    left = rows[list(expected.columns)].sort_values(keys, ignore_index=True)
    right = expected.sort_values(keys, ignore_index=True)
    for name in expected.columns:
        for place, (one, other) in enumerate(zip(left[name], right[name], strict=True)):
            assert _same(one, other), f"{name} of row {place}: {one!r}, not {other!r}"


def _same(found: Any, expected: Any) -> bool:
    if pd.isna(expected):
        return bool(pd.isna(found))
    if isinstance(expected, (int, float, Decimal, np.number)) and not isinstance(expected, bool):
        return bool(np.isclose(float(found), float(expected), rtol=1e-9, atol=1e-6))
    if isinstance(expected, pd.Timestamp):
        return pd.Timestamp(found) == expected
    return bool(found == expected)
