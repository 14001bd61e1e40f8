"""Macros that other macros and the conversions use; not functions of Snowflake's.

What must fail does so by casting its own message, which `duck_errors` reads: DuckDB takes error() for a side effect, and
then no other column can refer to this one by its alias.
"""

from __future__ import annotations

from include.local.snowflake.library.overloads import INTEGERS, Overloads

_OTHER_MOMENTS = "['%d-%b-%Y', '%m/%d/%Y', '%m/%d/%Y %H:%M:%S', '%d-%b-%Y %H:%M:%S', '%a, %d %b %Y %H:%M:%S', '%a %b %d %H:%M:%S %Y']"
_TIMES = "('DATE', 'TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')"
# In the order in which they use each other.
HELPERS: dict[str, Overloads] = {
    "list": [("a", "cast(to_json(a) as json[])")],
    "object": [("k, v", "to_json(map(k, v))")],
    "key": [("k", "'$.' || to_json(k::varchar)::varchar")],
    "pick": [("o, k", "_sf_object(k, list_transform(k, lambda n: json_extract(to_json(o), _sf_key(n))))")],
    # Names given one by one, or as one array.
    "names": [("k", "cast(case when json_type(k, '$[0]') = 'ARRAY' then json_extract(k, '$[0]') else k end as varchar[])")],
    "place": [("a, p", "case when p < 0 then greatest(len(_sf_list(a)) + p, 0) else p end::bigint")],
    "present": [("l", "list_filter(l, lambda n: n is not null and json_type(n) <> 'NULL')")],
    # A number's digits as a whole number: p is ten to the power of its scale.
    "digits": [("x, p", "cast(trunc(x) as hugeint) * p + cast((x - trunc(x)) * p as hugeint)")],
    # Whole numbers divided, halves rounded away from zero.
    "rounded_quotient": [
        (
            "a, b",
            "case when b = 0 then cast('Division by zero' as hugeint)"
            " else (abs(a) // abs(b) + cast(2 * (abs(a) % abs(b)) >= abs(b) as hugeint))"
            " * (case when (a < 0) = (b < 0) then 1 else -1 end) end",
        )
    ],
    "ratio": [("a, b", "cast(a as double) / nullif(cast(b as double), 0)")],
    "divide": [("a, b", "case when b = 0 then cast('Division by zero' as double) else cast(a as double) / cast(b as double) end")],
    "text": [("v", "json_extract_string(try_cast(v::varchar as json), '$')")],
    # The elements of an array but nulls in their order: numbers by value, then the others by their text.
    "ranked": [
        (
            "a",
            "list_transform(list_sort(list_transform(_sf_present(_sf_list(a)), lambda n: {'r': case when json_type(n) in"
            " ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then 0 else 1 end, 'n': coalesce(try_cast(_sf_text(n) as double), 0),"
            " 't': n::varchar, 'v': n})), lambda e: e.v)",
        )
    ],
    "bytes": [("s", "case when typeof(s) = 'BLOB' then try_cast(s as blob) else encode(s::varchar) end")],
    # By which VARIANTs are ordered; the value itself comes along.
    "variant_key": [
        (
            "v",
            "case when v is not null then {'r': case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then 0 else 1 end,"
            " 'n': coalesce(try_cast(_sf_text(v) as double), 0), 't': v::varchar, 'v': v} end",
        )
    ],
    "numeric_text": [("v", "case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then _sf_text(v) end")],
    "semi": [
        (
            "v, f",
            "case when typeof(v) = 'JSON' then try_cast(v as json) when typeof(v) = '\"NULL\"' then null"
            " else cast(cast(cast('Invalid argument types for function ' || f as integer) as varchar) as json) end",
        )
    ],
    "zone": [("z", "case when length(z) = 3 then z || '00' else replace(z, ':', '') end")],
    # Ten significant digits, as Snowflake writes a float.
    "float_text": [
        (
            "x",
            "case when isnan(try_cast(x as double)) then 'NaN' when isinf(try_cast(x as double)) then x::varchar"
            " else printf('%.10g', try_cast(x as double)) end",
        )
    ],
    "epoch": [
        (
            "n",
            "make_timestamp((case when abs(n) < 31536000000 then n * 1000000 when abs(n) < 31536000000000 then n * 1000"
            " when abs(n) < 31536000000000000 then n else n // 1000 end)::bigint)",
        )
    ],
    # A text's own clock: what it says about its zone is left out, as TIMESTAMP_NTZ and DATE do.
    "wall": [("s", "regexp_replace(s, '(\\d:\\d\\d(?::\\d\\d(?:\\.\\d+)?)?)\\s*(?:[+-]\\d\\d:?(?:\\d\\d)?|Z)$', '\\1')")],
    "moment": [
        (
            "s",
            "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then _sf_epoch(try_cast(s as hugeint))"
            f" else coalesce(try_cast(s as timestamp), try_strptime(_sf_wall(s), {_OTHER_MOMENTS}), cast(s as timestamp)) end",
        )
    ],
    "try_moment": [
        (
            "s",
            "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then _sf_epoch(try_cast(s as hugeint))"
            f" else coalesce(try_cast(s as timestamp), try_strptime(_sf_wall(s), {_OTHER_MOMENTS})) end",
        )
    ],
    "timestamp_of": [
        (
            "x",
            f"case when typeof(x) in {INTEGERS} then make_timestamp(try_cast(try_cast(x as hugeint) * 1000000 as bigint))"
            " when typeof(x) in ('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ_NS', 'DATE', 'TIMESTAMP_NS',"
            " 'TIMESTAMP_MS', 'TIMESTAMP_S')"
            " then try_cast(x as timestamp) when typeof(x) = 'DOUBLE' or starts_with(typeof(x), 'DECIMAL')"
            " then make_timestamp(try_cast(try_cast(x as double) * 1000000 as bigint))"
            " when typeof(x) = 'JSON' and json_type(try_cast(x as json)) in ('BIGINT', 'UBIGINT') then"
            " cast(timezone('UTC', make_timestamp(try_cast(_sf_text(x) as bigint) * 1000000)) as timestamp)"
            " when typeof(x) = 'JSON' then _sf_moment(_sf_text(x)) else _sf_moment(x::varchar) end",
        )
    ],
    "to_timestamp": [
        ("x", "_sf_timestamp_of(x)"),
        (
            "x, s",
            f"case when typeof(x) in {INTEGERS} or starts_with(typeof(x), 'DECIMAL') or typeof(x) = 'DOUBLE' then"
            " make_timestamp(try_cast(try_cast(x as double) * 1000000 / 10.0 ** s as bigint)) else _sf_timestamp_of(x) end",
        ),
    ],
    "try_to_timestamp": [("x", "_sf_try_moment(x::varchar)")],
    "instant": [
        (
            "s",
            "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then timezone('UTC', _sf_epoch(try_cast(s as hugeint)))"
            " else coalesce(try_cast(regexp_replace(s, '\\s+([+-]\\d\\d:?\\d\\d)$', '\\1') as timestamptz),"
            " try_strptime(s, ['%a %b %d %H:%M:%S %z %Y', '%a, %d %b %Y %H:%M:%S %z'])::timestamptz, _sf_moment(s)::timestamptz) end",
        )
    ],
    "to_timestamp_ltz": [
        (
            "x",
            f"case when typeof(x) in {INTEGERS} or starts_with(typeof(x), 'DECIMAL') or typeof(x) = 'DOUBLE'"
            " then timezone('UTC', _sf_to_timestamp(x))"
            " when typeof(x) in ('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ_NS', 'DATE', 'TIMESTAMP_NS',"
            " 'TIMESTAMP_MS', 'TIMESTAMP_S')"
            " then try_cast(x as timestamptz)"
            " when typeof(x) = 'JSON' then _sf_instant(_sf_text(x)) else _sf_instant(x::varchar) end",
        ),
        ("x, s", "timezone('UTC', _sf_to_timestamp(x, s))"),
    ],
    "to_date": [
        (
            "x",
            "case when typeof(x) = 'DATE' then try_cast(x as date) when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then try_cast(x as date)"
            " when typeof(x) = 'VARCHAR' and x is not null then coalesce(cast(_sf_try_moment(x::varchar) as date),"
            " cast('Date ' || chr(39) || x::varchar || chr(39) || ' is not recognized' as date))"
            " else cast(_sf_to_timestamp(x) as date) end",
        )
    ],
    "try_to_date": [("x", "cast(_sf_try_moment(x::varchar) as date)")],
    "clock": [
        (
            "s",
            "case when regexp_full_match(s, '\\d+') then cast(_sf_epoch(try_cast(s as hugeint)) as time)"
            " else coalesce(try_cast(s as time), try_cast(try_cast(s as timestamp) as time), cast(s as time)) end",
        )
    ],
    "to_time": [
        (
            "x",
            "case when typeof(x) in ('TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE') then try_cast(x as time)"
            " when typeof(x) = 'JSON' then _sf_clock(_sf_text(x)) else _sf_clock(x::varchar) end",
        )
    ],
    "try_to_time": [("x", "try_cast(x::varchar as time)")],
    "varchar": [
        (
            "x",
            "case when typeof(x) in ('DOUBLE', 'FLOAT') then _sf_float_text(x)"
            " when typeof(x) = 'JSON' then _sf_text(x)"
            " when typeof(x) = 'BLOB' then hex(try_cast(x as blob))"
            " when typeof(x) = 'TIMESTAMP' then strftime(try_cast(x as timestamp), '%Y-%m-%d %H:%M:%S.%g')"
            " when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then strftime(try_cast(x as timestamptz), '%Y-%m-%d %H:%M:%S.%g ')"
            " || _sf_zone(strftime(try_cast(x as timestamptz), '%z'))"
            " when typeof(x) = 'TIME' then left(x::varchar, 8)"
            " else x::varchar end",
        )
    ],
    "unzoned": [
        (
            "x",
            "case when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then cast('CONVERT_TIMEZONE of three arguments takes no TIMESTAMP_TZ or"
            " TIMESTAMP_LTZ' as timestamp) else _sf_to_timestamp(x) end",
        )
    ],
    "as_date": [("t", "cast(t as date)")],
    "as_time": [("t", "cast(t as time)")],
    "as_timestamp": [("t", "cast(t as timestamp)")],
    "as_timestamp_ltz": [("t", "cast(t as timestamptz)")],
    "short_varchar": [
        (
            "s, n",
            "case when length(s) > n then cast(cast('String ''' || s || ''' is too long and would be truncated' as"
            " integer) as varchar) else s end",
        )
    ],
    "loaded_varchar": [
        (
            "s, n",
            "case when length(s) > n then cast(cast('User character length limit (' || n || ') exceeded by string ''' || s || '''' as"
            " integer) as varchar) else s end",
        )
    ],
    "loaded_binary": [
        (
            "b, n",
            "case when octet_length(b) > n then cast(cast(cast('User character length limit (' || n || ') exceeded by string '''"
            " || hex(b) || '''' as integer) as varchar) as blob) else b end",
        )
    ],
    "short_binary": [
        (
            "b, n",
            "case when octet_length(b) > n then cast(cast(cast('Binary ''' || hex(b) || ''' is too long and would be truncated' as"
            " integer) as varchar) as blob) else b end",
        )
    ],
    "try_short_binary": [("b, n", "case when octet_length(b) <= n then b end")],
    "try_short_varchar": [("s, n", "case when length(s) <= n then s end")],
    "object_delete": [("o, k", "_sf_pick(o, list_filter(json_keys(to_json(o)), lambda n: not list_contains(_sf_names(k), n)))")],
    "object_pick": [("o, k", "_sf_pick(o, list_filter(json_keys(to_json(o)), lambda n: list_contains(_sf_names(k), n)))")],
    "to_binary": [
        (
            "s",
            "case when typeof(s) = 'BLOB' then try_cast(s as blob)"
            " when s is null or regexp_full_match(s::varchar, '([0-9A-Fa-f]{2})*') then unhex(s::varchar)"
            " else cast(cast(cast('The following string is not a legal hex-encoded value: ' || s::varchar as integer)"
            " as varchar) as blob) end",
        )
    ],
    "try_to_binary": [("s", "case when regexp_full_match(s::varchar, '([0-9A-Fa-f]{2})*') then unhex(s::varchar) end")],
    # A float rounds half away from zero; DuckDB's own cast takes the even neighbour.
    "to_integer": [
        (
            "x",
            "case when typeof(x) in ('DOUBLE', 'FLOAT') then cast(round(try_cast(x as double)) as bigint)"
            " when typeof(x) = 'JSON' and left(x::varchar, 1) = chr(34) then cast(_sf_text(x) as bigint) else cast(x as bigint) end",
        )
    ],
    "to_wide_integer": [
        (
            "x",
            "case when typeof(x) in ('DOUBLE', 'FLOAT') then cast(round(try_cast(x as double)) as hugeint)"
            " when typeof(x) = 'JSON' and left(x::varchar, 1) = chr(34) then cast(_sf_text(x) as hugeint)"
            " else cast(cast(cast(x as hugeint) as decimal(38, 0)) as hugeint) end",
        )
    ],
    "try_to_integer": [
        (
            "x",
            "case when typeof(x) in ('DOUBLE', 'FLOAT') then try_cast(round(try_cast(x as double)) as bigint)"
            " else try_cast(x as bigint) end",
        )
    ],
    "try_to_wide_integer": [
        (
            "x",
            "case when typeof(x) in ('DOUBLE', 'FLOAT') then try_cast(round(try_cast(x as double)) as hugeint)"
            " else try_cast(x as hugeint) end",
        )
    ],
    "to_double": [
        (
            "x",
            "case when typeof(x) = 'JSON' and x::varchar in ('true', 'false') then case when x::varchar = 'true' then 1 else 0 end"
            " when typeof(x) = 'JSON' then cast(_sf_text(x) as double)"
            f" when typeof(x) in {_TIMES} or typeof(x) = 'BOOLEAN' then"
            " cast('invalid type [' || typeof(x) || '] for parameter TO_DOUBLE' as double)"
            " when typeof(x) = 'VARCHAR' then cast(x::varchar as double) else try_cast(x as double) end",
        )
    ],
    "try_to_double": [("x", "try_cast(x::varchar as double)")],
    "to_boolean": [
        (
            "x",
            "case when typeof(x) = 'VARCHAR' then case when lower(x::varchar) in ('true', 't', 'yes', 'y', 'on', '1') then true"
            " when lower(x::varchar) in ('false', 'f', 'no', 'n', 'off', '0') then false"
            " when x is not null then cast('Boolean value ''' || x::varchar || ''' is not recognized' as boolean) end"
            " when typeof(x) = 'JSON' then cast(_sf_text(x) as boolean)"
            f" when typeof(x) in {_TIMES} then"
            " cast(cast('invalid type [' || typeof(x) || '] for parameter TO_BOOLEAN' as integer) as boolean)"
            " else try_cast(x as boolean) end",
        )
    ],
    "try_to_boolean": [
        (
            "x",
            "case when lower(x::varchar) in ('true', 't', 'yes', 'y', 'on', '1') then true"
            " when lower(x::varchar) in ('false', 'f', 'no', 'n', 'off', '0') then false end",
        )
    ],
    # What strftime can write: a DATE, TIMESTAMP or TIMESTAMPTZ, or text that is one.
    "written": [
        (
            "x",
            "case when typeof(x) = 'TIME' then date '1970-01-01' + try_cast(x as time) else _sf_to_timestamp(x) end",
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
