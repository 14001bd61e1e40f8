"""Functions of dates, times and timestamps. See macros.py."""

from __future__ import annotations

from embedded_snowflake.library.macro_types import Overloads

DATES: dict[str, Overloads] = {
    "MONTHS_BETWEEN": [
        (
            "a, b",
            (
                "case when day(a) = day(b) or (last_day(a::date) = a::date and last_day(b::date) = b::date)"
                " then date_diff('month', b, a)::double else date_diff('month', b, a) + (day(a) - day(b)"
                " + (epoch(a::timestamp) - epoch(a::date) - epoch(b::timestamp) + epoch(b::date)) / 86400) / 31.0 end"
            ),
        )
    ],
    "MONTHNAME": [("d", "strftime(d::timestamp, '%b')")],
    "DAYNAME": [("d", "strftime(d::timestamp, '%a')")],
    "NEXT_DAY": [("d, w", "d::date + (((_sf_weekday(w) - dayofweek(d) + 6) % 7) + 1)::integer")],
    "PREVIOUS_DAY": [("d, w", "d::date - (((dayofweek(d) - _sf_weekday(w) + 6) % 7) + 1)::integer")],
    "WEEKISO": [("d", "week(d)")],
    "YEAROFWEEK": [("d", "isoyear(d)")],
    "YEAROFWEEKISO": [("d", "isoyear(d)")],
    "DATE_FROM_PARTS": [
        ("y, m, d", "(make_date(y::integer, 1, 1) + to_months((m - 1)::integer) + to_days((d - 1)::integer))::date")
    ],
    "TIME_FROM_PARTS": [
        ("h, m, s", "(time '00:00:00' + to_hours(h) + to_minutes(m) + to_seconds(s))"),
        (
            "h, m, s, n",
            "(time '00:00:00' + to_hours(h) + to_minutes(m) + to_seconds(s) + to_microseconds((n // 1000)::bigint))",
        ),
    ],
    "TIMESTAMP_NTZ_FROM_PARTS": [
        (
            "y, mo, d, h, mi, s",
            (
                "(make_date(y::integer, 1, 1) + to_months((mo - 1)::integer) + to_days((d - 1)::integer) + to_hours(h)"
                " + to_minutes(mi) + to_seconds(s))::timestamp"
            ),
        ),
        (
            "y, mo, d, h, mi, s, n",
            (
                "(make_date(y::integer, 1, 1) + to_months((mo - 1)::integer) + to_days((d - 1)::integer) + to_hours(h)"
                " + to_minutes(mi) + to_seconds(s) + to_microseconds((n // 1000)::bigint))::timestamp"
            ),
        ),
        ("d, t", "(d::date + t::time)::timestamp"),
    ],
}
DATES["TIMESTAMP_FROM_PARTS"] = DATES["TIMESTAMP_NTZ_FROM_PARTS"]
_NTZ = [(parameters, body) for parameters, body in DATES["TIMESTAMP_NTZ_FROM_PARTS"] if parameters.startswith("y")]
# Without a zone: in the session's time zone.
DATES["TIMESTAMP_LTZ_FROM_PARTS"] = [(parameters, f"({body})::timestamptz") for parameters, body in _NTZ]
DATES["TIMESTAMP_TZ_FROM_PARTS"] = [
    *DATES["TIMESTAMP_LTZ_FROM_PARTS"],
    ("y, mo, d, h, mi, s, n, z", f"timezone(z, {_NTZ[1][1]})"),
]
