"""Align numbers of different scales: in COALESCE, CASE, GREATEST and the like, in set operations, in VALUES.

Snowflake keeps the digits after the point of the one that has most. DuckDB does so as long as 38 digits are enough, and
then keeps those before the point and rounds: of a DECIMAL(38, 2) and a DECIMAL(38, 18) it makes a DECIMAL(38, 2).

https://docs.snowflake.com/en/sql-reference/operators-arithmetic#other-n-ary-operations
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from embedded_snowflake.sql.resolve.number_types import decimal, number_scale
from embedded_snowflake.sql.rewrite.macro_calls import as_decimal

_DIGITS = 38
# DuckDB takes these for DOUBLEs until arithmetic.py has made NUMBERs of them.
_NUMBERS_LATER = (exp.Avg, exp.Div, exp.Median, exp.PercentileCont, exp.Variance, exp.VariancePop, exp.Kurtosis)

Described = list[tuple[str, str]]


def common_scale(kinds: Sequence[str | None]) -> int | None:
    """Tell the scale that numbers of different scales must have.

    Args:
        kinds: DuckDB's type of each.

    Returns:
        Digits after the point, of 38 digits in all; None where DuckDB finds the right type, or where one is no number.
    """
    known = [kind for kind in kinds if kind not in ("NULL", '"NULL"')]
    decimals = [found for kind in known if (found := decimal(kind)) is not None]
    if any(number_scale(kind) is None for kind in known) or len(set(decimals)) < 2:
        return None
    scale = max(digits for _, digits in decimals)
    before = max(width - digits for width, digits in decimals)
    return scale if before + scale > _DIGITS else None


class MixedNumbers:
    """Nodes of a statement whose operands may be numbers of different scales, with many digits.

    They are noted while operands are converted, and aligned once every number in them has its type: see arithmetic.py.
    """

    def __init__(self) -> None:
        self._nodes: dict[int, exp.Expr] = {}

    def __contains__(self, node: exp.Expr) -> bool:
        return id(node) in self._nodes

    def note(self, node: exp.Expr, operands: Sequence[exp.Expr], kinds: Sequence[str | None]) -> None:
        """Note a node if its operands may be such numbers.

        Args:
            node: The node.
            operands: Its operands: values, or the queries of a set operation.
            kinds: DuckDB's type of each so far.
        """
        may_be = [
            (operand, kind)
            for operand, kind in zip(operands, kinds, strict=True)
            if not isinstance(operand, exp.Literal) and (decimal(kind) is not None or _will_be_number(operand, kind))
        ]
        if len(may_be) > 1 and any((decimal(kind) or (_DIGITS, 0))[0] == _DIGITS for _, kind in may_be):
            self._nodes[id(node)] = node

    def copy(self, node: exp.Expr) -> exp.Expr:
        """Copy an expression that may hold such nodes.

        Args:
            node: The expression.

        Returns:
            Its copy, whose nodes are noted as those that they are copies of.
        """
        copied: exp.Expr = node.copy()
        for original, one in zip(node.walk(), copied.walk(), strict=True):
            if original in self:
                self._nodes[id(one)] = one
        return copied


def align(operands: Sequence[exp.Expr], kinds: Sequence[str | None]) -> None:
    """Give numbers one type where DuckDB would round one of them.

    Args:
        operands: They; replaced where they stand.
        kinds: DuckDB's type of each.
    """
    scale = common_scale(kinds)
    for operand, kind in zip(operands, kinds, strict=True):
        if scale is not None and number_scale(kind) is not None:
            operand.replace(as_decimal(operand.copy(), scale))


def align_rows(values: exp.Values, kind_of: Callable[[exp.Literal], str]) -> None:
    """Align the columns of VALUES whose types are written there.

    Args:
        values: VALUES.
        kind_of: DuckDB's type of a constant.
    """
    rows = [row.expressions for row in values.expressions if isinstance(row, exp.Tuple)]
    if len(rows) < 2 or any(len(row) != len(rows[0]) for row in rows):
        return
    for column in zip(*rows, strict=True):
        if any(isinstance(value, exp.Cast) for value in column):
            align(column, [_evident(value, kind_of) for value in column])


def align_queries(union: exp.SetOperation, describe: Callable[[exp.Expr], Described | None]) -> None:
    """Align the columns of a set operation.

    Args:
        union: The outermost of those that stand in one another; its queries are replaced where they stand.
        describe: Names and DuckDB's types of a query's columns; None where DuckDB cannot tell.
    """
    branches = queries(union)
    described = [describe(query) for query in branches]
    by_name = bool(union.args.get("by_name"))
    columns = [_keyed(found, by_name) for found in described if found is not None]
    if len(columns) < len(branches):
        return
    scales = {key: common_scale([of[key] for of in columns if key in of]) for of in columns for key in of}
    for query, found, of in zip(branches, described, columns, strict=True):
        if found and any(scales[key] is not None for key in of):
            query.replace(_converted(query.copy(), found, [scales[key] for key in of]))


def queries(union: exp.Expr) -> list[exp.Expr]:
    """List the queries of nested set operations.

    Args:
        union: The outermost one, or a query.

    Returns:
        The queries, those in parentheses with them.
    """
    if isinstance(union, exp.SetOperation):
        return [*queries(union.this), *queries(union.expression)]
    if _is_parenthesis(union) and isinstance(union.unnest(), exp.SetOperation):
        return queries(union.unnest())
    return [union]


def is_outermost(union: exp.SetOperation) -> bool:
    """Tell whether a set operation is nested in no other one.

    Args:
        union: It.

    Returns:
        False where it stands in another one, in parentheses too.
    """
    around = union.parent
    while around is not None and _is_parenthesis(around):
        around = around.parent
    return not isinstance(around, exp.SetOperation)


def _is_parenthesis(node: exp.Expr) -> bool:
    return isinstance(node, exp.Subquery) and not any(value for name, value in node.args.items() if name != "this")


def _keyed(columns: Described, by_name: bool) -> dict[str | int, str]:
    return {title if by_name else place: kind for place, (title, kind) in enumerate(columns)}


def _converted(query: exp.Expr, columns: Described, scales: Sequence[int | None]) -> exp.Expr:
    names = [exp.to_identifier(f"_{place}", quoted=True) for place in range(len(columns))]
    table = exp.TableAlias(this=exp.to_identifier("_branch", quoted=True), columns=[name.copy() for name in names])
    values: list[exp.Expr] = []
    for name, (title, kind), scale in zip(names, columns, scales, strict=True):
        value: exp.Expr = exp.column(name)
        if scale is not None and number_scale(kind) is not None:
            value = as_decimal(value, scale)
        values.append(exp.alias_(value, exp.to_identifier(title, quoted=True)))
    return exp.select(*values).from_(exp.Subquery(this=query, alias=table))


def _will_be_number(operand: exp.Expr, kind: str | None) -> bool:
    return kind in (None, "DOUBLE") and operand.find(*_NUMBERS_LATER) is not None


def _evident(value: exp.Expr, kind_of: Callable[[exp.Literal], str]) -> str | None:
    value = value.unnest()
    if isinstance(value, exp.Neg):
        return _evident(value.this, kind_of)
    if isinstance(value, exp.Literal):
        return kind_of(value)
    if isinstance(value, exp.Null):
        return "NULL"
    return value.to.sql("duckdb").replace(" ", "") if isinstance(value, exp.Cast) else None
