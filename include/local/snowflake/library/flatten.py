"""The macro behind FLATTEN: one row per element of an array or object."""

# Columns as in https://docs.snowflake.com/en/sql-reference/functions/flatten. SEQ is the same for all rows of one input.
FLATTEN = """
create or replace macro {database}._sf_flatten(input, prefix, keep, mode) as table
with given as (select to_json(input) as _sf_input),
element as (
    select unnest(case
        when json_type(_sf_input) = 'OBJECT' and mode <> 'ARRAY' then
            list_transform(json_keys(_sf_input), lambda k:
                {{'k': k, 'i': null::bigint, 'v': json_extract(_sf_input, '$.' || to_json(k)::varchar)}})
        when json_type(_sf_input) = 'ARRAY' and mode <> 'OBJECT' then
            list_transform(range(json_array_length(_sf_input)::bigint), lambda i:
                {{'k': null::varchar, 'i': i, 'v': json_extract(_sf_input, '$[' || i || ']')}})
        end) as e from given
)
select (hash(_sf_input) >> 1)::bigint as "SEQ", e.k as "KEY",
       case when e is null then prefix when e.k is null then prefix || '[' || e.i || ']'
            when prefix = '' then e.k else prefix || '.' || e.k end as "PATH",
       e.i as "INDEX", e.v as "VALUE", _sf_input as "THIS"
from given left join element on true
where e is not null or keep
"""
