"""Macros behind the functions of dates, times and timestamps. See helpers.py."""

from __future__ import annotations

from embedded_snowflake.library.macro_types import INTEGERS, Overloads

_OTHER_MOMENTS = (
    "['%d-%b-%Y', '%Y-%m-%d %H', '%Y-%m-%dT%H', '%m/%d/%Y', '%m/%d/%Y %H:%M:%S', '%d-%b-%Y %H:%M:%S', '%a, %d %b %Y"
    " %H:%M:%S', '%a %b %d %H:%M:%S %Y']"
)


def _bound(body: str) -> str:
    """Write a body that names its text s several times so that s is bound once.

    DuckDB would bind the argument as often as it is named, and all that is nested in it again.
    """
    return f"list_transform([s], lambda s: {body})[1]"


TIME_HELPERS: dict[str, Overloads] = {
    "zone": [("z", "case when length(z) = 3 then z || '00' else replace(z, ':', '') end")],
    # Digits beyond microseconds are cut off towards the past, before 1970 too, where // rounds towards zero.
    "cut": [("n, d", "(n - ((n % d) + d) % d) // d")],
    # From nanoseconds to microseconds, which DuckDB's casts would round; TIMESTAMPTZ keeps the instant.
    "cut_timestamp": [("t", "make_timestamp(_sf_cut(epoch_ns(t), 1000))")],
    "cut_timestamp_ltz": [("t", "timezone('UTC', make_timestamp(_sf_cut(epoch_ns(t), 1000)))")],
    "cut_time": [("t", "cast(t::varchar as time)")],
    # Seconds since 1970, of any numeric type.
    "seconds": [("x", "make_timestamp(floor(try_cast(x as decimal(38, 9)) * 1000000)::bigint)")],
    "scaled": [
        (
            "x, s",
            (
                "make_timestamp((case when s <= 6 then floor(try_cast(x as decimal(38, 6)) * power(10, 6 - s)::bigint)"
                " else _sf_cut(floor(try_cast(x as decimal(38, 6)))::hugeint, power(10, s - 6)::hugeint) end)::bigint)"
            ),
        )
    ],
    "epoch": [
        (
            "n",
            (
                "make_timestamp((case when abs(n) < 31536000000 then n * 1000000 when abs(n) < 31536000000000 then n *"
                " 1000 when abs(n) < 31536000000000000 then n else _sf_cut(n, 1000) end)::bigint)"
            ),
        )
    ],
    # A text without its offset, which TIMESTAMP_NTZ and DATE ignore.
    "wall": [
        ("s", "regexp_replace(s, '(\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?)\\s*(?:[+-]\\d\\d:?(?:\\d\\d)?|Z)$', '\\1')")
    ],
    "moment": [
        (
            "s",
            _bound(
                "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then _sf_epoch(try_cast(s as hugeint)) else"
                f" coalesce(try_cast(s as timestamp), try_strptime(_sf_wall(s), {_OTHER_MOMENTS}), cast(s as"
                " timestamp)) end"
            ),
        )
    ],
    "try_moment": [
        (
            "s",
            _bound(
                "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then _sf_epoch(try_cast(s as hugeint))"
                f" else coalesce(try_cast(s as timestamp), try_strptime(_sf_wall(s), {_OTHER_MOMENTS})) end"
            ),
        )
    ],
    "timestamp_of": [
        (
            "x",
            (
                f"case when typeof(x) in {INTEGERS} then make_timestamp(try_cast(try_cast(x as hugeint) * 1000000 as"
                " bigint)) when typeof(x) in ('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'DATE', 'TIMESTAMP_MS',"
                " 'TIMESTAMP_S') then try_cast(x as timestamp) when typeof(x) = 'TIMESTAMP_NS' then"
                " _sf_cut_timestamp(try_cast(x as timestamp_ns)) when typeof(x) = 'DOUBLE' or starts_with(typeof(x),"
                " 'DECIMAL') then _sf_seconds(x) when typeof(x) = 'JSON' and json_type(try_cast(x as json)) in"
                " ('BIGINT', 'UBIGINT') then cast(timezone('UTC', make_timestamp(try_cast(_sf_text(x) as bigint) *"
                " 1000000)) as timestamp) when typeof(x) = 'JSON' then _sf_moment(_sf_text(x)) else"
                " _sf_moment(x::varchar) end"
            ),
        )
    ],
    "to_timestamp": [
        ("x", "_sf_timestamp_of(x)"),
        (
            "x, s",
            (
                f"case when typeof(x) in {INTEGERS} or starts_with(typeof(x), 'DECIMAL') or typeof(x) = 'DOUBLE' then"
                " _sf_scaled(x, s) else _sf_timestamp_of(x) end"
            ),
        ),
    ],
    "try_to_timestamp": [("x", "_sf_try_moment(x::varchar)")],
    "instant": [
        (
            "s",
            _bound(
                "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then timezone('UTC', _sf_epoch(try_cast(s as"
                " hugeint))) else coalesce(try_cast(regexp_replace(s, '\\s+([+-]\\d\\d:?\\d\\d)$', '\\1') as"
                " timestamptz), try_strptime(s, ['%a %b %d %H:%M:%S %z %Y', '%a, %d %b %Y %H:%M:%S %z'])::timestamptz,"
                " _sf_moment(s)::timestamptz) end"
            ),
        )
    ],
    "to_timestamp_ltz": [
        (
            "x",
            (
                f"case when typeof(x) in {INTEGERS} or starts_with(typeof(x), 'DECIMAL') or typeof(x) = 'DOUBLE'"
                " then timezone('UTC', _sf_to_timestamp(x))"
                " when typeof(x) in ('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'DATE', 'TIMESTAMP_MS', 'TIMESTAMP_S')"
                " then try_cast(x as timestamptz)"
                " when typeof(x) = 'JSON' then _sf_instant(_sf_text(x)) else _sf_instant(x::varchar) end"
            ),
        ),
        ("x, s", "timezone('UTC', _sf_to_timestamp(x, s))"),
    ],
    "date_of_text": [
        (
            "s",
            _bound(
                "coalesce(cast(_sf_try_moment(s) as date), case when s is not null then cast('Date ' || chr(39) || s ||"
                " chr(39) || ' is not recognized' as date) end)"
            ),
        )
    ],
    "to_date": [
        (
            "x",
            (
                "case when typeof(x) = 'DATE' then try_cast(x as date) when typeof(x) = 'TIMESTAMP WITH TIME ZONE'"
                f" then try_cast(x as date) when typeof(x) in {INTEGERS} or starts_with(typeof(x), 'DECIMAL') or"
                " typeof(x) = 'DOUBLE' then cast('invalid type [' || typeof(x) || '] for parameter TO_DATE' as date)"
                " when typeof(x) = 'VARCHAR' then _sf_date_of_text(x::varchar) else cast(_sf_to_timestamp(x) as"
                " date) end"
            ),
        )
    ],
    "try_to_date": [("x", "cast(_sf_try_moment(x::varchar) as date)")],
    "clock": [
        (
            "s",
            _bound(
                "case when regexp_full_match(s, '\\d+') then cast(_sf_epoch(try_cast(s as hugeint)) as time)"
                " else coalesce(try_cast(s as time), try_cast(try_cast(s as timestamp) as time), cast(s as time)) end"
            ),
        )
    ],
    "to_time": [
        (
            "x",
            (
                "case when typeof(x) in ('TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE') then try_cast(x as time)"
                " when typeof(x) = 'JSON' then _sf_clock(_sf_text(x)) else _sf_clock(x::varchar) end"
            ),
        )
    ],
    "try_to_time": [("x", "try_cast(x::varchar as time)")],
    "unzoned": [
        (
            "x",
            (
                "case when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then cast('CONVERT_TIMEZONE of three arguments takes"
                " no TIMESTAMP_TZ or TIMESTAMP_LTZ' as timestamp) else _sf_to_timestamp(x) end"
            ),
        )
    ],
    # ADD_MONTHS keeps the last day of a month: days from d plus n months to that month's end, if d is a last day.
    "month_end_gap": [
        (
            "d, n",
            (
                "case when last_day(d::date) = d::date then day(last_day(d::date + to_months(n))) - day(d::date +"
                " to_months(n)) else 0 end"
            ),
        )
    ],
    # From what strptime returns, which has nanoseconds where the format has them.
    "as_date": [("t", "cast(_sf_timestamp_of(t) as date)")],
    "as_time": [("t", "cast(_sf_timestamp_of(t) as time)")],
    "as_timestamp": [("t", "_sf_timestamp_of(t)")],
    "as_timestamp_ltz": [
        (
            "t",
            (
                "case when typeof(t) = 'TIMESTAMP_NS' then _sf_cut_timestamp(try_cast(t as timestamp_ns))::timestamptz"
                " when typeof(t) = 'TIMESTAMPTZ_NS' then _sf_cut_timestamp_ltz(try_cast(t as timestamptz_ns))"
                " else try_cast(t as timestamptz) end"
            ),
        )
    ],
    # A value that strftime takes.
    "written": [
        (
            "x",
            "case when typeof(x) = 'TIME' then date '1970-01-01' + try_cast(x as time) else _sf_to_timestamp(x) end",
        )
    ],
    # The offset of a moment, as +HHMM.
    "offset": [
        (
            "x",
            (
                "case when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then _sf_zone(strftime(try_cast(x as timestamptz),"
                " '%z')) when x is not null then '+0000' end"
            ),
        )
    ],
    "fraction": [("x, n", "left(strftime(_sf_written(x), '%n'), n)")],
    "weekday": [
        (
            "w",
            "(list_position(['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'], lower(left(w, 2))) - 1)",
        )
    ],
}
