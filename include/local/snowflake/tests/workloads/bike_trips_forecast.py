"""Daily trips of each station with lags and weather.

A table function forecasts the next days, and says nothing of small stations.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session, Window
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import FloatType, IntegerType, StructField, StructType

from tests.workloads.helpers import same


class Forecast:
    """The mean of a station's last three days, for two days; nothing where it has fewer than three."""

    def __init__(self) -> None:
        self._trips: list[tuple[int, float]] = []

    def process(self, day: int, trips: float) -> None:
        self._trips.append((day, trips))

    def end_partition(self) -> Iterator[tuple[int, float]]:
        last = sorted(self._trips)[-3:]
        if len(last) == 3:
            for ahead in (1, 2):
                yield last[-1][0] + ahead, sum(trips for _, trips in last) / 3


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(5)
    trips = pd.DataFrame(
        {
            "STATION": made.choice(["A", "B", "C d", "é"], 500, p=[0.5, 0.3, 0.19, 0.01]),
            "DAY": made.integers(0, 14, 500),
        }
    )
    weather = pd.DataFrame({"DAY": range(14), "RAIN": made.choice([0.0, 1.5, None], 14)})
    session.write_pandas(trips, "TRIPS", auto_create_table=True)
    session.write_pandas(weather, "WEATHER", auto_create_table=True)

    daily = session.table("TRIPS").group_by("STATION", "DAY").agg(F.count("*").alias("TRIPS"))
    window = Window.partition_by("STATION").order_by("DAY")
    features = daily.join(session.table("WEATHER"), "DAY", "left").select(
        "STATION",
        "DAY",
        "TRIPS",
        F.coalesce("RAIN", F.lit(0)).alias("RAIN"),
        F.lag("TRIPS", 1).over(window).alias("LAG_1"),
        # As floats: a window's average of whole numbers has three digits.
        F.avg(F.col("TRIPS").cast(FloatType())).over(window.rows_between(-2, 0)).alias("MEAN_3"),
    )
    features.write.save_as_table("FEATURES")
    same(session.table("FEATURES"), _features(trips, weather), ["STATION", "DAY"])

    schema = StructType([StructField("NEXT_DAY", IntegerType()), StructField("EXPECTED", FloatType())])
    forecast = session.udtf.register(
        Forecast, output_schema=schema, input_types=[IntegerType(), FloatType()], name="FORECAST", replace=True
    )
    found = session.table("FEATURES").join_table_function(
        forecast(F.col("DAY"), F.col("TRIPS").cast(FloatType())).over(partition_by="STATION", order_by="DAY")
    )
    rows = []
    for station, group in _features(trips, weather).groupby("STATION"):
        last = group.sort_values("DAY").tail(3)
        if len(last) == 3:
            rows += [(station, last.DAY.max() + ahead, last.TRIPS.mean()) for ahead in (1, 2)]
    same(
        found.select("STATION", "NEXT_DAY", "EXPECTED"),
        pd.DataFrame(rows, columns=["STATION", "NEXT_DAY", "EXPECTED"]),
        ["STATION", "NEXT_DAY"],
    )


def _features(trips: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    daily = (
        trips.groupby(["STATION", "DAY"])
        .size()
        .rename("TRIPS")
        .reset_index()
        .merge(weather, on="DAY", how="left")
        .sort_values(["STATION", "DAY"])
    )
    daily["RAIN"] = daily.RAIN.astype(float).fillna(0)
    stations = daily.groupby("STATION").TRIPS
    daily["LAG_1"] = stations.shift(1)
    daily["MEAN_3"] = stations.transform(lambda trips: trips.rolling(3, min_periods=1).mean())
    return daily
