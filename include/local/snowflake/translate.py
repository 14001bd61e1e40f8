"""From Snowflake's syntax tree to DuckDB's SQL: small steps, in one readable chain.

Steps that could serve everyone are fakesnow's own; those here are what it lacks or what depends on the session.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fakesnow import transforms
from sqlglot import exp

from include.local.snowflake import cases, flattening, foreign, functions, identifiers, joins, lineage, naming, placement, positional, typed

if TYPE_CHECKING:
    from include.local.snowflake.session import Session

Step = Callable[[exp.Expr], exp.Expr]

# fakesnow's own steps, in its order (it matters: see the comments there).
_FAKESNOW_STEPS: tuple[Step, ...] = (
    transforms.extract_comment_on_table,
    transforms.extract_comment_on_columns,
    transforms.information_schema_fs,
    transforms.drop_schema_cascade,
    transforms.tag,
    transforms.semi_structured_types,
    transforms.split,
    transforms.indices_to_json_extract,
    transforms.json_extract_cast_as_varchar,
    transforms.json_extract_cased_as_varchar,
    transforms.json_extract_precedence,
    transforms.flatten_value_cast_as_varchar,
    flattening.flatten,
    transforms.regex_replace,
    transforms.regex_substr,
    transforms.sequence_nextval,
    transforms.values_columns,
    transforms.timestamp_offsets,
    transforms.to_decimal,
    transforms.to_variant,
    transforms.object_construct,
    transforms.timestamp_ntz,
    transforms.float_to_double,
    transforms.integer_precision,
    transforms.extract_text_length,
    transforms.sample,
    transforms.random,
    transforms.array_agg_within_group,
    transforms.array_agg,
    transforms.object_agg,
    transforms.array_construct_etc,
    transforms.dateadd_date_cast,
    transforms.dateadd_string_literal_timestamp_cast,
    transforms.datediff_string_literal_timestamp_cast,
    transforms.haversine,
    transforms.hex_string,
    transforms.sha256,
    transforms.create_clone,
    transforms.alias_in_join,
    transforms.alias_in_where,
    transforms.alter_table_strip_cluster_by,
)


def translate(tree: exp.Expr, session: Session) -> exp.Expr:
    """Rewrite a statement for DuckDB.

    Args:
        tree: Statement in Snowflake's dialect, its placeholders filled in. It is used up.
        session: Names, temporary objects, Python functions.

    Returns:
        The statement, to be written with the duckdb dialect.

    Raises:
        SnowflakeError: It uses what the embedded Snowflake does not support.
    """
    foreign.refuse(tree)
    tree = naming.name_projections(tree)
    tree = positional.name_positions(tree)
    tree = identifiers.stored(tree)
    tree = cases.tell_apart(tree)
    session.result_facts = lineage.of_query(tree, session) if isinstance(tree, exp.Query) else []
    tree = joins.rewrite(tree)
    tree = functions.apply(tree, session)
    if session.engine.python is not None:
        tree = session.engine.python.rewrite(tree, session)
    for step in _FAKESNOW_STEPS:
        tree = tree.transform(step, copy=False)
    return typed.apply(placement.place_tables(tree, session), session)
