"""Functions of VARIANT, OBJECT and ARRAY, which are DuckDB's JSON. See macros.py."""

from __future__ import annotations

from embedded_snowflake.library.macro_types import INTEGERS, Overloads

_ELEMENT = "coalesce(to_json(x), 'null'::json)"

# Snowflake takes keys without quotes: {a: 1}.
_KEYS_QUOTED = r"""regexp_replace(s::varchar, '([{,]\s*)([A-Za-z_$][\w$]*)(\s*:)', '\1"\2"\3', 'g')"""

SEMI_STRUCTURED: dict[str, Overloads] = {
    "TO_VARIANT": [("v", "to_json(v)")],
    # JSON null becomes NULL: a VARIANT can hold it, an ARRAY or OBJECT cannot.
    "TO_OBJECT": [
        (
            "v",
            (
                "case when v is null or json_type(to_json(v)) = 'NULL' then null when json_type(to_json(v)) = 'OBJECT'"
                " then to_json(v) else cast(cast(cast('Failed to cast variant value ' || to_json(v)::varchar || ' to"
                " OBJECT' as integer) as varchar) as json) end"
            ),
        )
    ],
    "TO_ARRAY": [
        (
            "v",
            (
                "case when v is null or json_type(to_json(v)) = 'NULL' then null when json_type(to_json(v)) = 'ARRAY'"
                " then to_json(v) else json_array(v) end"
            ),
        )
    ],
    "TO_JSON": [("v", "to_json(v)::varchar")],
    "PARSE_JSON": [
        (
            "s",
            (
                f"case when trim(s::varchar) = '' then null else coalesce(try_cast(s as json), cast({_KEYS_QUOTED} as"
                " json)) end"
            ),
        )
    ],
    "TRY_PARSE_JSON": [
        (
            "s",
            (
                f"case when trim(s::varchar) = '' then null else coalesce(try_cast(s as json), try_cast({_KEYS_QUOTED}"
                " as json)) end"
            ),
        )
    ],
    "CHECK_JSON": [
        (
            "s",
            (
                f"case when s is null or trim(s::varchar) = '' or json_valid(s::varchar) or json_valid({_KEYS_QUOTED})"
                " then null else 'Error parsing JSON: ' || s::varchar end"
            ),
        )
    ],
    "TYPEOF": [
        (
            "v",
            (
                "case json_type(to_json(v)) when 'OBJECT' then 'OBJECT' when 'ARRAY' then 'ARRAY' when 'VARCHAR' then"
                " 'VARCHAR' when 'UBIGINT' then 'INTEGER' when 'BIGINT' then 'INTEGER' when 'HUGEINT' then 'INTEGER'"
                " when 'DOUBLE' then 'DECIMAL' when 'BOOLEAN' then 'BOOLEAN' when 'NULL' then 'NULL_VALUE' end"
            ),
        )
    ],
    "IS_ARRAY": [("v", "json_type(_sf_semi(v, 'IS_ARRAY')) = 'ARRAY'")],
    "IS_OBJECT": [("v", "json_type(_sf_semi(v, 'IS_OBJECT')) = 'OBJECT'")],
    "IS_BOOLEAN": [("v", "json_type(_sf_semi(v, 'IS_BOOLEAN')) = 'BOOLEAN'")],
    "IS_INTEGER": [("v", "json_type(_sf_semi(v, 'IS_INTEGER')) in ('BIGINT', 'UBIGINT', 'HUGEINT')")],
    "IS_DECIMAL": [("v", "json_type(_sf_semi(v, 'IS_DECIMAL')) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')")],
    "IS_DOUBLE": [("v", "json_type(_sf_semi(v, 'IS_DOUBLE')) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')")],
    "IS_REAL": [("v", "json_type(_sf_semi(v, 'IS_REAL')) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')")],
    "IS_VARCHAR": [("v", "json_type(_sf_semi(v, 'IS_VARCHAR')) = 'VARCHAR'")],
    "IS_CHAR": [("v", "json_type(_sf_semi(v, 'IS_CHAR')) = 'VARCHAR'")],
    "IS_NULL_VALUE": [("v", "json_type(_sf_semi(v, 'IS_NULL_VALUE')) = 'NULL'")],
    "AS_ARRAY": [("v", "case when json_type(_sf_semi(v, 'AS_ARRAY')) = 'ARRAY' then v end")],
    "AS_OBJECT": [("v", "case when json_type(_sf_semi(v, 'AS_OBJECT')) = 'OBJECT' then v end")],
    "AS_INTEGER": [("v", "cast(_sf_numeric_text(v) as decimal(38, 0))")],
    "AS_DOUBLE": [
        (
            "v",
            (
                "case when json_type(_sf_semi(v, 'AS_DOUBLE')) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then"
                " _sf_text(v)::double end"
            ),
        )
    ],
    "AS_REAL": [
        (
            "v",
            (
                "case when json_type(_sf_semi(v, 'AS_REAL')) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then"
                " _sf_text(v)::double end"
            ),
        )
    ],
    "AS_BOOLEAN": [("v", "case when json_type(_sf_semi(v, 'AS_BOOLEAN')) = 'BOOLEAN' then _sf_text(v)::boolean end")],
    "AS_VARCHAR": [("v", "case when json_type(_sf_semi(v, 'AS_VARCHAR')) = 'VARCHAR' then _sf_text(v) end")],
    "AS_CHAR": [("v", "case when json_type(_sf_semi(v, 'AS_CHAR')) = 'VARCHAR' then _sf_text(v) end")],
    "GET": [
        (
            "v, k",
            (
                f"case when typeof(k) in {INTEGERS} then case when try_cast(k as bigint) >= 0 then"
                " json_extract(to_json(v), '$[' || coalesce(try_cast(k as bigint), 0) || ']') end else"
                " json_extract(to_json(v), _sf_key(k)) end"
            ),
        )
    ],
    "GET_PATH": [("v, p", "json_extract(to_json(v), '$.' || p)")],
    "GET_IGNORE_CASE": [
        (
            "v, k",
            (
                "json_extract(to_json(v), _sf_key(list_filter(json_keys(to_json(v)), lambda n: lower(n) ="
                " lower(k::varchar))[1]))"
            ),
        )
    ],
    "OBJECT_KEYS": [("o", "to_json(list_sort(json_keys(to_json(o))))")],
    "OBJECT_INSERT": [
        (
            "o, k, v",
            (
                "case when json_exists(to_json(o), _sf_key(k)) then cast(cast(cast('Duplicate field key ''' || k ||"
                " '''' as integer) as varchar) as json) when v is null then to_json(o) else"
                " _sf_object(list_append(json_keys(to_json(o)), k::varchar),"
                " list_append(list_transform(json_keys(to_json(o)), lambda n: json_extract(to_json(o), _sf_key(n))),"
                " to_json(v))) end"
            ),
        ),
        (
            "o, k, v, u",
            (
                "case when json_exists(to_json(o), _sf_key(k)) and not u then cast(cast(cast('Duplicate field key '''"
                " || k || '''' as integer) as varchar) as json) when v is null then _sf_pick(o,"
                " list_filter(json_keys(to_json(o)), lambda n: n <> k::varchar)) else"
                " _sf_object(list_append(list_filter(json_keys(to_json(o)), lambda n: n <> k::varchar), k::varchar),"
                " list_append(list_transform(list_filter(json_keys(to_json(o)), lambda n: n <> k::varchar), lambda n:"
                " json_extract(to_json(o), _sf_key(n))), to_json(v))) end"
            ),
        ),
    ],
    "ARRAY_SIZE": [("a", "case when json_type(to_json(a)) = 'ARRAY' then json_array_length(to_json(a))::bigint end")],
    "ARRAY_APPEND": [("a, x", f"to_json(list_append(_sf_list(a), {_ELEMENT}))")],
    "ARRAY_PREPEND": [("a, x", f"to_json(list_prepend({_ELEMENT}, _sf_list(a)))")],
    "ARRAY_CAT": [
        ("a, b", "case when a is null or b is null then null else to_json(list_concat(_sf_list(a), _sf_list(b))) end")
    ],
    "ARRAY_COMPACT": [("a", "to_json(_sf_present(_sf_list(a)))")],
    "ARRAY_INSERT": [
        (
            "a, p, x",
            # A negative place counts from the back; NULLs fill the gap up to a place beyond the end.
            (
                "to_json(list_concat(list_resize(list_slice(_sf_list(a), 1, _sf_place(a, p)), _sf_place(a, p)),"
                f" list_concat([{_ELEMENT}], list_slice(_sf_list(a), _sf_place(a, p) + 1, len(_sf_list(a))))))"
            ),
        )
    ],
    "ARRAY_SLICE": [
        (
            "a, f, t",
            (
                "to_json(list_slice(_sf_list(a), case when f < 0 then greatest(len(_sf_list(a)) + f, 0) else f end + 1,"
                " case when t < 0 then len(_sf_list(a)) + t else t end))"
            ),
        )
    ],
    "ARRAY_POSITION": [
        (
            "x, a",
            (
                "(nullif(list_position(list_transform(_sf_list(a), lambda n: n::varchar), to_json(x)::varchar), 0) -"
                " 1)::bigint"
            ),
        )
    ],
    "ARRAY_CONTAINS": [
        ("x, a", "list_contains(list_transform(_sf_list(a), lambda n: n::varchar), to_json(x)::varchar)")
    ],
    "ARRAY_REMOVE": [("a, x", "to_json(list_filter(_sf_list(a), lambda n: n::varchar <> to_json(x)::varchar))")],
    "ARRAY_REMOVE_AT": [
        (
            "a, p",
            (
                "to_json(list_concat(list_slice(_sf_list(a), 1, case when p < 0 then len(_sf_list(a)) + p else p end),"
                " list_slice(_sf_list(a), case when p < 0 then len(_sf_list(a)) + p else p end + 2, len(_sf_list(a)))))"
            ),
        )
    ],
    "ARRAY_REVERSE": [("a", "to_json(list_reverse(_sf_list(a)))")],
    "ARRAY_DISTINCT": [
        (
            "a",
            (
                "to_json(list_transform(list_filter(range(1, len(_sf_list(a)) + 1), lambda i:"
                " list_position(list_transform(_sf_list(a), lambda n: n::varchar), _sf_list(a)[i]::varchar) = i),"
                " lambda i: _sf_list(a)[i]))"
            ),
        )
    ],
    "ARRAYS_OVERLAP": [
        (
            "a, b",
            (
                "list_has_any(list_transform(_sf_list(a), lambda n: n::varchar), list_transform(_sf_list(b), lambda n:"
                " n::varchar))"
            ),
        )
    ],
    "ARRAYS_TO_OBJECT": [("k, v", "_sf_object(list_transform(_sf_list(k), lambda n: _sf_text(n)), _sf_list(v))")],
    "ARRAY_GENERATE_RANGE": [
        ("a, b", "to_json(range(a::bigint, b::bigint))"),
        ("a, b, s", "to_json(range(a::bigint, b::bigint, s::bigint))"),
    ],
    "STRTOK_TO_ARRAY": [
        ("s", "to_json(list_filter(string_split(s, ' '), lambda n: n <> ''))"),
        ("s, d", "to_json(list_filter(regexp_split_to_array(s, '[' || regexp_escape(d) || ']'), lambda n: n <> ''))"),
    ],
    "STRIP_NULL_VALUE": [("v", "case when json_type(v) <> 'NULL' then v end")],
}
