"""Macros behind conversions to texts, numbers, binary and truth values. See helpers.py."""

from __future__ import annotations

from embedded_snowflake.library.macro_types import INTEGERS, Overloads

_TIMES = "('DATE', 'TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE')"
CONVERSION_HELPERS: dict[str, Overloads] = {
    # Ten significant digits, as Snowflake writes a float.
    "float_text": [
        (
            "x",
            (
                "case when isnan(try_cast(x as double)) then 'NaN' when isinf(try_cast(x as double)) then x::varchar"
                " else printf('%.10g', try_cast(x as double)) end"
            ),
        )
    ],
    "varchar": [
        (
            "x",
            (
                "case when typeof(x) in ('DOUBLE', 'FLOAT') then _sf_float_text(x) when typeof(x) = 'JSON' then"
                " _sf_text(x) when typeof(x) = 'BLOB' then hex(try_cast(x as blob)) when typeof(x) = 'TIMESTAMP' then"
                " strftime(try_cast(x as timestamp), '%Y-%m-%d %H:%M:%S.%g') when typeof(x) = 'TIMESTAMP WITH TIME"
                " ZONE' then strftime(try_cast(x as timestamptz), '%Y-%m-%d %H:%M:%S.%g ') ||"
                " _sf_zone(strftime(try_cast(x as timestamptz), '%z')) when typeof(x) = 'TIME' then left(x::varchar, 8)"
                " else x::varchar end"
            ),
        )
    ],
    # Equal numbers have equal keys, whatever their types.
    "hash_key": [
        (
            "x",
            (
                f"case when typeof(x) in {INTEGERS} then '#' || x::varchar when starts_with(typeof(x), 'DECIMAL') then"
                " '#' || case when contains(x::varchar, '.') then rtrim(rtrim(x::varchar, '0'), '.') else x::varchar"
                " end when typeof(x) = 'DOUBLE' then '#' || case when abs(try_cast(x as double)) < 1e15 and try_cast(x"
                " as double) = trunc(try_cast(x as double)) then try_cast(x as bigint)::varchar else x::varchar end"
                " else x::varchar end"
            ),
        )
    ],
    "short_varchar": [
        (
            "s, n",
            (
                "case when length(s) > n then cast(cast('String ''' || s || ''' is too long and would be truncated' as"
                " integer) as varchar) else s end"
            ),
        )
    ],
    "loaded_varchar": [
        (
            "s, n",
            (
                "case when length(s) > n then cast(cast('User character length limit (' || n || ') exceeded by string"
                " ''' || s || '''' as integer) as varchar) else s end"
            ),
        )
    ],
    "loaded_binary": [
        (
            "b, n",
            (
                "case when octet_length(b) > n then cast(cast(cast('User character length limit (' || n || ') exceeded"
                " by string ''' || hex(b) || '''' as integer) as varchar) as blob) else b end"
            ),
        )
    ],
    "short_binary": [
        (
            "b, n",
            (
                "case when octet_length(b) > n then cast(cast(cast('Binary ''' || hex(b) || ''' is too long and would"
                " be truncated' as integer) as varchar) as blob) else b end"
            ),
        )
    ],
    "try_short_binary": [("b, n", "case when octet_length(b) <= n then b end")],
    "try_short_varchar": [("s, n", "case when length(s) <= n then s end")],
    "object_delete": [
        ("o, k", "_sf_pick(o, list_filter(json_keys(to_json(o)), lambda n: not list_contains(_sf_names(k), n)))")
    ],
    "object_pick": [
        ("o, k", "_sf_pick(o, list_filter(json_keys(to_json(o)), lambda n: list_contains(_sf_names(k), n)))")
    ],
    "to_binary": [
        (
            "s",
            (
                "case when typeof(s) = 'BLOB' then try_cast(s as blob) when s is null or regexp_full_match(s::varchar,"
                " '([0-9A-Fa-f]{2})*') then unhex(s::varchar) else cast(cast(cast('The following string is not a legal"
                " hex-encoded value: ' || s::varchar as integer) as varchar) as blob) end"
            ),
        )
    ],
    "try_to_binary": [("s", "case when regexp_full_match(s::varchar, '([0-9A-Fa-f]{2})*') then unhex(s::varchar) end")],
    # A float rounds half away from zero; DuckDB's cast rounds half to even.
    "to_integer": [
        (
            "x",
            (
                "case when typeof(x) in ('DOUBLE', 'FLOAT') then cast(round(try_cast(x as double)) as bigint) when"
                " typeof(x) = 'JSON' and left(x::varchar, 1) = chr(34) then cast(_sf_text(x) as bigint) else cast(x as"
                " bigint) end"
            ),
        )
    ],
    "to_wide_integer": [
        (
            "x",
            (
                "case when typeof(x) in ('DOUBLE', 'FLOAT') then cast(round(try_cast(x as double)) as hugeint)"
                " when typeof(x) = 'JSON' and left(x::varchar, 1) = chr(34) then cast(_sf_text(x) as hugeint)"
                " else cast(cast(cast(x as hugeint) as decimal(38, 0)) as hugeint) end"
            ),
        )
    ],
    "try_to_integer": [
        (
            "x",
            (
                "case when typeof(x) in ('DOUBLE', 'FLOAT') then try_cast(round(try_cast(x as double)) as bigint)"
                " else try_cast(x as bigint) end"
            ),
        )
    ],
    "try_to_wide_integer": [
        (
            "x",
            (
                "case when typeof(x) in ('DOUBLE', 'FLOAT') then try_cast(round(try_cast(x as double)) as hugeint)"
                " else try_cast(x as hugeint) end"
            ),
        )
    ],
    "to_double": [
        (
            "x",
            (
                "case when typeof(x) = 'JSON' and x::varchar in ('true', 'false') then case when x::varchar = 'true'"
                " then 1 else 0 end when typeof(x) = 'JSON' then cast(_sf_text(x) as double) when typeof(x) in"
                f" {_TIMES} or typeof(x) = 'BOOLEAN' then cast('invalid type [' || typeof(x) || '] for parameter"
                " TO_DOUBLE' as double) when typeof(x) = 'VARCHAR' then cast(x::varchar as double) else try_cast(x as"
                " double) end"
            ),
        )
    ],
    "try_to_double": [("x", "try_cast(x::varchar as double)")],
    "to_boolean": [
        (
            "x",
            (
                "case when typeof(x) = 'VARCHAR' then case when lower(x::varchar) in ('true', 't', 'yes', 'y', 'on',"
                " '1') then true when lower(x::varchar) in ('false', 'f', 'no', 'n', 'off', '0') then false when x is"
                " not null then cast('Boolean value ''' || x::varchar || ''' is not recognized' as boolean) end when"
                f" typeof(x) = 'JSON' then cast(_sf_text(x) as boolean) when typeof(x) in {_TIMES} then"
                " cast(cast('invalid type [' || typeof(x) || '] for parameter TO_BOOLEAN' as integer) as boolean) else"
                " try_cast(x as boolean) end"
            ),
        )
    ],
    "try_to_boolean": [
        (
            "x",
            (
                "case when lower(x::varchar) in ('true', 't', 'yes', 'y', 'on', '1') then true"
                " when lower(x::varchar) in ('false', 'f', 'no', 'n', 'off', '0') then false end"
            ),
        )
    ],
}
