"""FLATTEN: one row per element of an array or object."""

from __future__ import annotations

from sqlglot import exp

from include.local.snowflake.errors import not_supported
from include.local.snowflake.names import quote

# Columns as in https://docs.snowflake.com/en/sql-reference/functions/flatten. SEQ is the same for all rows of one input.
_MACRO = """
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


def macro_sql(database: str) -> str:
    """Write the macro that the step below calls.

    Args:
        database: Database to make it in.

    Returns:
        DuckDB's SQL.
    """
    return _MACRO.format(database=quote(database))


def flatten(node: exp.Expr) -> exp.Expr:
    """Turn LATERAL FLATTEN(…) and TABLE(FLATTEN(…)) into a call of the macro.

    Args:
        node: A node of the tree.

    Returns:
        The node, or what replaces it.

    Raises:
        SnowflakeError: RECURSIVE is asked for.
    """
    if not isinstance(node, (exp.Lateral, exp.TableFromRows)) or not isinstance(node.this, exp.Explode):
        return node
    given = [node.this.this, *node.this.expressions]
    options = {item.this.name.upper(): item.expression for item in given if isinstance(item, exp.Kwarg)}
    source = options.get("INPUT", given[0])
    if "RECURSIVE" in options and _true(options["RECURSIVE"]):
        raise not_supported("FLATTEN with RECURSIVE => TRUE")
    path = options["PATH"].name if "PATH" in options else ""
    if path:
        source = exp.JSONExtract(this=source, expression=exp.Literal.string(f"$.{path}"))
    keep = _true(options["OUTER"]) if "OUTER" in options else False
    mode = options["MODE"].name.upper() if "MODE" in options else "BOTH"
    arguments = [source, exp.Literal.string(path), exp.Boolean(this=keep), exp.Literal.string(mode)]
    return exp.Table(this=exp.Anonymous(this="_sf_flatten", expressions=arguments), alias=node.args.get("alias"))


def _true(node: exp.Expr) -> bool:
    return isinstance(node, exp.Boolean) and bool(node.this)
