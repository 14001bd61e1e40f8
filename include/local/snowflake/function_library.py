"""Snowflake's functions as DuckDB macros, by Snowflake's name.

Semi-structured values are DuckDB's JSON. A macro takes any type; what depends on it is decided by `typeof`, which DuckDB
folds away when it plans the query. Each entry is a list of (parameters, body), one per number of arguments. The dialect
hands these names through as they stand, and `functions` adds the prefix.

Meanings: https://docs.snowflake.com/en/sql-reference/functions-all
"""

from __future__ import annotations

from include.local.snowflake.names import quote

PREFIX = "_sf_"
Overloads = list[tuple[str, str]]

_INTEGERS = "('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'HUGEINT', 'UBIGINT')"
_ELEMENT = "coalesce(to_json(x), 'null'::json)"

# Used by the others, in this order; not functions of Snowflake's. What must fail does so by casting its own message, which
# `duck_errors` reads: DuckDB takes error() for a side effect, and then no other column can refer to this one by its alias.
HELPERS: dict[str, Overloads] = {
    "list": [("a", "cast(to_json(a) as json[])")],
    "object": [("k, v", "to_json(map(k, v))")],
    "key": [("k", "'$.' || to_json(k::varchar)::varchar")],
    "pick": [("o, k", "_sf_object(k, list_transform(k, lambda n: json_extract(to_json(o), _sf_key(n))))")],
    # Names given one by one, or as one array.
    "names": [("k", "cast(case when json_type(k, '$[0]') = 'ARRAY' then json_extract(k, '$[0]') else k end as varchar[])")],
    "present": [("l", "list_filter(l, lambda n: n is not null and json_type(n) <> 'NULL')")],
    "divide": [("a, b", "case when b = 0 then cast('Division by zero' as double) else cast(a as double) / cast(b as double) end")],
    "text": [("v", "json_extract_string(try_cast(v::varchar as json), '$')")],
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
    "moment": [
        (
            "s",
            "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then _sf_epoch(try_cast(s as hugeint))"
            " else coalesce(try_cast(s as timestamp), try_strptime(s, ['%d-%b-%Y', '%m/%d/%Y', '%m/%d/%Y %H:%M:%S', '%d-%b-%Y %H:%M:%S']),"
            " cast(s as timestamp)) end",
        )
    ],
    "try_moment": [
        (
            "s",
            "case when regexp_full_match(s, '\\s*-?\\d+\\s*') then _sf_epoch(try_cast(s as hugeint))"
            " else coalesce(try_cast(s as timestamp), try_strptime(s, ['%d-%b-%Y', '%m/%d/%Y', '%m/%d/%Y %H:%M:%S',"
            " '%d-%b-%Y %H:%M:%S'])) end",
        )
    ],
    "timestamp_of": [
        (
            "x",
            f"case when typeof(x) in {_INTEGERS} then make_timestamp(try_cast(try_cast(x as hugeint) * 1000000 as bigint))"
            " when typeof(x) in ('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ_NS', 'DATE', 'TIMESTAMP_NS',"
            " 'TIMESTAMP_MS', 'TIMESTAMP_S')"
            " then try_cast(x as timestamp) when typeof(x) = 'DOUBLE' or starts_with(typeof(x), 'DECIMAL')"
            " then make_timestamp(try_cast(try_cast(x as double) * 1000000 as bigint))"
            " when typeof(x) = 'JSON' then _sf_moment(_sf_text(x)) else _sf_moment(x::varchar) end",
        )
    ],
    "to_timestamp": [
        ("x", "_sf_timestamp_of(x)"),
        (
            "x, s",
            f"case when typeof(x) in {_INTEGERS} or starts_with(typeof(x), 'DECIMAL') or typeof(x) = 'DOUBLE' then"
            " make_timestamp(try_cast(try_cast(x as double) * 1000000 / 10.0 ** s as bigint)) else _sf_timestamp_of(x) end",
        ),
    ],
    "try_to_timestamp": [("x", "_sf_try_moment(x::varchar)")],
    "to_timestamp_ltz": [
        (
            "x",
            f"case when typeof(x) in {_INTEGERS} or starts_with(typeof(x), 'DECIMAL') or typeof(x) = 'DOUBLE'"
            " then timezone('UTC', _sf_to_timestamp(x))"
            " when typeof(x) in ('TIMESTAMP', 'TIMESTAMP WITH TIME ZONE', 'TIMESTAMPTZ_NS', 'DATE', 'TIMESTAMP_NS',"
            " 'TIMESTAMP_MS', 'TIMESTAMP_S')"
            " then try_cast(x as timestamptz)"
            " when typeof(x) = 'JSON' then cast(_sf_text(x) as timestamptz)"
            " when regexp_full_match(x::varchar, '\\s*-?\\d+\\s*') then timezone('UTC', _sf_epoch(try_cast(x::varchar as hugeint)))"
            " else coalesce(try_cast(regexp_replace(x::varchar, '\\s+([+-]\\d\\d:?\\d\\d)$', '\\1') as timestamptz),"
            " try_strptime(x::varchar, ['%a %b %d %H:%M:%S %z %Y', '%a, %d %b %Y %H:%M:%S %z'])"
            "::timestamptz, _sf_moment(x::varchar)::timestamptz) end",
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
    "to_time": [
        (
            "x",
            "case when typeof(x) in ('TIME', 'TIMESTAMP', 'TIMESTAMP WITH TIME ZONE') then try_cast(x as time)"
            " when typeof(x) = 'JSON' then cast(_sf_text(x) as time)"
            " when regexp_full_match(x::varchar, '\\d+') then cast(_sf_epoch(try_cast(x::varchar as hugeint)) as time)"
            " else coalesce(try_cast(x::varchar as time), try_cast(try_cast(x::varchar as timestamp) as time),"
            " cast(x::varchar as time)) end",
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
    "to_double": [("x", "case when typeof(x) = 'JSON' then cast(_sf_text(x) as double) else cast(x as double) end")],
    "try_to_double": [("x", "try_cast(x::varchar as double)")],
    "to_boolean": [
        (
            "x",
            "case when typeof(x) = 'VARCHAR' then case when lower(x::varchar) in ('true', 't', 'yes', 'y', 'on', '1') then true"
            " when lower(x::varchar) in ('false', 'f', 'no', 'n', 'off', '0') then false"
            " when x is not null then cast('Boolean value ''' || x::varchar || ''' is not recognized' as boolean) end"
            " when typeof(x) = 'JSON' then cast(_sf_text(x) as boolean) else try_cast(x as boolean) end",
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
}

LIBRARY: dict[str, Overloads] = {
    # ------------------------------------------------------------------------------------------------- semi-structured
    "TO_VARIANT": [("v", "to_json(v)")],
    "TO_OBJECT": [("v", "case when v is null then null else cast(v as json) end")],
    "TO_ARRAY": [("v", "case when v is null then null when json_type(to_json(v)) = 'ARRAY' then to_json(v) else json_array(v) end")],
    "TO_JSON": [("v", "to_json(v)::varchar")],
    "PARSE_JSON": [("s", "case when trim(s::varchar) = '' then null else cast(s as json) end")],
    "TRY_PARSE_JSON": [("s", "case when trim(s::varchar) = '' then null else try_cast(s as json) end")],
    "CHECK_JSON": [
        (
            "s",
            "case when s is null or trim(s::varchar) = '' or json_valid(s::varchar) then null"
            " else 'Error parsing JSON: ' || s::varchar end",
        )
    ],
    "TYPEOF": [
        (
            "v",
            "case json_type(to_json(v)) when 'OBJECT' then 'OBJECT' when 'ARRAY' then 'ARRAY' when 'VARCHAR' then 'VARCHAR'"
            " when 'UBIGINT' then 'INTEGER' when 'BIGINT' then 'INTEGER' when 'HUGEINT' then 'INTEGER' when 'DOUBLE' then 'DECIMAL'"
            " when 'BOOLEAN' then 'BOOLEAN' when 'NULL' then 'NULL_VALUE' end",
        )
    ],
    "IS_ARRAY": [("v", "json_type(v) = 'ARRAY'")],
    "IS_OBJECT": [("v", "json_type(v) = 'OBJECT'")],
    "IS_BOOLEAN": [("v", "json_type(v) = 'BOOLEAN'")],
    "IS_INTEGER": [("v", "json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT')")],
    "IS_DECIMAL": [("v", "json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')")],
    "IS_DOUBLE": [("v", "json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')")],
    "IS_REAL": [("v", "json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')")],
    "IS_VARCHAR": [("v", "json_type(v) = 'VARCHAR'")],
    "IS_CHAR": [("v", "json_type(v) = 'VARCHAR'")],
    "IS_NULL_VALUE": [("v", "json_type(v) = 'NULL'")],
    "AS_ARRAY": [("v", "case when json_type(v) = 'ARRAY' then v end")],
    "AS_OBJECT": [("v", "case when json_type(v) = 'OBJECT' then v end")],
    "AS_INTEGER": [("v", "case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT') then _sf_text(v)::bigint end")],
    "AS_DOUBLE": [("v", "case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then _sf_text(v)::double end")],
    "AS_REAL": [("v", "case when json_type(v) in ('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE') then _sf_text(v)::double end")],
    "AS_BOOLEAN": [("v", "case when json_type(v) = 'BOOLEAN' then _sf_text(v)::boolean end")],
    "AS_VARCHAR": [("v", "case when json_type(v) = 'VARCHAR' then _sf_text(v) end")],
    "AS_CHAR": [("v", "case when json_type(v) = 'VARCHAR' then _sf_text(v) end")],
    "GET": [
        (
            "v, k",
            f"json_extract(to_json(v), case when typeof(k) in {_INTEGERS} then '$[' || k::varchar || ']' else _sf_key(k) end)",
        )
    ],
    "GET_PATH": [("v, p", "json_extract(to_json(v), '$.' || p)")],
    "GET_IGNORE_CASE": [
        ("v, k", "json_extract(to_json(v), _sf_key(list_filter(json_keys(to_json(v)), lambda n: lower(n) = lower(k::varchar))[1]))")
    ],
    "OBJECT_KEYS": [("o", "to_json(list_sort(json_keys(to_json(o))))")],
    "OBJECT_INSERT": [
        (
            "o, k, v",
            "case when json_exists(to_json(o), _sf_key(k)) then cast(cast(cast('Duplicate field key ''' || k || '''' as"
            " integer) as varchar) as json)"
            " when v is null then to_json(o) else _sf_object(list_append(json_keys(to_json(o)), k::varchar), list_append(list_transform("
            "json_keys(to_json(o)), lambda n: json_extract(to_json(o), _sf_key(n))), to_json(v))) end",
        ),
        (
            "o, k, v, u",
            "case when json_exists(to_json(o), _sf_key(k)) and not u then cast(cast(cast('Duplicate field key ''' || k"
            " || '''' as integer) as varchar) as json)"
            " when v is null then _sf_pick(o, list_filter(json_keys(to_json(o)), lambda n: n <> k::varchar))"
            " else _sf_object(list_append(list_filter(json_keys(to_json(o)), lambda n: n <> k::varchar), k::varchar),"
            " list_append(list_transform(list_filter(json_keys(to_json(o)), lambda n: n <> k::varchar),"
            " lambda n: json_extract(to_json(o), _sf_key(n))), to_json(v))) end",
        ),
    ],
    "ARRAY_SIZE": [("a", "case when json_type(to_json(a)) = 'ARRAY' then json_array_length(to_json(a))::bigint end")],
    "ARRAY_APPEND": [("a, x", f"to_json(list_append(_sf_list(a), {_ELEMENT}))")],
    "ARRAY_PREPEND": [("a, x", f"to_json(list_prepend({_ELEMENT}, _sf_list(a)))")],
    "ARRAY_CAT": [("a, b", "case when a is null or b is null then null else to_json(list_concat(_sf_list(a), _sf_list(b))) end")],
    "ARRAY_COMPACT": [("a", "to_json(_sf_present(_sf_list(a)))")],
    "ARRAY_INSERT": [
        (
            "a, p, x",
            f"to_json(list_concat(list_slice(_sf_list(a), 1, p), list_concat([{_ELEMENT}], list_slice(_sf_list(a), p + 1, -1))))",
        )
    ],
    "ARRAY_SLICE": [
        (
            "a, f, t",
            "to_json(list_slice(_sf_list(a), case when f < 0 then greatest(len(_sf_list(a)) + f, 0) else f end + 1,"
            " case when t < 0 then len(_sf_list(a)) + t else t end))",
        )
    ],
    "ARRAY_POSITION": [
        ("x, a", "(nullif(list_position(list_transform(_sf_list(a), lambda n: n::varchar), to_json(x)::varchar), 0) - 1)::bigint")
    ],
    "ARRAY_CONTAINS": [("x, a", "list_contains(list_transform(_sf_list(a), lambda n: n::varchar), to_json(x)::varchar)")],
    "ARRAY_REMOVE": [("a, x", "to_json(list_filter(_sf_list(a), lambda n: n::varchar <> to_json(x)::varchar))")],
    "ARRAY_REMOVE_AT": [
        (
            "a, p",
            "to_json(list_concat(list_slice(_sf_list(a), 1, case when p < 0 then len(_sf_list(a)) + p else p end),"
            " list_slice(_sf_list(a), case when p < 0 then len(_sf_list(a)) + p else p end + 2, len(_sf_list(a)))))",
        )
    ],
    "ARRAY_REVERSE": [("a", "to_json(list_reverse(_sf_list(a)))")],
    "ARRAY_DISTINCT": [
        (
            "a",
            "to_json(list_transform(list_filter(range(1, len(_sf_list(a)) + 1), lambda i: list_position(list_transform(_sf_list(a),"
            " lambda n: n::varchar), _sf_list(a)[i]::varchar) = i), lambda i: _sf_list(a)[i]))",
        )
    ],
    "ARRAY_EXCEPT": [
        (
            "a, b",
            "to_json(list_filter(_sf_list(a), lambda n: not list_contains(list_transform(_sf_list(b), lambda m: m::varchar), n::varchar)))",
        )
    ],
    "ARRAY_INTERSECTION": [
        (
            "a, b",
            "to_json(list_filter(_sf_list(a), lambda n: list_contains(list_transform(_sf_list(b), lambda m: m::varchar), n::varchar)))",
        )
    ],
    "ARRAYS_OVERLAP": [
        ("a, b", "list_has_any(list_transform(_sf_list(a), lambda n: n::varchar), list_transform(_sf_list(b), lambda n: n::varchar))")
    ],
    "ARRAY_TO_STRING": [
        (
            "a, s",
            "array_to_string(list_transform(_sf_list(a), lambda n: coalesce(case when json_type(n) <> 'NULL'"
            " then _sf_text(n) end, '')), s)",
        )
    ],
    "ARRAY_SORT": [
        ("a", "to_json(list_sort(_sf_present(_sf_list(a))))"),
        ("a, u", "to_json(case when u then list_sort(_sf_present(_sf_list(a))) else list_reverse_sort(_sf_present(_sf_list(a))) end)"),
    ],
    "ARRAY_MIN": [("a", "list_min(_sf_present(_sf_list(a)))")],
    "ARRAY_MAX": [("a", "list_max(_sf_present(_sf_list(a)))")],
    "ARRAY_FLATTEN": [("a", "to_json(flatten(list_transform(_sf_list(a), lambda n: cast(n as json[]))))")],
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
    # ----------------------------------------------------------------------------------------------------------- texts
    "CHR": [("n", "chr(n::integer)")],
    "CHAR": [("n", "chr(n::integer)")],
    "LPAD": [("s, n", "lpad(s::varchar, n::integer, ' ')"), ("s, n, p", "lpad(s::varchar, n::integer, p)")],
    "RPAD": [("s, n", "rpad(s::varchar, n::integer, ' ')"), ("s, n, p", "rpad(s::varchar, n::integer, p)")],
    "TRIM": [("s", "trim(s::varchar)"), ("s, c", "trim(s::varchar, c)")],
    "LTRIM": [("s", "ltrim(s::varchar)"), ("s, c", "ltrim(s::varchar, c)")],
    "RTRIM": [("s", "rtrim(s::varchar)"), ("s, c", "rtrim(s::varchar, c)")],
    "INITCAP": [
        (
            "s",
            "array_to_string(list_transform(regexp_extract_all(lower(s), '[a-z0-9]+|[^a-z0-9]+'),"
            " lambda w: upper(left(w, 1)) || substr(w, 2)), '')",
        )
    ],
    "SPACE": [("n", "repeat(' ', n::bigint)")],
    "STARTSWITH": [("s, p", "starts_with(s::varchar, p::varchar)")],
    "ENDSWITH": [("s, p", "suffix(s::varchar, p::varchar)")],
    "CONTAINS": [("s, p", "contains(s::varchar, p::varchar)")],
    "CHARINDEX": [
        ("p, s", "strpos(s::varchar, p::varchar)::bigint"),
        ("p, s, f", "case when strpos(substr(s, f), p) = 0 then 0 else strpos(substr(s, f), p) + f - 1 end::bigint"),
    ],
    "EDITDISTANCE": [("a, b", "levenshtein(a, b)::bigint"), ("a, b, m", "least(levenshtein(a, b), m)::bigint")],
    "JAROWINKLER_SIMILARITY": [("a, b", "cast(floor(jaro_winkler_similarity(upper(a), upper(b)) * 100) as bigint)")],
    "REGEXP_COUNT": [("s, p", "len(regexp_extract_all(s, p))::bigint")],
    "BASE64_ENCODE": [("s", "to_base64(s::varchar::blob)")],
    "BASE64_DECODE_STRING": [("s", "decode(from_base64(s))")],
    "HEX_ENCODE": [("s", "hex(s::varchar)")],
    "HEX_DECODE_STRING": [("s", "decode(unhex(s))")],
    "UNICODE": [("s", "case when s = '' then 0 else unicode(s) end::bigint")],
    "ASCII": [("s", "case when s = '' then 0 else ascii(s) end::bigint")],
    # --------------------------------------------------------------------------------------------------------- numbers
    "TRUNC": [
        ("x", "trunc(x)"),
        ("x, s", "case when typeof(x) = 'DOUBLE' then trunc(x * 10.0 ** s) / 10.0 ** s else trunc(x, s::integer) end"),
    ],
    "FACTORIAL": [("n", "factorial(n::integer)")],
    "APPROX_PERCENTILE": [("x, p", "quantile_cont(cast(x as double), p)")],
    "SQUARE": [("x", "cast(x as double) * cast(x as double)")],
    "LOG": [("b, x", "ln(x::double) / ln(b::double)")],
    "BITSHIFTLEFT": [("a, n", "(a::bigint << n::bigint)")],
    "BITSHIFTRIGHT": [("a, n", "(a::bigint >> n::bigint)")],
    # ----------------------------------------------------------------------------------------------------------- dates
    "ADD_MONTHS": [("d, n", "(d + to_months(n::integer))")],
    "MONTHS_BETWEEN": [
        (
            "a, b",
            "case when day(a) = day(b) or (last_day(a::date) = a::date and last_day(b::date) = b::date)"
            " then date_diff('month', b, a)::double else date_diff('month', b, a) + (day(a) - day(b)) / 31.0 end",
        )
    ],
    "MONTHNAME": [("d", "strftime(d, '%b')")],
    "DAYNAME": [("d", "strftime(d, '%a')")],
    "NEXT_DAY": [("d, w", "d::date + (((_sf_weekday(w) - dayofweek(d) + 6) % 7) + 1)::integer")],
    "PREVIOUS_DAY": [("d, w", "d::date - (((dayofweek(d) - _sf_weekday(w) + 6) % 7) + 1)::integer")],
    "WEEKISO": [("d", "week(d)")],
    "YEAROFWEEK": [("d", "isoyear(d)")],
    "YEAROFWEEKISO": [("d", "isoyear(d)")],
    "DATE_FROM_PARTS": [("y, m, d", "(make_date(y::integer, 1, 1) + to_months((m - 1)::integer) + to_days((d - 1)::integer))::date")],
    "TIME_FROM_PARTS": [
        ("h, m, s", "(time '00:00:00' + to_hours(h) + to_minutes(m) + to_seconds(s))"),
        ("h, m, s, n", "(time '00:00:00' + to_hours(h) + to_minutes(m) + to_seconds(s) + to_microseconds((n // 1000)::bigint))"),
    ],
    "TIMESTAMP_NTZ_FROM_PARTS": [
        (
            "y, mo, d, h, mi, s",
            "(make_date(y::integer, 1, 1) + to_months((mo - 1)::integer) + to_days((d - 1)::integer) + to_hours(h) + to_minutes(mi)"
            " + to_seconds(s))::timestamp",
        ),
        (
            "y, mo, d, h, mi, s, n",
            "(make_date(y::integer, 1, 1) + to_months((mo - 1)::integer) + to_days((d - 1)::integer) + to_hours(h) + to_minutes(mi)"
            " + to_seconds(s) + to_microseconds((n // 1000)::bigint))::timestamp",
        ),
        ("d, t", "(d::date + t::time)::timestamp"),
    ],
}
LIBRARY["TIMESTAMP_FROM_PARTS"] = LIBRARY["TIMESTAMP_NTZ_FROM_PARTS"]
# Functions that sqlglot would read as casts or with a format of its own; `conversions` rewrites them.
CONVERSIONS = [
    "TO_CHAR",
    "TO_VARCHAR",
    "TO_DATE",
    "DATE",
    "TRY_TO_DATE",
    "TO_TIME",
    "TIME",
    "TRY_TO_TIME",
    "TO_TIMESTAMP",
    "TO_TIMESTAMP_NTZ",
    "TO_TIMESTAMP_LTZ",
    "TO_TIMESTAMP_TZ",
    "TRY_TO_TIMESTAMP",
    "TRY_TO_TIMESTAMP_NTZ",
    "TRY_TO_TIMESTAMP_LTZ",
    "TRY_TO_TIMESTAMP_TZ",
    "CONVERT_TIMEZONE",
    "ARRAY_CONSTRUCT",
    "ARRAY_CONSTRUCT_COMPACT",
    "OBJECT_DELETE",
    "OBJECT_PICK",
    "TO_BINARY",
    "TRY_TO_BINARY",
    "TO_DOUBLE",
    "TRY_TO_DOUBLE",
    "TO_BOOLEAN",
    "TRY_TO_BOOLEAN",
]
HELPERS["weekday"] = [
    (
        "w",
        "(list_position(['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'], lower(left(w, 2))) - 1)",
    )
]


# fakesnow's own has a subquery, which cannot stand in a lambda.
_OBJECT_CONSTRUCT = """
create or replace macro {database}.main._fs_object_construct(keys, vals, keep_nulls) as to_json(map(
    list_transform(list_filter(range(1, len(keys) + 1), lambda i: keys[i] is not null and (keep_nulls or vals[i] is not null)),
        lambda i: keys[i]),
    list_transform(list_filter(range(1, len(keys) + 1), lambda i: keys[i] is not null and (keep_nulls or vals[i] is not null)),
        lambda i: vals[i])))
"""


def macros_sql(database: str) -> str:
    """Write all macros.

    Args:
        database: Database to make them in.

    Returns:
        DuckDB's SQL, statements separated by semicolons.
    """
    statements = [_OBJECT_CONSTRUCT.format(database=quote(database))]
    for name, overloads in [*HELPERS.items(), *((name.lower(), overloads) for name, overloads in LIBRARY.items())]:
        bodies = ", ".join(f"({parameters}) as ({_qualified(body, database)})" for parameters, body in overloads)
        statements.append(f"create or replace macro {quote(database)}.main.{PREFIX}{name}{bodies}")
    return ";\n".join(statements)


def _qualified(body: str, database: str) -> str:
    """A macro that names another is bound where it is used, so the name must lead there from anywhere."""
    return body.replace(PREFIX, f"{quote(database)}.main.{PREFIX}")
