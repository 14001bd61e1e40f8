"""Rewrite RANDOM, which gives whole numbers of 64 bits, and SAMPLE."""

from __future__ import annotations

from sqlglot import exp

from embedded_snowflake.errors import SnowflakeError, compilation_error

_MOST_ROWS = 1_000_000
_ALL_NUMBERS = "1.8446744073709549e19"  # how many a BIGINT has, less what rounding could add
_DRAWN = "_SF_RANDOM"


def rewrite(tree: exp.Expr) -> float | None:
    """Rewrite random numbers and samples.

    Args:
        tree: Statement with identifiers in their stored case; changed in place.

    Returns:
        The seed that starts the numbers anew, for DuckDB's `setseed`; None where no constant one is given.

    Raises:
        SnowflakeError: More rows are asked for than SAMPLE gives, or a seed is no whole number.
    """
    started: float | None = None
    for sample in list(tree.find_all(exp.TableSample)):
        _sample(sample)
    for window in list(tree.find_all(exp.Window)):
        _draw_before(window)
    for call in list(tree.find_all(exp.Rand)):
        seed = call.this
        if isinstance(seed, exp.Literal) and not seed.name.isdigit():
            raise SnowflakeError(f"Numeric value '{seed.name}' is not recognized", 100038, "22018")
        if isinstance(seed, exp.Literal):
            started = (int(seed.name) % 2_000_003) / 2_000_003
        centred = exp.paren(exp.Sub(this=exp.Rand(), expression=exp.Literal.number("0.5")))
        call.replace(exp.cast(exp.Mul(this=centred, expression=exp.Literal.number(_ALL_NUMBERS)), "BIGINT"))
    return started


def _sample(sample: exp.TableSample) -> None:
    size = sample.args.get("size")
    if isinstance(size, exp.Literal) and int(size.name) > _MOST_ROWS:
        raise compilation_error(f"Sample size must be between 0 and {_MOST_ROWS} rows, not {size.name}.", 1003, "42000")
    if sample.args.get("method") is not None and sample.args["method"].name.upper() in ("BLOCK", "SYSTEM"):
        sample.set("method", exp.var("BERNOULLI"))  # DuckDB's blocks are its own; rows one by one are as good a sample


def _draw_before(window: exp.Window) -> None:
    """Draw the numbers of OVER (… ORDER BY RANDOM()) in a subquery: DuckDB refuses them there."""
    order = window.args.get("order")
    select = window.find_ancestor(exp.Select)
    calls = list(order.find_all(exp.Rand)) if order is not None else []
    source = select.args["from_"].this if select is not None and select.args.get("from_") is not None else None
    if not calls or select is None or source is None or select.args.get("joins") or select.args.get("group"):
        return
    number = sum(1 for _ in select.find_all(exp.Identifier))  # so that no two windows share a column
    name = exp.to_identifier(f"{_DRAWN}_{number}", quoted=True)
    alias = source.alias_or_name
    inner = exp.Select(expressions=[exp.Star(), exp.alias_(calls[0].copy(), name.copy())]).from_(source.copy())
    wrapped = exp.Subquery(
        this=inner, alias=exp.TableAlias(this=exp.to_identifier(alias, quoted=True)) if alias else None
    )
    source.replace(wrapped)
    for call in calls:
        call.replace(exp.column(name.copy()))
    for star in [one for one in select.expressions if isinstance(one, exp.Star)]:
        star.set("except_", [*(star.args.get("except_") or []), name.copy()])
