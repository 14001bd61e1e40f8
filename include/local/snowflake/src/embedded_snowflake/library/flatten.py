"""The macros behind FLATTEN and SPLIT_TO_TABLE.

FLATTEN gives a row per element of an array or object, with RECURSIVE also of those within; SPLIT_TO_TABLE one per word.
"""

# Columns as in https://docs.snowflake.com/en/sql-reference/functions/flatten. SEQ is the same for all rows of one
# input.
_CHILDREN = """
create or replace macro {database}._sf_children(given, mode) as case
    when json_type(given) = 'OBJECT' and mode <> 'ARRAY' then
        list_transform(json_keys(given), lambda k, n:
            {{'k': k, 'i': null::bigint, 'n': n, 'v': json_extract(given, '$.' || to_json(k)::varchar)}})
    when json_type(given) = 'ARRAY' and mode <> 'OBJECT' then
        list_transform(range(json_array_length(given)::bigint), lambda i:
            {{'k': null::varchar, 'i': i, 'n': i, 'v': json_extract(given, '$[' || i || ']')}})
end
"""
_PATH = (
    "case when {prefix} = '' then coalesce(e.k, '[' || e.i || ']') when e.k is null then {prefix} || '[' || e.i || ']'"
    " else {prefix} || '.' || e.k end"
)
_FLAT = f"""
create or replace macro {{database}}._sf_flatten(input, prefix, keep, mode) as table
with given as (select to_json(input) as _sf_input),
element as (select unnest({{database}}._sf_children(_sf_input, mode)) as e from given)
select (hash(_sf_input) >> 1)::bigint as "SEQ", e.k as "KEY",
       case when e is null then prefix else {_PATH.format(prefix="prefix")} end as "PATH",
       e.i as "INDEX", e.v as "VALUE", _sf_input as "THIS"
from given left join element on true
where e is not null or keep
"""
# An element comes before what is in it: `place` holds its number on every level.
_RECURSIVE = f"""
create or replace macro {{database}}._sf_flatten_recursive(input, prefix, keep, mode) as table
with recursive given as (select to_json(input) as _sf_input),
element as (
    select e, {_PATH.format(prefix="prefix")} as path, [e.n] as place, _sf_input as parent
    from (select _sf_input, unnest({{database}}._sf_children(_sf_input, mode)) as e from given)
    union all
    select e, {_PATH.format(prefix="path")} as path, list_append(place, e.n) as place, parent
    from (select path, place, e.v as parent, unnest({{database}}._sf_children(e.v, mode)) as e from element)
)
select (hash(_sf_input) >> 1)::bigint as "SEQ", e.k as "KEY", case when e is null then prefix else path end as "PATH",
       e.i as "INDEX", e.v as "VALUE", coalesce(parent, _sf_input) as "THIS"
from given left join element on true
where e is not null or keep
order by place
"""
_SPLIT = """
create or replace macro {database}._sf_{name}(s, d) as table
select (hash(s) >> 1)::bigint as "SEQ", i as "INDEX", parts[i] as "VALUE"
from (select parts, unnest(range(1, len(parts) + 1)) as i from (select {parts} as parts))
"""
_WORDS = "list_filter(regexp_split_to_array(s, '[' || regexp_escape(d) || ']'), lambda n: n <> '')"
FLATTEN = ";\n".join(
    [
        _CHILDREN,
        _FLAT,
        _RECURSIVE,
        _SPLIT.replace("{name}", "split_to_table").replace("{parts}", "string_split(s, d)"),
        _SPLIT.replace("{name}", "strtok_split_to_table").replace("{parts}", _WORDS),
    ]
)
