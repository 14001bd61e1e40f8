"""Compute quotients and averages of NUMBERs, right to the last digit.

DuckDB divides in floating point, which has fifteen digits or so: enough for most quotients, and quick. A quotient of
more digits is computed from whole numbers of 128 bits.

Scales: https://docs.snowflake.com/en/sql-reference/operators-arithmetic#division
"""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.library.macros import PREFIX
from embedded_snowflake.sql.rewrite.macro_calls import call

_SAFE_DIGITS = 15
_EXACT = "rounded_quotient"  # the macro of whole numbers


def quotient(dividend: exp.Expr, divisor: exp.Expr, scales: tuple[int, int], scale: int) -> exp.Expr:
    """Divide two numbers.

    Args:
        dividend: DuckDB's expression of a whole number or decimal.
        divisor: Another.
        scales: Their digits after the point.
        scale: Digits after the point of the quotient: at least the dividend's.

    Returns:
        An expression of type DECIMAL(38, scale), which fails where the divisor is 0.
    """
    # The operands are written six times: where one holds a quotient itself, the statement would grow without end.
    if any(_is_exact(inner) for part in (dividend, divisor) for inner in part.find_all(exp.Anonymous)):
        return _rounded(call("divide", dividend, divisor), scale)
    # DuckDB computes a condition of constants beforehand, where an error would end the statement: NULL for a divisor of
    # 0.
    ratio = call("ratio", dividend, divisor)
    shifted = exp.Mul(this=_digits(dividend, scales[0]), expression=_ten_to(scale - scales[0] + scales[1]))
    digits = call(_EXACT, shifted, _digits(divisor, scales[1]))
    exact = exp.Mul(
        this=exp.cast(digits, "DECIMAL(38, 0)"), expression=exp.Literal.number(f"0.{'1':0>{scale}}" if scale else "1")
    )
    is_short = exp.LT(this=exp.Abs(this=ratio), expression=exp.cast(_ten_to(_SAFE_DIGITS - scale), "DOUBLE"))
    return exp.Case(
        ifs=[exp.If(this=is_short, true=_rounded(ratio.copy(), scale))],
        default=exp.cast(exact, f"DECIMAL(38, {scale})"),
    )


def average(target: exp.Expr, scale: int, wanted: int) -> exp.Expr:
    """Divide a sum by a count.

    Args:
        target: AVG, with its FILTER and OVER where it has them.
        scale: Digits after the point of what it averages.
        wanted: Digits after the point of the average.

    Returns:
        An expression of type DECIMAL(38, wanted); NULL without values.
    """
    total, number = (
        _instead(target, exp.Sum),
        exp.Nullif(this=_instead(target, exp.Count), expression=exp.Literal.number(0)),
    )
    return quotient(total, number, (scale, 0), wanted)


def _is_exact(node: exp.Expr) -> bool:
    return str(node.this) == PREFIX + _EXACT


def _rounded(ratio: exp.Expr, scale: int) -> exp.Expr:
    return exp.cast(
        exp.Round(this=exp.cast(ratio, "DOUBLE"), decimals=exp.Literal.number(scale)), f"DECIMAL(38, {scale})"
    )


def _instead(target: exp.Expr, aggregate: type[exp.Expr]) -> exp.Expr:
    copied: exp.Expr = target.copy()
    inner = next(node for node in copied.find_all(exp.Avg))
    new = aggregate(this=inner.this)
    inner.replace(new)
    return new if inner is copied else copied


def _digits(number: exp.Expr, scale: int) -> exp.Expr:
    if scale == 0:
        return exp.cast(number.copy(), exp.DataType(this=exp.DataType.Type.INT128))
    return call("digits", number.copy(), _ten_to(scale))


def _ten_to(power: int) -> exp.Expr:
    return exp.cast(exp.Literal.number(10**power), exp.DataType(this=exp.DataType.Type.INT128))
