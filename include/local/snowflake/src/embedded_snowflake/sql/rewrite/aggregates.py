"""Rewrite aggregates and window functions that DuckDB lacks by those that it has."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import not_supported
from embedded_snowflake.library.macros import PREFIX

KINDS = (
    exp.Count,
    exp.ArgMax,
    exp.ArgMin,
    exp.HashAgg,
    exp.ApproxDistinct,
    exp.Hll,
    exp.WithinGroup,
    exp.GroupConcat,
    exp.ArrayAgg,
    exp.ObjectAgg,
    exp.Anonymous,
    exp.Order,
)
_EMPTY: dict[type[exp.Expr], tuple[str, str]] = {
    exp.GroupConcat: ("", "VARCHAR"),
    exp.ArrayAgg: ("[]", "JSON"),
    exp.ObjectAgg: ("{}", "JSON"),
}
_MAX_BIGINT = exp.Literal.number(2**63 - 1)


def rewrite(tree: exp.Expr) -> exp.Expr:
    """Rewrite aggregates that DuckDB has not or knows otherwise, and the ORDER BY of a single row.

    Args:
        tree: Statement as parsed; changed in place.

    Returns:
        The tree.

    Raises:
        SnowflakeError: CONDITIONAL_CHANGE_EVENT, which would need a window in a window.
    """
    for node in list(tree.find_all(*KINDS)):
        if isinstance(node, exp.Count):
            _count(node)
        elif isinstance(node, exp.HashAgg):
            _hash_agg(node)
        elif isinstance(node, (exp.ApproxDistinct, exp.Hll)):
            _distinct(node)
        elif isinstance(node, tuple(_EMPTY)):
            if isinstance(node, exp.GroupConcat) and node.args.get("separator") is None:
                node.set("separator", exp.Literal.string(""))
            _never_null(node)
        elif isinstance(node, exp.WithinGroup):
            _percentile(node)
            _ordered_array(node)
        elif isinstance(node, (exp.ArgMax, exp.ArgMin)) and node.args.get("count") is not None:
            whole = with_window(node)
            whole.replace(exp.Anonymous(this=PREFIX + "to_variant", expressions=[whole.copy()]))
        elif isinstance(node, exp.Anonymous):
            _named(node)
        elif isinstance(node, exp.Order) and isinstance(node.parent, exp.Select) and _gives_one_row(node.parent):
            _order_one_row(node, node.parent)
    return tree


def with_window(node: exp.Expr) -> exp.Expr:
    """Give an aggregate with its FILTER and OVER.

    Args:
        node: The aggregate.

    Returns:
        The outermost of them.
    """
    target = node
    around = (exp.Window, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls)
    while isinstance(target.parent, around) and target.parent.this is target:
        target = target.parent
    return target


def _gives_one_row(select: exp.Select) -> bool:
    aggregates = (node for projection in select.expressions for node in projection.find_all(exp.AggFunc))
    of_itself = (node for node in aggregates if node.find_ancestor(exp.Select) is select)
    return select.args.get("group") is None and any(not isinstance(with_window(node), exp.Window) for node in of_itself)


def _order_one_row(order: exp.Order, select: exp.Select) -> None:
    """Let the ORDER BY of one row name columns that are not aggregated, as Snowpark writes it: any value will do."""
    named = {projection.alias for projection in select.expressions}
    for column in list(order.find_all(exp.Column)):
        if column.find_ancestor(exp.AggFunc, exp.Select) is select and column.name not in named:
            column.replace(exp.AnyValue(this=column.copy()))


def _named(node: exp.Anonymous) -> None:
    name = node.name.upper()
    if name == "HASH":
        node.set("expressions", _hashed(node.expressions))
    elif name == "RATIO_TO_REPORT":
        _ratio(node)
    elif name == "CONDITIONAL_TRUE_EVENT":
        _events(node)
    elif name == "CONDITIONAL_CHANGE_EVENT":
        raise not_supported(name)
    elif name in ("HLL", "APPROXIMATE_COUNT_DISTINCT"):
        _distinct(node)


def _never_null(node: exp.Expr) -> None:
    """Let LISTAGG, ARRAY_AGG and OBJECT_AGG of no rows give an empty text, array or object."""
    whole = with_window(node)
    text, kind = _EMPTY[type(node)]
    whole.replace(exp.Coalesce(this=whole.copy(), expressions=[exp.cast(exp.Literal.string(text), kind)]))


def _percentile(node: exp.WithinGroup) -> None:
    """Write PERCENTILE_CONT(p) WITHIN GROUP (ORDER BY x) as one call; with DESC its share is 1 - p."""
    inner, order = node.this, node.expression
    if not isinstance(inner, exp.PercentileCont) or not isinstance(order, exp.Order) or len(order.expressions) != 1:
        return
    by, share = order.expressions[0], inner.this
    if by.args.get("desc"):
        share = exp.paren(exp.Sub(this=exp.Literal.number(1), expression=share))
    node.replace(exp.PercentileCont(this=by.this, expression=share))


def _ordered_array(node: exp.WithinGroup) -> None:
    """Write ARRAY_AGG(x) WITHIN GROUP (ORDER BY y) as one call, which leaves NULLs out."""
    if isinstance(node.this, exp.ArrayAgg) and isinstance(node.expression, exp.Order):
        ordered = exp.Order(this=node.this.this, expressions=node.expression.expressions)
        node.replace(exp.ArrayAgg(this=ordered, nulls_excluded=True))


def _distinct(node: exp.Func) -> None:
    """Count distinct values where an estimate is asked for."""
    arguments = node.expressions if isinstance(node, exp.Anonymous) else [node.this, *node.expressions]
    if any(isinstance(argument, exp.Distinct) for argument in arguments):
        raise not_supported("APPROX_COUNT_DISTINCT with DISTINCT")
    node.replace(exp.Count(this=exp.Distinct(expressions=list(arguments))))


def _count(node: exp.Count) -> None:
    """Let COUNT(a, b) count the rows in which none of them is NULL."""
    more = node.expressions
    if not more or isinstance(node.this, (exp.Star, exp.Distinct)):
        return
    present = exp.and_(
        *(exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null())) for value in (node.this, *more))
    )
    node.set("this", exp.Case(ifs=[exp.If(this=present, true=exp.Literal.number(1))]))
    node.set("expressions", None)


def _hashed(arguments: list[exp.Expr]) -> list[exp.Expr]:
    return [exp.Anonymous(this=PREFIX + "hash_key", expressions=[argument.copy()]) for argument in arguments]


def _hash_agg(node: exp.HashAgg) -> None:
    """Sum the rows' hashes: any order gives the same, and a row that occurs twice counts twice."""
    distinct = isinstance(node.this, exp.Distinct)
    arguments = [*node.this.expressions, *node.expressions] if distinct else [node.this, *node.expressions]
    hashed = exp.Anonymous(this="hash", expressions=_hashed(arguments))
    total = exp.Sum(this=exp.Distinct(expressions=[hashed]) if distinct else hashed)
    node.replace(total)
    whole = with_window(total)
    rest = exp.Mod(
        this=exp.Coalesce(this=whole.copy(), expressions=[exp.Literal.number(0)]), expression=_MAX_BIGINT.copy()
    )
    whole.replace(exp.cast(exp.paren(rest), "BIGINT"))


def _ratio(node: exp.Anonymous) -> None:
    """Write RATIO_TO_REPORT(x) OVER (…) as x / SUM(x) OVER (…), which is NULL where the sum is 0."""
    value = node.expressions[0]
    total = exp.Sum(this=value)
    node.replace(total)
    whole = with_window(total)
    divisor = exp.Nullif(this=whole.copy(), expression=exp.Literal.number(0))
    whole.replace(exp.paren(exp.Div(this=value.copy(), expression=divisor, typed=False, safe=False)))


def _events(node: exp.Anonymous) -> None:
    """Let CONDITIONAL_TRUE_EVENT(c) OVER (…) count the rows so far in which c holds."""
    window = node.parent
    count = exp.Count(this=exp.Case(ifs=[exp.If(this=node.expressions[0], true=exp.Literal.number(1))]))
    node.replace(count)
    if isinstance(window, exp.Window):
        window.set("spec", exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end="CURRENT ROW"))
