"""Translate a statement from Snowflake's syntax tree to DuckDB's, in small steps.

Some steps are fakesnow's; the others are what it lacks, or what depends on the session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import duckdb
from fakesnow import transforms
from sqlglot import exp

from embedded_snowflake.names import decoded
from embedded_snowflake.sql.generator import duck_sql
from embedded_snowflake.sql.resolve import column_positions, identifiers, lineage, session_functions, stars, table_names
from embedded_snowflake.sql.resolve.types import Types
from embedded_snowflake.sql.rewrite import (
    arithmetic,
    column_names,
    comparisons,
    connect_by,
    duckdb_only,
    expected_types,
    flattening,
    function_names,
    implicit_conversion,
    joins,
    random_numbers,
    refused_expressions,
    sequences,
    unions,
    variants,
    wide_integers,
)
from embedded_snowflake.sql.rewrite.number_scales import MixedNumbers
from embedded_snowflake.state.facts import Fact
from embedded_snowflake.state.statement import Statement

Step = Callable[[exp.Expr], exp.Expr]


class Translated(NamedTuple):
    """A statement for DuckDB.

    Attributes:
        tree: The statement, to be written with `duck_sql`.
        facts: What is known about the columns of a query beyond DuckDB's types; empty for any other statement, and
            where the columns cannot be followed.
    """

    tree: exp.Expr
    facts: list[Fact]


def _data_types(node: exp.Expr) -> exp.Expr:
    """Name types as DuckDB knows them."""
    if isinstance(node, exp.DataType) and node.this in (exp.DataType.Type.BINARY, exp.DataType.Type.VARBINARY):
        node.set("expressions", [])  # its length is checked where it is written: see assignment.py
    for step in (
        transforms.semi_structured_types,
        transforms.timestamp_ntz,
        transforms.float_to_double,
        transforms.integer_precision,
    ):
        node = step(node)
    return node


# Steps of fakesnow and a few of our own among them, in an order that matters (see the comments in fakesnow's cursor).
# Each has the nodes that it looks at: it is left out where a statement has none of them.
_STEPS: tuple[tuple[Step, tuple[type[exp.Expr], ...]], ...] = (
    (transforms.extract_comment_on_table, (exp.Create, exp.Comment, exp.Alter)),
    (transforms.extract_comment_on_columns, (exp.Alter,)),
    (transforms.information_schema_fs, (exp.Table,)),
    (transforms.drop_schema_cascade, (exp.Drop,)),
    (transforms.tag, (exp.Alter, exp.Command, exp.Create, exp.Drop)),
    (transforms.split, (exp.Split,)),
    (transforms.indices_to_json_extract, (exp.Bracket,)),
    (transforms.json_extract_cast_as_varchar, (exp.JSONExtract,)),
    (transforms.json_extract_cased_as_varchar, (exp.JSONExtract,)),
    (transforms.json_extract_precedence, (exp.JSONExtract, exp.JSONExtractScalar)),
    (transforms.flatten_value_cast_as_varchar, (exp.Explode,)),
    (flattening.flatten, (exp.Lateral, exp.TableFromRows, exp.Table)),
    (transforms.regex_replace, (exp.RegexpReplace,)),
    (transforms.regex_substr, (exp.RegexpExtract,)),
    (sequences.next_value, (exp.Column,)),
    (transforms.values_columns, (exp.Values,)),
    (transforms.timestamp_offsets, (exp.Cast,)),
    (transforms.to_decimal, (exp.ToNumber,)),
    (transforms.to_variant, (exp.ToVariant,)),
    (transforms.object_construct, (exp.StarMap, exp.Struct, exp.JSONObject)),
    (_data_types, (exp.DataType,)),
    (transforms.extract_text_length, (exp.Create, exp.Alter)),
    (transforms.sample, (exp.TableSample,)),
    (transforms.array_agg_within_group, (exp.WithinGroup,)),
    (transforms.array_agg, (exp.ArrayAgg,)),
    (transforms.object_agg, (exp.ObjectAgg,)),
    (transforms.array_construct_etc, (exp.ArrayConstructCompact, exp.Array, exp.ArrayConcat)),
    (transforms.dateadd_date_cast, (exp.DateAdd,)),
    (transforms.dateadd_string_literal_timestamp_cast, (exp.DateAdd,)),
    (transforms.datediff_string_literal_timestamp_cast, (exp.DateDiff,)),
    (transforms.haversine, (exp.Anonymous,)),
    (transforms.hex_string, (exp.HexString,)),
    (transforms.sha256, (exp.SHA2, exp.SHA2Digest, exp.Anonymous)),
    (transforms.create_clone, (exp.Clone,)),
    (transforms.alias_in_join, (exp.Join,)),
    (transforms.alias_in_where, (exp.Where,)),
    (transforms.alter_table_strip_cluster_by, (exp.Alter,)),
)


def apply_steps(tree: exp.Expr, steps: Iterable[tuple[Step, tuple[type[exp.Expr], ...]]]) -> exp.Expr:
    """Apply those steps that concern a statement to all of its nodes.

    Args:
        tree: Statement; changed in place.
        steps: The steps, each with the nodes that it looks at.

    Returns:
        The tree.
    """
    present = {type(node) for node in tree.walk()}
    for step, classes in steps:
        if any(issubclass(kind, classes) for kind in present):
            tree = tree.transform(step, copy=False)
            present = {type(node) for node in tree.walk()}
    return tree


def translate(tree: exp.Expr, statement: Statement) -> Translated:
    """Rewrite a statement for DuckDB.

    Args:
        tree: Statement in Snowflake's dialect, its placeholders filled in. It is used up.
        statement: What it belongs to: a session with names, temporary objects and Python functions.

    Returns:
        The statement, and what is known about its result.

    Raises:
        SnowflakeError: It uses what the embedded Snowflake does not support.
    """
    session = statement.session
    duckdb_only.refuse(tree)
    tree = connect_by.rewrite(column_names.name_projections(tree))
    tree = column_positions.name_positions(tree)
    tree = identifiers.stored(tree)
    tree = stars.expand(tree, lambda query: _columns(query, statement))
    facts = lineage.of_query(tree, session) if isinstance(tree, exp.Query) else []
    if isinstance(tree, exp.Insert) and isinstance(tree.expression, exp.Query):
        lineage.of_query(tree.expression, session)
    tree = joins.rewrite(tree)
    seed = random_numbers.rewrite(tree)
    if seed is not None and not statement.describe_only:
        session.duck.execute("select setseed(?)", [seed])
    tree = function_names.apply(session_functions.answer(expected_types.mark(tree), session))
    if session.engine.python is not None:
        tree = session.engine.python.rewrite(tree, session)
    if statement.wide:
        tree = wide_integers.widen(tree)
    tree = refused_expressions.refuse_table_functions(apply_steps(tree, _STEPS))
    statement.qualified.update(table_names.place_tables(tree, session))
    types, mixed = Types(session.duck, session.transaction.restore), MixedNumbers()
    tree = implicit_conversion.apply(tree, types, mixed)
    unions.check(tree, types, mixed)
    tree = comparisons.apply(variants.apply(tree, types, mixed), types)
    return Translated(arithmetic.apply(tree, types, mixed, wide=statement.wide), facts)


def _columns(query: exp.Select, statement: Statement) -> list[str]:
    """Find the names of a query's columns.

    They are DuckDB's, or those that can be followed where it cannot bind the query alone, as a correlated one.
    """
    session = statement.session
    known = lineage.of_query(query, session)
    try:
        sql = f"describe {duck_sql(translate(query, statement).tree)}"
        return [decoded(str(row[0])) for row in session.duck.execute(sql).fetchall()]
    except duckdb.Error:
        session.transaction.restore()
        if not known or not all(fact.name for fact in known):
            raise
        return [fact.name for fact in known]
