"""Write translated statements as DuckDB's SQL."""

from __future__ import annotations

from typing import ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.generators.duckdb import DuckDBGenerator

from embedded_snowflake.errors import not_supported
from embedded_snowflake.names import like_held, literal, quote
from embedded_snowflake.sql.parse.nodes import AssignedCast


class EmbeddedDuckDB(DuckDB):
    """DuckDB's dialect with users' names as DuckDB holds them: see names.py."""

    class Generator(DuckDBGenerator):
        """Quotes users' names as DuckDB holds them; names without quotes are the embedded Snowflake's own."""

        UNPIVOT_ALIASES_ARE_IDENTIFIERS = False  # they become values
        TRANSFORMS: ClassVar = {
            **DuckDBGenerator.TRANSFORMS,
            AssignedCast: lambda self, cast: self.cast_sql(cast),
            # A -> B may be a lambda to DuckDB, which then does not see the column of GROUP BY in it.
            exp.JSONExtract: lambda self, path: self.func("json_extract", _as_json(path.this), path.expression),
        }

        def identifier_sql(self, expression: exp.Identifier) -> str:
            """Write an identifier.

            Args:
                expression: The identifier.

            Returns:
                DuckDB's SQL.
            """
            return quote(expression.name) if expression.quoted else str(super().identifier_sql(expression))

        def jsonextractscalar_sql(self, expression: exp.JSONExtractScalar) -> str:
            """Write the text that a path leads to.

            Args:
                expression: The path.

            Returns:
                DuckDB's SQL.
            """
            if expression.args.get("scalar_only"):
                return str(super().jsonextractscalar_sql(expression))
            return str(self.func("json_extract_string", _as_json(expression.this), expression.expression))

        def star_sql(self, expression: exp.Star) -> str:
            """Write a star.

            Args:
                expression: The star; after ILIKE, a pattern of names as stored.

            Returns:
                DuckDB's SQL.
            """
            pattern = expression.args.get("ilike")
            if pattern is None:
                return str(super().star_sql(expression))
            if any(expression.args.get(name) for name in ("except_", "replace", "rename")):
                raise not_supported("* ILIKE with EXCLUDE, REPLACE or RENAME")
            return f"* SIMILAR TO {literal(like_held(pattern.name))}"


def _as_json(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, exp.DataType.Type.JSON) if isinstance(value, exp.Literal) and value.is_string else value


# Nodes that sqlglot derives from Binary although they are no operators between two values.
_NO_OPERATORS = (exp.Dot, exp.Escape, exp.Kwarg, exp.PropertyEQ, exp.Slice)
# Functions that DuckDB has as an operator, or that are written with one.
_WRITTEN_WITH_OPERATORS = (
    exp.AddMonths,
    exp.BitmapBitPosition,
    exp.Boolnot,
    exp.BoolxorAgg,
    exp.Concat,
    exp.ConvertTimezone,
    exp.DateAdd,
    exp.DateSub,
    exp.DatetimeAdd,
    exp.DatetimeSub,
    exp.EqualNull,
    exp.IsArray,
    exp.IsNullValue,
    exp.MonthsBetween,
    exp.Stuff,
    exp.TimeAdd,
    exp.TimeSub,
    exp.TimestampAdd,
    exp.TimestampFromParts,
    exp.TimestampSub,
    exp.TsOrDsAdd,
    exp.Uniform,
)
_OPERATORS = (exp.Between, exp.Binary, exp.In, exp.Not, *_WRITTEN_WITH_OPERATORS)


def duck_sql(tree: exp.Expr) -> str:
    """Write a translated statement, or a part of one, for DuckDB.

    Args:
        tree: What `translate` returned, or a part of it.

    Returns:
        DuckDB's SQL.
    """
    # Quoted, for DuckDB reserves words that Snowflake does not: AT, END, SHOW, PIVOT, …
    sql: str = _parenthesised(tree.copy()).sql(dialect=EmbeddedDuckDB, identify=True, copy=False)
    return sql


def _parenthesised(tree: exp.Expr) -> exp.Expr:
    """Put operands that are operations in parentheses.

    A function that DuckDB has as an operator, as EQUAL_NULL and CONCAT, is written as one, whatever its arguments are:
    EQUAL_NULL(a, b or c) became a IS NOT DISTINCT FROM b OR c.
    """
    for node in list(tree.find_all(*_OPERATORS)):
        parent = node.parent
        if isinstance(node, _NO_OPERATORS) or not _binds(parent, node):
            continue
        if type(node) is type(parent) and isinstance(node, exp.Binary) and node.arg_key == "this":
            continue  # a + b + c: no deeper than it was
        paren = exp.Paren()
        node.replace(paren)
        paren.set("this", node)
    return tree


def _binds(parent: exp.Expr | None, node: exp.Expr) -> bool:
    """Tell whether an operation would stand next to an operator, with no parenthesis between."""
    if isinstance(parent, _NO_OPERATORS) or (isinstance(parent, exp.Is) and node.arg_key == "expression"):
        return False
    if isinstance(parent, (exp.AtTimeZone, exp.Bracket, exp.In)):
        return node.arg_key == "this"
    return isinstance(parent, (*_OPERATORS, exp.Func, exp.Neg))
