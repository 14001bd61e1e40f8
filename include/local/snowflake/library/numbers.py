"""Functions of numbers. See macros.py."""

from __future__ import annotations

from include.local.snowflake.library.overloads import Overloads

NUMBERS: dict[str, Overloads] = {
    "TRUNC": [
        ("x", "trunc(x)"),
        ("x, s", "case when typeof(x) = 'DOUBLE' then trunc(x * 10.0 ** s) / 10.0 ** s else trunc(x, s::integer) end"),
    ],
    "FACTORIAL": [("n", "factorial(n::integer)")],
    "APPROX_PERCENTILE": [("x, p", "quantile_cont(cast(x as double), p)")],
    "SQUARE": [("x", "cast(x as double) * cast(x as double)")],
    "LOG": [("b, x", "ln(x::double) / ln(b::double)")],
    "BITSHIFTLEFT": [("a, n", "(a::bigint << n::bigint)")],
    "BITSHIFTRIGHT": [("a, n", "(a::bigint >> n::bigint)")],
}
