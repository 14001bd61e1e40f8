"""Spend by month and channel, pivoted; revenue joined.

A regression fitted in a procedure answers as a function of four budgets.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import FloatType, VariantType

from tests.workloads.helpers import same

CHANNELS = ["search_engine", "social_media", "video", "email"]


def fit(session: Session) -> dict:
    """Fit revenue on the four spendings."""
    from sklearn.linear_model import LinearRegression

    frame = session.table("SPEND_AND_REVENUE").sort("YEAR", "MONTH").to_pandas()
    model = LinearRegression().fit(frame[["SEARCH_ENGINE", "SOCIAL_MEDIA", "VIDEO", "EMAIL"]], frame["REVENUE"])
    return {"coefficients": list(map(float, model.coef_)), "intercept": float(model.intercept_)}


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(7)
    days = pd.date_range("2021-01-01", "2022-12-31", freq="3D")
    spend = pd.DataFrame(
        [(day.date(), channel, made.integers(100, 9_000) / 100) for day in days for channel in CHANNELS],
        columns=["DATE", "CHANNEL", "TOTAL_COST"],
    )
    months = sorted({(day.year, day.month) for day in days})
    revenue = pd.DataFrame(
        [(year, month, made.integers(10_000, 99_999) / 10) for year, month in months],
        columns=["YEAR", "MONTH", "REVENUE"],
    )
    session.write_pandas(spend, "CAMPAIGN_SPEND", auto_create_table=True, use_logical_type=True)
    session.write_pandas(revenue, "MONTHLY_REVENUE", auto_create_table=True)

    by_month = (
        session.table("CAMPAIGN_SPEND")
        .group_by(F.year("DATE"), F.month("DATE"), "CHANNEL")
        .agg(F.sum("TOTAL_COST").as_("TOTAL_COST"))
        .with_column_renamed('"YEAR(DATE)"', "YEAR")
        .with_column_renamed('"MONTH(DATE)"', "MONTH")
    )
    pivoted = by_month.pivot("CHANNEL", CHANNELS).sum("TOTAL_COST").sort("YEAR", "MONTH")
    named = pivoted.select("YEAR", "MONTH", *[F.col(f"\"'{name}'\"").as_(name.upper()) for name in CHANNELS])
    joined = named.join(session.table("MONTHLY_REVENUE"), ["YEAR", "MONTH"])
    joined.write.mode("overwrite").save_as_table("SPEND_AND_REVENUE")

    dates = pd.to_datetime(spend.DATE)
    wide = spend.assign(YEAR=dates.dt.year, MONTH=dates.dt.month).pivot_table(
        index=["YEAR", "MONTH"], columns="CHANNEL", values="TOTAL_COST", aggfunc="sum"
    )
    expected = (
        wide.reset_index()
        .merge(revenue, on=["YEAR", "MONTH"])
        .rename(columns={name: name.upper() for name in CHANNELS})
    )
    expected.columns.name = None
    same(session.table("SPEND_AND_REVENUE"), expected, ["YEAR", "MONTH"])

    packages = ["snowflake-snowpark-python", "scikit-learn", "pandas"]
    session.sproc.register(fit, name="FIT", return_type=VariantType(), packages=packages, replace=True)
    told = json.loads(session.call("FIT"))
    columns = [name.upper() for name in CHANNELS]
    design = np.column_stack([expected.sort_values(["YEAR", "MONTH"])[columns].to_numpy(float), np.ones(len(expected))])
    solution, *_ = np.linalg.lstsq(design, expected.sort_values(["YEAR", "MONTH"]).REVENUE.to_numpy(float), rcond=None)
    assert np.allclose([*told["coefficients"], told["intercept"]], solution), (told, solution)

    coefficients, intercept = told["coefficients"], told["intercept"]

    @F.udf(
        name="PREDICT_REVENUE", return_type=FloatType(), input_types=[FloatType()] * 4, replace=True, session=session
    )
    def predicted(search: float, social: float, video: float, email: float) -> float:
        return intercept + sum(a * b for a, b in zip(coefficients, (search, social, video, email), strict=True))

    found = session.table("SPEND_AND_REVENUE").select(
        "YEAR", "MONTH", F.call_udf("PREDICT_REVENUE", *[F.col(name) for name in columns]).alias("PREDICTED")
    )
    values = expected[columns].to_numpy(float) @ np.array(coefficients) + intercept
    same(found, expected[["YEAR", "MONTH"]].assign(PREDICTED=values), ["YEAR", "MONTH"])
