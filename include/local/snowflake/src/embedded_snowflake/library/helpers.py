"""Macros that other macros and the conversions use; Snowflake has no such functions.

A macro fails by casting its message to another type, and `duck_errors` finds the message in DuckDB's error. error() is
no way to do it: DuckDB takes it for a side effect, and then no other column can refer to this one by its alias.
"""

from __future__ import annotations

from embedded_snowflake.library.conversion_helpers import CONVERSION_HELPERS
from embedded_snowflake.library.macro_types import Overloads
from embedded_snowflake.library.time_helpers import TIME_HELPERS

_VALUES: dict[str, Overloads] = {
    "list": [("a", "cast(to_json(a) as json[])")],
    "object": [("k, v", "to_json(map(k, v))")],
    "key": [("k", "'$.' || to_json(k::varchar)::varchar")],
    "pick": [("o, k", "_sf_object(k, list_transform(k, lambda n: json_extract(to_json(o), _sf_key(n))))")],
    # Names from separate arguments, or from one array.
    "names": [
        ("k", "cast(case when json_type(k, '$[0]') = 'ARRAY' then json_extract(k, '$[0]') else k end as varchar[])")
    ],
    "place": [("a, p", "case when p < 0 then greatest(len(_sf_list(a)) + p, 0) else p end::bigint")],
    "present": [("l", "list_filter(l, lambda n: n is not null and json_type(n) <> 'NULL')")],
    # A number's digits as a whole number: p is ten to the power of its scale.
    "digits": [("x, p", "cast(trunc(x) as hugeint) * p + cast((x - trunc(x)) * p as hugeint)")],
    # Division of whole numbers that rounds halves away from zero.
    "rounded_quotient": [
        (
            "a, b",
            (
                "case when b = 0 and a is not null then cast('Division by zero' as hugeint)"
                " else (abs(a) // abs(b) + cast(2 * (abs(a) % abs(b)) >= abs(b) as hugeint))"
                " * (case when (a < 0) = (b < 0) then 1 else -1 end) end"
            ),
        )
    ],
    "ratio": [("a, b", "cast(a as double) / nullif(cast(b as double), 0)")],
    "divide": [
        (
            "a, b",
            (
                "case when b = 0 and a is not null then cast('Division by zero' as double) else cast(a as double) /"
                " cast(b as double) end"
            ),
        )
    ],
    "text": [("v", "json_extract_string(try_cast(v::varchar as json), '$')")],
    # An array's elements without nulls, sorted: numbers by value, then the others by their text.
    "ranked": [
        (
            "a",
            (
                "list_transform(list_sort(list_transform(_sf_present(_sf_list(a)), lambda n: {'r': case when"
                " json_type(n) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then 0 else 1 end, 'n':"
                " coalesce(try_cast(_sf_text(n) as double), 0), 't': n::varchar, 'v': n})), lambda e: e.v)"
            ),
        )
    ],
    "bytes": [("s", "case when typeof(s) = 'BLOB' then try_cast(s as blob) else encode(s::varchar) end")],
    # Sort key of a VARIANT, with the value itself in it.
    "variant_key": [
        (
            "v",
            (
                "case when v is not null then {'r': case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT',"
                " 'DOUBLE') then 0 else 1 end, 'n': coalesce(try_cast(_sf_text(v) as double), 0), 't': v::varchar, 'v':"
                " v} end"
            ),
        )
    ],
    "numeric_text": [
        ("v", "case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then _sf_text(v) end")
    ],
    "semi": [
        (
            "v, f",
            (
                "case when typeof(v) = 'JSON' then try_cast(v as json) when typeof(v) = '\"NULL\"' then null"
                " else cast(cast(cast('Invalid argument types for function ' || f as integer) as varchar) as json) end"
            ),
        )
    ],
}
# A macro comes after those that it uses.
HELPERS: dict[str, Overloads] = {**_VALUES, **TIME_HELPERS, **CONVERSION_HELPERS}
