"""Compare and order VARIANTs by value, and find their greatest; DuckDB would take their JSON text.

DuckDB is asked which operands are JSON, in statements only that can hold some.
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.sql.resolve.number_types import number_scale
from embedded_snowflake.sql.resolve.scopes import compares, innermost_first, scope_of
from embedded_snowflake.sql.resolve.types import Types
from embedded_snowflake.sql.rewrite.aggregates import with_window
from embedded_snowflake.sql.rewrite.conversions import CONVERSION_TO
from embedded_snowflake.sql.rewrite.macro_calls import call
from embedded_snowflake.sql.rewrite.number_scales import MixedNumbers

_ORDERINGS = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_COMPARISONS = (*_ORDERINGS, exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In)
_EXTREMES = (exp.Max, exp.Min)
_KINDS = (*_COMPARISONS, *_EXTREMES, exp.Ordered)
# Functions that convert a VARIANT to the type of the other operand.
_MEETING = {"VARCHAR": "text", **CONVERSION_TO}


def apply(tree: exp.Expr, types: Types, mixed: MixedNumbers) -> exp.Expr:
    """Rewrite such operations.

    Args:
        tree: Statement translated but for what depends on types; changed in place.
        types: DuckDB's types of the statement's expressions.
        mixed: Nodes in which numbers of many digits may meet; copies of theirs are noted, too.

    Returns:
        The tree.
    """
    if tree.find(*_KINDS) is None or not _may_hold_variants(tree, types):
        return tree
    for scope in innermost_first(tree):
        nodes = [node for node in scope.find_all(*_KINDS) if scope_of(node) is scope and compares(node)]
        pairs = [_operands(node, scope) for node in nodes]
        kinds = iter(types.of_values(scope, [operand for pair in pairs for operand in pair]))
        for node in nodes:
            _rewrite(node, next(kinds), next(kinds), mixed)
    return tree


def _may_hold_variants(tree: exp.Expr, types: Types) -> bool:
    if tree.find(exp.JSONExtract, exp.JSONExtractScalar) is not None:
        return True
    if any(
        str(node.this).startswith((f"{PREFIX}parse_json", f"{PREFIX}get", f"{PREFIX}to_variant", f"{PREFIX}flatten"))
        for node in tree.find_all(exp.Anonymous)
    ):
        return True
    named = (table for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier))
    return any("JSON" in types.of_table(table).values() for table in named)


def _operands(node: exp.Expr, scope: exp.Expr) -> tuple[exp.Expr | None, exp.Expr | None]:
    if isinstance(node, exp.Between):
        return node.this, node.args["low"]
    if isinstance(node, exp.In):
        return node.this, next(iter(node.expressions), None)
    if isinstance(node, exp.Ordered):
        return _ordered_by(node, scope), None
    return node.this, node.args.get("expression")


def _ordered_by(node: exp.Ordered, scope: exp.Expr) -> exp.Expr | None:
    """Resolve what ORDER BY sorts by: a projection by its number or name, or an expression."""
    by = node.this
    own = isinstance(node.parent, exp.Order) and node.parent.parent is scope
    projections = scope.expressions if own and isinstance(scope, exp.Select) else []
    if isinstance(by, exp.Literal) and by.name.isdigit() and own:
        return projections[int(by.name) - 1].unalias() if int(by.name) <= len(projections) else None
    if isinstance(by, exp.Column) and not by.table:
        named = [
            projection
            for projection in projections
            if isinstance(projection, exp.Alias) and projection.alias == by.name
        ]
        return named[0].this if named else by
    return by if isinstance(by, exp.Expr) else None


def _rewrite(node: exp.Expr, left: str | None, right: str | None, mixed: MixedNumbers) -> None:
    if isinstance(node, _EXTREMES):
        if left == "JSON":
            node.set("this", call("variant_key", node.this))
            whole = with_window(node)
            place = exp.Null()
            whole.replace(place)
            place.replace(exp.Anonymous(this="struct_extract", expressions=[whole, exp.Literal.string("v")]))
    elif isinstance(node, exp.Ordered):
        scope = scope_of(node)
        by = _ordered_by(node, scope) if left == "JSON" and scope is not None else None
        if (
            by is not None
            and scope is not None
            and scope.args.get("group") is not None
            and by.find(exp.AggFunc, exp.Window) is None
        ):
            # DuckDB does not see that all rows of a group have the same key.
            node.set("this", call("variant_key", exp.AnyValue(this=mixed.copy(by))))
        elif by is not None and isinstance(node.this, exp.Literal):
            node.set("this", call("variant_key", mixed.copy(by)))
        elif left == "JSON":
            node.set("this", call("variant_key", node.this))
    elif left == "JSON" and right == "JSON":
        if isinstance(node, _ORDERINGS):
            node.set("this", call("variant_key", node.this))
            node.set("expression", call("variant_key", node.expression))
    elif left == "JSON":
        node.set("this", _met(node.this, right))
    elif right == "JSON" and isinstance(node, exp.Binary):
        node.set("expression", _met(node.expression, left))


def _met(value: exp.Expr, other: str | None) -> exp.Expr:
    name = "to_double" if number_scale(other) is not None else _MEETING.get(other or "")
    return value if name is None else call(name, value)
