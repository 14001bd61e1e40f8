from __future__ import annotations

import datetime
from typing import Any

import duckdb
import pytest

from tests.unit.conftest import Evaluate

DATE, TIME, MOMENT = datetime.date, datetime.time, datetime.datetime
VALUES = [
    ("_sf_months_between(date '2024-02-29', date '2024-01-31')", 1.0),
    ("_sf_months_between(date '2024-03-15', date '2024-02-01')", pytest.approx(1 + 14 / 31)),
    ("_sf_months_between(date '2024-01-15', date '2024-02-15')", -1.0),
    ("_sf_months_between(timestamp '2019-03-01 02:00:00', timestamp '2019-02-15 01:00:00')", pytest.approx(0.549731)),
    ("_sf_monthname(date '2024-05-01')", "May"),
    ("_sf_dayname(date '2024-01-07')", "Sun"),
    ("_sf_next_day(date '2024-01-05', 'Friday')", DATE(2024, 1, 12)),
    ("_sf_next_day(date '2024-01-05', 'sa')", DATE(2024, 1, 6)),
    ("_sf_previous_day(date '2024-01-05', 'fr')", DATE(2023, 12, 29)),
    ("_sf_previous_day(date '2024-01-05', 'th')", DATE(2024, 1, 4)),
    ("_sf_weekiso(date '2024-12-30')", 1),
    ("_sf_yearofweekiso(date '2024-12-30')", 2025),
    ("_sf_date_from_parts(2010, 1, 100)", DATE(2010, 4, 10)),
    ("_sf_date_from_parts(2004, 0, -1)", DATE(2003, 11, 29)),
    ("_sf_time_from_parts(12, 34, 56, 987654321)", TIME(12, 34, 56, 987654)),
    ("_sf_time_from_parts(0, 100, 0)", TIME(1, 40)),
    ("_sf_timestamp_from_parts(2013, 4, 5, 12, 0, -3600)", MOMENT(2013, 4, 5, 11)),
    ("_sf_timestamp_from_parts(date '2013-04-05', time '12:00:00')", MOMENT(2013, 4, 5, 12)),
    ("_sf_timestamp_tz_from_parts(2013, 4, 5, 12, 0, 0, 0, 'America/New_York')::timestamp", MOMENT(2013, 4, 5, 16)),
    ("_sf_to_date('2024-01-31')", DATE(2024, 1, 31)),
    ("_sf_to_date('31-Jan-2024')", DATE(2024, 1, 31)),
    ("_sf_to_date('01/31/2024')", DATE(2024, 1, 31)),
    ("_sf_to_date('31536000000')", DATE(1971, 1, 1)),  # milliseconds
    ("_sf_to_date('-1')", DATE(1969, 12, 31)),
    ("_sf_to_date(timestamp '2024-01-31 23:59:59')", DATE(2024, 1, 31)),
    ("_sf_to_date(null)", None),
    ("_sf_try_to_date('soon')", None),
    ("_sf_to_timestamp('2024-01-31T10:00:00+01:00')", MOMENT(2024, 1, 31, 10)),
    ("_sf_to_timestamp('2024-01-31 10:11:12.123456789')", MOMENT(2024, 1, 31, 10, 11, 12, 123456)),
    ("_sf_to_timestamp('2024-01-31 10')", MOMENT(2024, 1, 31, 10)),
    ("_sf_to_timestamp('Mon, 08 Jan 2024 10:11:12')", MOMENT(2024, 1, 8, 10, 11, 12)),
    ("_sf_to_timestamp('31536000')", MOMENT(1971, 1, 1)),
    ("_sf_to_timestamp('31536000000')", MOMENT(1971, 1, 1)),
    ("_sf_to_timestamp('31536000000000')", MOMENT(1971, 1, 1)),
    ("_sf_to_timestamp('31536000000000000')", MOMENT(1971, 1, 1)),
    ("_sf_to_timestamp('1704067200123')", MOMENT(2024, 1, 1, 0, 0, 0, 123000)),
    ("_sf_to_timestamp(1.5)", MOMENT(1970, 1, 1, 0, 0, 1, 500000)),
    ("_sf_to_timestamp(1500, 3)", MOMENT(1970, 1, 1, 0, 0, 1, 500000)),
    ("_sf_to_timestamp(-1, 9)", MOMENT(1969, 12, 31, 23, 59, 59, 999999)),
    ("_sf_try_to_timestamp('2024-02-30')", None),
    ("_sf_to_timestamp_ltz('2024-01-31 10:00:00 +0500')::timestamp", MOMENT(2024, 1, 31, 5)),
    ("_sf_to_timestamp_ltz('2024-01-31 10:00:00')::timestamp", MOMENT(2024, 1, 31, 10)),
    ("_sf_to_timestamp_ltz(0)::timestamp", MOMENT(1970, 1, 1)),
    ("_sf_to_time('10:11:12.5')", TIME(10, 11, 12, 500000)),
    ("_sf_to_time('86399')", TIME(23, 59, 59)),
    ("_sf_to_time(timestamp '2024-01-31 10:11:12')", TIME(10, 11, 12)),
    ("_sf_try_to_time('25:00:00')", None),
    ("_sf_month_end_gap(date '2024-02-29', 1)", 2),
    ("_sf_month_end_gap(date '2024-02-28', 1)", 0),
    ("_sf_offset(timestamptz '2024-01-01 00:00:00+00')", "+0000"),
    ("_sf_fraction(timestamp '2024-01-01 00:00:00.123456', 3)", "123"),
    ("_sf_wall('2024-01-31 10:11:12 +01:00')", "2024-01-31 10:11:12"),
    ("_sf_wall('2024-01-31')", "2024-01-31"),
    ("_sf_cut_timestamp(timestamp_ns '1969-12-31 23:59:59.999999999')", MOMENT(1969, 12, 31, 23, 59, 59, 999999)),
]


@pytest.mark.parametrize(("expression", "expected"), VALUES)
def test_a_function_of_dates(value: Evaluate, expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("_sf_to_date('soon')", "Date 'soon' is not recognized"),
        ("_sf_to_date(19000)", "parameter TO_DATE"),
        ("_sf_to_timestamp('soon')", "soon"),
        ("_sf_unzoned(now())", "CONVERT_TIMEZONE of three arguments"),
    ],
)
def test_what_is_no_date_is_an_error(value: Evaluate, expression: str, message: str) -> None:
    with pytest.raises(duckdb.Error, match=message):
        value(expression)
