"""Conversions on assignment to a column. They allow less than casts: no text to VARIANT, no number to DATE.

https://docs.snowflake.com/en/sql-reference/data-type-conversion#data-types-that-can-be-cast
"""

from __future__ import annotations

from embedded_snowflake.library.macro_types import INTEGERS, Overloads

_NUMBER = f"typeof(x) in {INTEGERS} or starts_with(typeof(x), 'DECIMAL') or typeof(x) in ('DOUBLE', 'FLOAT', 'BOOLEAN')"
_SEMI_STRUCTURED = (
    "typeof(x) = 'JSON' or suffix(typeof(x), ']') or starts_with(typeof(x), 'STRUCT') or starts_with(typeof(x), 'MAP')"
)
_TYPE_NAME = (
    f"case when typeof(x) in {INTEGERS} then 'NUMBER(38,0)' when starts_with(typeof(x), 'DECIMAL') then 'NUMBER' ||"
    " substr(typeof(x), 8) when typeof(x) = 'DOUBLE' then 'FLOAT' when typeof(x) = 'TIMESTAMP' then 'TIMESTAMP_NTZ(9)'"
    " when typeof(x) = 'TIMESTAMP WITH TIME ZONE' then 'TIMESTAMP_LTZ(9)' when typeof(x) = 'BLOB' then 'BINARY' else"
    " typeof(x) end"
)


def _refused(kind: str) -> str:
    text = (
        f"'Expression type does not match column data type, expecting ' || t || ' but got ' || ({_TYPE_NAME}) || ' for"
        " column ' || c"
    )
    return f"cast(cast(cast({text} as integer) as varchar) as {kind})"


_TEMPORAL = {"to_date": "date", "to_time": "time", "to_timestamp": "timestamp", "to_timestamp_ltz": "timestamptz"}
_SEMI = ("to_variant", "to_array", "to_object")
# Conversions with a stricter variant, named assigned_…, which takes the value x, the column's type t and its name c.
ASSIGNED = frozenset((*_TEMPORAL, *_SEMI))
ASSIGNMENTS: dict[str, Overloads] = {
    **{
        f"assigned_{name}": [("x, t, c", f"case when {_NUMBER} then {_refused(kind)} else _sf_{name}(x) end")]
        for name, kind in _TEMPORAL.items()
    },
    **{
        f"assigned_{name}": [
            (
                "x, t, c",
                (
                    f"case when typeof(x) = '\"NULL\"' then null::json when {_SEMI_STRUCTURED} then"
                    f" _sf_{name}(to_json(x)) else {_refused('json')} end"
                ),
            )
        ]
        for name in _SEMI
    },
}
