"""VARIANTs compared, ordered, searched for their greatest, and read as texts: by value, where DuckDB would take their JSON as it stands.

Timestamps and floats are read as texts here, too, since DuckDB writes them otherwise.

As in typed.py DuckDB is asked which operands are JSON, in statements only that can hold some.
"""

from __future__ import annotations

from sqlglot import exp

from include.local.snowflake.library.macros import PREFIX
from include.local.snowflake.library.native import NATIVE
from include.local.snowflake.library.texts import TEXTS
from include.local.snowflake.sql import typed
from include.local.snowflake.sql.aggregates import with_window
from include.local.snowflake.sql.conversions import CONVERSION_TO, call
from include.local.snowflake.sql.scopes import innermost_first, is_assignment, scope_of
from include.local.snowflake.sql.table_types import TableTypes
from include.local.snowflake.state.session import Session

_ORDERINGS = (exp.GT, exp.GTE, exp.LT, exp.LTE)
_COMPARISONS = (*_ORDERINGS, exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Between, exp.In)
_EXTREMES = (exp.Max, exp.Min)
_KINDS = (*_COMPARISONS, *_EXTREMES, exp.Ordered)
_TEXTUAL = (
    exp.Concat,
    exp.ConcatWs,
    exp.DPipe,
    exp.GroupConcat,
    exp.ILike,
    exp.Left,
    exp.Length,
    exp.Like,
    exp.Lower,
    exp.RegexpLike,
    exp.Repeat,
    exp.Replace,
    exp.Reverse,
    exp.Right,
    exp.Split,
    exp.SplitPart,
    exp.StrPosition,
    exp.Substring,
    exp.Translate,
    exp.Upper,
)
_TEXT_MACROS = frozenset(f"{PREFIX}{name.lower()}" for name in TEXTS)
_BRANCHING = (exp.Coalesce, exp.If, exp.Case, exp.Nvl2)
_WRITTEN_OTHERWISE = frozenset({"DOUBLE", "FLOAT", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"})
# What a VARIANT becomes beside a value of a type of its own.
_MEETING = {"VARCHAR": "text", **CONVERSION_TO}


def apply(tree: exp.Expr, session: Session, tables: TableTypes) -> exp.Expr:
    """Rewrite such operations.

    Args:
        tree: Statement translated but for what depends on types; changed in place.
        session: The session, whose DuckDB connection is asked.
        tables: What the statement's tables hold.

    Returns:
        The tree.
    """
    if not any(_concerns(node) for node in tree.walk()):
        return tree
    if not _may_hold_variants(tree, tables):
        for scope in innermost_first(tree):
            _read_as_texts(scope, session, tables)
        return tree
    for scope in innermost_first(tree):
        nodes = [node for node in scope.find_all(*_KINDS) if scope_of(node) is scope and not is_assignment(node)]
        pairs = [_operands(node, scope) for node in nodes]
        types = typed.types_of(session, tables, scope, [left for left, _ in pairs], [right for _, right in pairs])
        for node, (left, right) in zip(nodes, types, strict=True):
            _rewrite(node, left, right)
        _read_as_texts(scope, session, tables)
        _make_variants(scope, session, tables)
    return tree


def _concerns(node: exp.Expr) -> bool:
    return isinstance(node, (*_KINDS, *_BRANCHING)) or _is_textual(node)


def _is_textual(node: exp.Expr) -> bool:
    if isinstance(node, exp.Anonymous):
        return str(node.this) in _TEXT_MACROS or str(node.this).startswith(("regexp_", f"{NATIVE}regexp_"))
    return isinstance(node, _TEXTUAL)


def _read_as_texts(scope: exp.Expr, session: Session, tables: TableTypes) -> None:
    """Functions of texts take a VARIANT's text without its quotes, and times and floats as a cast writes them."""
    nodes = [node for node in scope.walk() if _is_textual(node) and scope_of(node) is scope]
    values = [
        value.this if isinstance(value, exp.Order) else value  # LISTAGG's order holds its value
        for node in nodes
        for value in node.iter_expressions()
        if not _gives_text(value)
    ]
    if not values:
        return
    for value, kind in zip(values, typed.kinds_of(session, tables, scope, values), strict=True):
        if kind == "JSON":
            value.replace(call("text", value.copy()))
        elif kind in _WRITTEN_OTHERWISE:
            value.replace(call("varchar", value.copy()))


def _gives_text(value: exp.Expr) -> bool:
    """Tell what needs no question: constants, and what such functions give themselves."""
    if isinstance(value, (exp.Literal, exp.Null, exp.Identifier, exp.Var)):
        return True
    if isinstance(value, exp.Cast):
        return value.to.this in exp.DataType.TEXT_TYPES
    if isinstance(value, exp.Anonymous):
        return str(value.this) in (f"{PREFIX}varchar", f"{PREFIX}text", "strftime")
    return isinstance(value, (exp.Concat, exp.DPipe, exp.Left, exp.Lower, exp.Replace, exp.Right, exp.Substring, exp.Upper))


def _make_variants(scope: exp.Expr, session: Session, tables: TableTypes) -> None:
    """What may be a VARIANT or something else is a VARIANT: '7' beside one stays a text, where DuckDB would read it as JSON."""
    nodes = [node for node in scope.find_all(*_BRANCHING) if scope_of(node) is scope]
    groups = [_branches(node) for node in nodes]
    values = [value for group in groups for value in group]
    kinds = iter(typed.kinds_of(session, tables, scope, values))
    for group in groups:
        found = [next(kinds) for _ in group]
        if "JSON" in found:
            for value, kind in zip(group, found, strict=True):
                if kind != "JSON" and not isinstance(value, exp.Null):
                    value.replace(call("to_variant", value.copy()))


def _branches(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Coalesce):
        return [node.this, *node.expressions]
    if isinstance(node, exp.Case):
        results = [branch.args["true"] for branch in node.args["ifs"]]
        return [*results, node.args["default"]] if node.args.get("default") is not None else results
    if isinstance(node.parent, exp.Case):
        return []
    return [node.args[key] for key in ("true", "false") if node.args.get(key) is not None]


def _may_hold_variants(tree: exp.Expr, tables: TableTypes) -> bool:
    if tree.find(exp.JSONExtract, exp.JSONExtractScalar) is not None:
        return True
    if any(
        str(node.this).startswith((f"{PREFIX}parse_json", f"{PREFIX}get", f"{PREFIX}to_variant", f"{PREFIX}flatten"))
        for node in tree.find_all(exp.Anonymous)
    ):
        return True
    named = (table for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier))
    return any("JSON" in tables.of(table).values() for table in named)


def _operands(node: exp.Expr, scope: exp.Expr) -> tuple[exp.Expr | None, exp.Expr | None]:
    if isinstance(node, exp.Between):
        return node.this, node.args["low"]
    if isinstance(node, exp.In):
        return node.this, next(iter(node.expressions), None)
    if isinstance(node, exp.Ordered):
        return _ordered_by(node, scope), None
    return node.this, node.args.get("expression")


def _ordered_by(node: exp.Ordered, scope: exp.Expr) -> exp.Expr | None:
    """What ORDER BY means: a projection by its number or name, or an expression."""
    by = node.this
    own = isinstance(node.parent, exp.Order) and node.parent.parent is scope
    projections = scope.expressions if own and isinstance(scope, exp.Select) else []
    if isinstance(by, exp.Literal) and by.name.isdigit() and own:
        return projections[int(by.name) - 1].unalias() if int(by.name) <= len(projections) else None
    if isinstance(by, exp.Column) and not by.table:
        named = [projection for projection in projections if isinstance(projection, exp.Alias) and projection.alias == by.name]
        return named[0].this if named else by
    return by if isinstance(by, exp.Expr) else None


def _rewrite(node: exp.Expr, left: str | None, right: str | None) -> None:
    if isinstance(node, _EXTREMES):
        if left == "JSON":
            node.set("this", call("variant_key", node.this))
            whole = with_window(node)
            whole.replace(exp.Anonymous(this="struct_extract", expressions=[whole.copy(), exp.Literal.string("v")]))
    elif isinstance(node, exp.Ordered):
        scope = scope_of(node)
        by = _ordered_by(node, scope) if left == "JSON" and scope is not None else None
        if by is not None and scope is not None and scope.args.get("group") is not None and by.find(exp.AggFunc, exp.Window) is None:
            # DuckDB does not see that the key of a group's value is that of any of its rows.
            node.set("this", call("variant_key", exp.AnyValue(this=by.copy())))
        elif by is not None and isinstance(node.this, exp.Literal):
            node.set("this", call("variant_key", by.copy()))
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
    name = "to_double" if typed.number_scale(other) is not None else _MEETING.get(other or "")
    return value if name is None else call(name, value)
