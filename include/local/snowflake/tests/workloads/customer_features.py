"""Recency, frequency and money of customers, quartiles, one-hot columns and scaling, for a cross-checked model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session, Window
from snowflake.snowpark import functions as F

from tests.workloads.helpers import same


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(9)
    sales = pd.DataFrame(
        {
            "CUSTOMER": made.integers(1, 30, 400),
            "DAY": pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(made.integers(0, 90, 400), unit="D")).dt.date,
            "AMOUNT": made.integers(1, 9_999, 400) / 100,
            "CHANNEL": made.choice(["shop", "web", "phone"], 400),
        }
    )
    session.write_pandas(sales, "SALES", auto_create_table=True, use_logical_type=True)
    table = session.table("SALES")
    base = table.group_by("CUSTOMER").agg(
        F.datediff("day", F.max("DAY"), F.to_date(F.lit("2024-04-01"))).alias("RECENCY"),
        F.count("*").alias("FREQUENCY"),
        F.sum("AMOUNT").alias("MONEY"),
        F.approx_percentile("AMOUNT", 0.5).alias("TYPICAL"),
        *[
            F.sum(F.iff(F.col("CHANNEL") == name, 1, 0)).alias(f"VIA_{name.upper()}")
            for name in ("shop", "web", "phone")
        ],
    )
    ranked = base.select(
        "*",
        F.ntile(F.lit(4)).over(Window.order_by(F.col("MONEY").desc(), "CUSTOMER")).alias("QUARTILE"),
        ((F.col("MONEY") - F.avg("MONEY").over()) / F.stddev("MONEY").over()).alias("SCALED"),
    )
    grouped = sales.groupby("CUSTOMER")
    expected = pd.DataFrame(
        {
            "RECENCY": (pd.Timestamp("2024-04-01") - pd.to_datetime(grouped.DAY.max())).dt.days,
            "FREQUENCY": grouped.size(),
            "MONEY": grouped.AMOUNT.sum(),
        }
    )
    for name in ("shop", "web", "phone"):
        expected[f"VIA_{name.upper()}"] = grouped.CHANNEL.agg(lambda values, wanted=name: int((values == wanted).sum()))
    expected = expected.reset_index().sort_values(["MONEY", "CUSTOMER"], ascending=[False, True], ignore_index=True)
    sizes = [len(expected) // 4 + (place < len(expected) % 4) for place in range(4)]
    expected["QUARTILE"] = np.repeat([1, 2, 3, 4], sizes)
    expected["SCALED"] = (expected.MONEY - expected.MONEY.mean()) / expected.MONEY.std()
    same(ranked.drop("TYPICAL"), expected, ["CUSTOMER"])

    # An approximate median lies between the neighbours of the middle.
    for row in base.select("CUSTOMER", "TYPICAL").collect():
        amounts = sales[row["CUSTOMER"] == sales.CUSTOMER].AMOUNT
        assert amounts.min() <= row["TYPICAL"] <= amounts.max()

    sampled = ranked.random_split([0.7, 0.3], seed=1)
    assert sum(part.count() for part in sampled) == len(expected)
    crossed = table.stat.crosstab("CUSTOMER", "CHANNEL")
    counts = pd.crosstab(sales.CUSTOMER, sales.CHANNEL)
    for row in crossed.collect():
        values = row.as_dict()
        for name in ("shop", "web", "phone"):
            assert values[f"'{name}'"] == counts.loc[values["CUSTOMER"], name]
    assert abs(table.stat.corr("AMOUNT", "CUSTOMER") - sales.AMOUNT.corr(sales.CUSTOMER)) < 1e-9
