"""Refuse expressions that the embedded Snowflake does not support, before DuckDB takes them for its own."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import compilation_error, not_supported, syntax_error
from embedded_snowflake.library import unsupported
from embedded_snowflake.library.macros import PREFIX

KINDS = (
    exp.Collate,
    exp.DataType,
    exp.Anonymous,
    exp.Dot,
    exp.MatchRecognize,
    exp.NthValue,
    exp.Generator,
    exp.Explode,
    exp.When,
    exp.Rollup,
    exp.Cube,
)
_PLACES = (exp.DataType.Type.GEOGRAPHY, exp.DataType.Type.GEOMETRY)


def refuse(node: exp.Expr) -> exp.Expr:
    """Refuse collations, geography, intervals as values, MATCH_RECOGNIZE and functions of the SNOWFLAKE database.

    Args:
        node: A node of the tree.

    Returns:
        The node.

    Raises:
        SnowflakeError: It is one of them.
    """
    if isinstance(node, exp.Collate) and not isinstance(node.parent, exp.ColumnDef):
        raise not_supported("collations")
    if isinstance(node, exp.MatchRecognize):
        raise not_supported("MATCH_RECOGNIZE")
    if isinstance(node, exp.NthValue) and node.args.get("from_first") is False:
        raise not_supported("NTH_VALUE … FROM LAST")
    if isinstance(node, exp.When) and node.args.get("source"):
        raise syntax_error("syntax error: unexpected 'BY'.")
    if isinstance(node, (exp.Rollup, exp.Cube)) and not node.expressions:
        raise syntax_error("syntax error: unexpected ')'.")
    if isinstance(node, exp.Explode) and not isinstance(
        node.parent, (exp.Lateral, exp.TableFromRows, exp.Join, exp.From)
    ):
        raise compilation_error("Unknown function FLATTEN.", 2140, "42601")
    if isinstance(node, exp.Generator) and node.args.get("rowcount") is None and node.args.get("timelimit") is not None:
        raise not_supported("GENERATOR with TIMELIMIT and without ROWCOUNT")
    if isinstance(node, exp.DataType) and isinstance(node.this, exp.Interval):
        raise not_supported("intervals as values")
    if isinstance(node, exp.DataType) and node.this in _PLACES:
        raise not_supported(f"the type {node.this.name}")
    if isinstance(node, exp.Anonymous) and node.name.upper().startswith(("ST_", "TO_GEO", "TRY_TO_GEO")):
        raise not_supported(f"the function {node.name.upper()}")
    if isinstance(node, exp.Dot) and isinstance(node.this, exp.Bracket):
        raise not_supported("a path that goes on with a dot after brackets: V['a'].b is V['a']['b']")
    if isinstance(node, exp.Dot) and isinstance(node.expression, exp.Anonymous) and _root(node).upper() == "SNOWFLAKE":
        raise not_supported(f"SNOWFLAKE's function {node.expression.name.upper()}, which needs an account")
    return node


def _root(node: exp.Expr) -> str:
    while isinstance(node, exp.Dot):
        node = node.this
    return node.name


def refuse_table_functions(tree: exp.Expr) -> exp.Expr:
    """Refuse table functions that no step has replaced: DuckDB has others of such names.

    Args:
        tree: Statement with those replaced that are supported.

    Returns:
        The tree.

    Raises:
        SnowflakeError: It calls one that is not supported, or that does not exist.
    """
    for node in tree.find_all(exp.TableFromRows, exp.Lateral):
        call = node.this.this if isinstance(node.this, exp.Window) else node.this
        if isinstance(call, (exp.Generator, exp.Subquery)):
            continue
        while isinstance(call, exp.Dot):
            call = call.expression
        name = (
            call.name
            if isinstance(call, (exp.Anonymous, exp.Column))
            else call.sql_name()
            if isinstance(call, exp.Func)
            else ""
        ).upper()
        name = name.removeprefix(PREFIX.upper())
        if unsupported.is_known_table(name):
            raise not_supported(f"the table function {name}")
        if isinstance(call, exp.Func) and not isinstance(call, exp.DynamicIdentifier):
            raise compilation_error(f"Unknown user-defined table function {name}.", 2141, "42601")
        raise not_supported("TABLE(…) of anything but a function or a constant name")
    return tree
