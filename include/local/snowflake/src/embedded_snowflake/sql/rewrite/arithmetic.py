"""Rewrite operations that depend on their operands' types: division, averages, dates plus intervals.

Where DuckDB cannot tell a type (in a correlated subquery) the operation falls back on floating point, which is then the
type that is declared.

Scales: https://docs.snowflake.com/en/sql-reference/operators-arithmetic#scale-and-precision-in-arithmetic-operations
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.sql.resolve import aliases, operands
from embedded_snowflake.sql.resolve.number_types import INTEGERS, number_scale
from embedded_snowflake.sql.resolve.scopes import innermost_first, scope_of
from embedded_snowflake.sql.resolve.types import Types, literal_type
from embedded_snowflake.sql.rewrite import division, number_scales
from embedded_snowflake.sql.rewrite.aggregates import with_window
from embedded_snowflake.sql.rewrite.macro_calls import as_decimal, call
from embedded_snowflake.sql.rewrite.number_scales import MixedNumbers

_DATE_UNITS = frozenset({"DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
_SPREADS = (exp.Variance, exp.VariancePop, exp.Stddev, exp.StddevPop, exp.StddevSamp)
_MIDDLES = (exp.Median, exp.PercentileCont)
_KINDS = (
    *_SPREADS,
    *_MIDDLES,
    exp.Kurtosis,
    exp.Div,
    exp.Avg,
    exp.DateAdd,
    exp.DateSub,
    exp.TimestampTrunc,
    exp.DateTrunc,
    exp.TimeSlice,
    exp.Mul,
)
_OVERFLOWING = (exp.Add, exp.Sub, exp.Mul)
_LOOKED_AT = (*_KINDS, *_OVERFLOWING, *operands.KINDS)
_MAX_ROUNDS = 32
_MOST_SCALE = 37  # of any NUMBER
_MAX_SCALE = 12  # of a product or quotient, unless an operand has more


def apply(tree: exp.Expr, types: Types, mixed: MixedNumbers, *, wide: bool) -> exp.Expr:
    """Rewrite such operations.

    Args:
        tree: Statement translated but for these.
        types: DuckDB's types of the statement's expressions.
        mixed: Nodes in which numbers of many digits may meet.
        wide: Whether whole numbers have 128 bits.

    Returns:
        The tree.
    """
    for values in tree.find_all(exp.Values):
        number_scales.align_rows(values, literal_type)
    unions = [union for union in tree.find_all(exp.SetOperation) if union in mixed]
    concerned = [node for node in tree.find_all(*_LOOKED_AT) if node in mixed or _concerns(node, wide=wide)]
    if not concerned and not unions:
        return tree
    done: set[int] = set()
    for scope in innermost_first(tree):
        _rewrite_scope(scope, [node for node in concerned if scope_of(node) is scope], types, mixed, wide=wide)
        done.add(id(scope))
        for union in [
            union for union in unions if done.issuperset(id(query.unnest()) for query in number_scales.queries(union))
        ]:
            number_scales.align_queries(union, types.of_query)
            unions.remove(union)
    for node in list(tree.find_all(exp.Div)):  # outside any SELECT: VALUES (1/2)
        _rewrite(node, [None, None], wide=wide)
    return tree


def _concerns(node: exp.Expr, *, wide: bool) -> bool:
    """Tell whether an operation may need rewriting. A product with a whole number has the scale of its other factor."""
    if not isinstance(node, _OVERFLOWING):
        return isinstance(node, _KINDS)
    factors = (node.this, node.expression)
    if isinstance(node, exp.Mul) and not any(isinstance(one, exp.Literal) and one.name.isdigit() for one in factors):
        return True
    return wide


def _rewrite_scope(scope: exp.Expr, waiting: list[exp.Expr], types: Types, mixed: MixedNumbers, *, wide: bool) -> None:
    """Rewrite the operations of one SELECT, inner ones first: outer ones depend on the types of what replaces them."""
    for _ in range(_MAX_ROUNDS):
        if not waiting:
            return
        ready = _innermost(scope, waiting)
        asked = [_operands(node, mixed) for node in ready]
        kinds = iter(types.of_values(scope, [operand for values in asked for operand in values]))
        for node, values in zip(ready, asked, strict=True):
            known = [next(kinds) for _ in values]
            if node in mixed:
                _align(node, known)
            else:
                _rewrite(node, known, wide=wide)
        done = set(map(id, ready))
        waiting = [node for node in waiting if id(node) not in done]


def _innermost(scope: exp.Expr, waiting: list[exp.Expr]) -> list[exp.Expr]:
    """List operations that contain no other one, and refer to none by its alias."""
    others = set(map(id, waiting))

    def holds_waiting(part: exp.Expr, node: exp.Expr) -> bool:
        return any(inner is not node and id(inner) in others for inner in part.find_all(*_LOOKED_AT))

    plain = [node for node in waiting if not holds_waiting(node, node)]
    found = [node for node in plain if not any(holds_waiting(part, node) for part in aliases.referred(node, scope))]
    # Aliases in a circle are none: the names are columns of FROM, as in SELECT A / 2 AS B, B / 2 AS A.
    return found or plain


def _operands(node: exp.Expr, mixed: MixedNumbers) -> list[exp.Expr | None]:
    if node in mixed:
        return [operand for group in operands.groups(node) for operand in group]
    return [node.this, node.args.get("expression")]


def _align(node: exp.Expr, kinds: list[str | None]) -> None:
    known = iter(kinds)
    for group in operands.groups(node):
        number_scales.align(group, [next(known) for _ in group])


def _rewrite(node: exp.Expr, kinds: list[str | None], *, wide: bool) -> None:
    """Rewrite an operation.

    Args:
        node: The operation.
        kinds: DuckDB's type of each of its operands.
        wide: Whether whole numbers have 128 bits.
    """
    left, right = kinds
    if wide and isinstance(node, _OVERFLOWING) and left in INTEGERS and right in INTEGERS:
        node.set("this", exp.cast(node.this, exp.DataType(this=exp.DataType.Type.INT128)))
        return
    scale, other = number_scale(left), number_scale(right)
    if isinstance(node, exp.Mul):
        _product(node, scale, other, wide=wide)
    elif isinstance(node, exp.Div):
        _quotient(node, scale, other)
    elif isinstance(node, exp.Avg):
        _average(node, scale)
    elif isinstance(node, exp.Kurtosis):
        _kurtosis(node, scale)
    elif isinstance(node, _MIDDLES):
        _middle(node, scale)
    elif isinstance(node, _SPREADS):
        _spread(node, scale)
    elif left == "DATE" and _keeps_dates(node):
        node.replace(exp.cast(node.copy(), "DATE"))


def _product(node: exp.Mul, left: int | None, right: int | None, *, wide: bool) -> None:
    if left is None or right is None:
        return
    if wide:
        node.set("this", as_decimal(node.this, left))
    scale = max(_MAX_SCALE, left, right)
    if left + right > scale:
        node.replace(exp.cast(node.copy(), f"DECIMAL(38, {scale})"))


def _quotient(node: exp.Div, left: int | None, right: int | None) -> None:
    if left is None or right is None:
        node.replace(call("divide", node.this, node.expression))
        return
    scale = max(left, min(left + 6, _MAX_SCALE))
    node.replace(division.quotient(node.this, node.expression, (left, right), scale))


def _average(node: exp.Avg, scale: int | None) -> None:
    if scale is not None:
        target = with_window(node)
        more = 3 if isinstance(target, exp.Window) else 6  # a window's average has fewer digits than a group's
        target.replace(division.average(target, scale, max(scale, min(scale + more, _MAX_SCALE))))


def _kurtosis(node: exp.Kurtosis, scale: int | None) -> None:
    if scale is not None:
        target = with_window(node)
        target.replace(_number(target.copy(), 12))


def _middle(node: exp.Expr, scale: int | None) -> None:
    """Give a median of NUMBERs three digits more; DuckDB's has the type of its argument."""
    if scale is not None:
        node.this.replace(as_decimal(node.this.copy(), min(scale + 3, _MOST_SCALE)))


def _spread(node: exp.Expr, scale: int | None) -> None:
    """Round the variance of a NUMBER to 6 digits; the standard deviation is its root."""
    if scale is None:
        return
    target = with_window(node)
    if isinstance(node, (exp.Variance, exp.VariancePop)):
        target.replace(_number(target.copy(), max(scale, 6)))
        return
    variance = exp.VariancePop(this=node.this) if isinstance(node, exp.StddevPop) else exp.Variance(this=node.this)
    node.replace(variance)
    whole = with_window(variance)
    whole.replace(exp.Sqrt(this=exp.Round(this=whole.copy(), decimals=exp.Literal.number(max(scale, 6)))))


def _keeps_dates(node: exp.Expr) -> bool:
    """Tell whether an operation of a DATE gives a DATE, where DuckDB's gives a TIMESTAMP."""
    if isinstance(node, (exp.DateAdd, exp.DateSub)):
        return node.text("unit").upper() in _DATE_UNITS
    return isinstance(node, (exp.TimestampTrunc, exp.DateTrunc, exp.TimeSlice))


def _number(value: exp.Expr, scale: int) -> exp.Expr:
    rounded = exp.Round(this=exp.cast(value, "DOUBLE"), decimals=exp.Literal.number(scale))
    return exp.cast(rounded, f"DECIMAL(38, {scale})")
