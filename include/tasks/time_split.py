"""Splits rows in time: a model is trained on the past, and tested on what came after."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snowflake.snowpark import DataFrame

TRAINED_ON_SHARE = 0.8
"""Share of the time span that is trained on, unless `train_until` says otherwise."""


def split_moment(
    rows: DataFrame, column: str, train_until: str | None, *, fewest: int, noun: str, none: str
) -> datetime:
    """Return the moment between past and future, checked to leave rows on both sides.

    Args:
        rows: what is split.
        column: its column with each row's moment.
        train_until: ISO 8601 moment; None for the first 80 % of the time span.
        fewest: how many rows each side must have.
        noun: what the rows are, for messages: `trips`.
        none: what to say if there are none.

    Returns:
        The moment: rows before it are the past.

    Raises:
        ValueError: there are no rows, `train_until` is no date, or it leaves too few rows on one side.
    """
    from snowflake.snowpark import functions as F

    first, last = rows.agg(F.min(column).alias("FIRST"), F.max(column).alias("LAST")).collect()[0]
    if first is None:
        raise ValueError(none)
    if train_until:
        try:
            moment = datetime.fromisoformat(train_until)
        except ValueError:
            raise ValueError(
                f"params.train_until: {train_until!r} is no date. Write it like {last:%Y-%m-%d} or"
                f" {last:%Y-%m-%d} 12:00:00."
            ) from None
    else:
        moment = (first + (last - first) * TRAINED_ON_SHARE).replace(microsecond=0)
    before = F.col(column) < F.lit(moment)
    past, future = rows.agg(
        F.sum(F.iff(before, 1, 0)).alias("PAST"), F.sum(F.iff(before, 0, 1)).alias("FUTURE")
    ).collect()[0]
    if min(past, future) < fewest:
        raise ValueError(
            f"params.train_until: {moment} leaves {past} {noun} to train on and {future} to test on; "
            f"at least {fewest} are needed on each side. The {noun} go from {first} to {last}."
        )
    return moment
