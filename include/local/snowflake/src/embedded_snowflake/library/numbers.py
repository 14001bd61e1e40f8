"""Functions of numbers. See macros.py."""

from __future__ import annotations

from embedded_snowflake.library.macro_types import Overloads


def _defined(outside: str, function: str) -> str:
    """Write a function of x that fails where it is not defined."""
    message = f"cast('Invalid floating point operation: {function}(' || x || ')' as double)"
    return f"case when {outside} then {message} else {function}(cast(x as double)) end"


NUMBERS: dict[str, Overloads] = {
    "TRUNC": [
        ("x", "trunc(x)"),
        ("x, s", "trunc(x, s::integer)"),
    ],
    "FACTORIAL": [("n", "factorial(n::integer)")],
    "APPROX_PERCENTILE": [("x, p", "quantile_cont(cast(x as double), p)")],
    "APPROX_PERCENTILE_ACCUMULATE": [
        ("x", "cast(_native_accumulated(coalesce(list(x::double) filter (where x is not null), []::double[])) as json)")
    ],
    "APPROX_PERCENTILE_COMBINE": [
        ("s", "cast(_native_combined(coalesce(list(s::varchar) filter (where s is not null), []::varchar[])) as json)")
    ],
    "APPROX_PERCENTILE_ESTIMATE": [("s, p", "_native_estimated(s::varchar, p::double)")],
    "SQRT": [("x", _defined("x < 0", "sqrt"))],
    "LN": [("x", _defined("x <= 0", "ln"))],
    "CBRT": [
        (
            "x",
            (
                "case when round(cbrt(cast(x as double))) ** 3 = cast(x as double) then round(cbrt(cast(x as double)))"
                " else cbrt(cast(x as double)) end"
            ),
        )
    ],
    "GETBIT": [("n, p", "((n::bigint >> p::bigint) & 1)")],
    "WIDTH_BUCKET": [
        (
            "x, a, b, n",
            (
                "case when x < a then 0 when x >= b then n + 1 else floor((cast(x as double) - a) * n / (b - a)) + 1"
                " end::bigint"
            ),
        )
    ],
    "SQUARE": [("x", "cast(x as double) * cast(x as double)")],
    "LOG": [("b, x", "_sf_ln(x) / _sf_ln(b)")],
    "BITSHIFTLEFT": [("a, n", "(a::bigint << n::bigint)")],
    "BITSHIFTRIGHT": [("a, n", "(a::bigint >> n::bigint)")],
}
