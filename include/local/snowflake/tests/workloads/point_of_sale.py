"""Raw files into tables, a flattened view over joins, a table merged daily, and daily metrics by city."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import FloatType

from tests.workloads.helpers import same


def run(session: Session, folder: Path) -> None:
    orders, lines, cities = _data()
    session.sql("create stage RAW").collect()
    for name, frame in (("ORDERS", orders), ("LINES", lines), ("CITIES", cities)):
        frame.to_parquet(folder / f"{name}.parquet", index=False)
        session.file.put(str(folder / f"{name}.parquet"), f"@RAW/{name.lower()}", auto_compress=False)
        session.read.option("compression", "snappy").parquet(f"@RAW/{name.lower()}").copy_into_table(name)
        assert session.table(name).count() == len(frame)

    lines_and_orders = session.table("LINES").join(session.table("ORDERS"), "ORDER_ID", rsuffix="_O")
    flat = lines_and_orders.join(session.table("CITIES"), "CITY_ID").select(
        "LINE_ID", "ORDER_ID", "ORDERED_AT", "CITY", "PRICE", "TEMPERATURE"
    )
    flat.create_or_replace_view("FLAT")
    session.sql("create table SALES like FLAT").collect()
    session.sql("alter table SALES add column UPDATED_AT timestamp_ntz").collect()

    @F.udf(
        name="FAHRENHEIT_TO_CELSIUS", return_type=FloatType(), input_types=[FloatType()], replace=True, session=session
    )
    def celsius(value: float) -> float:
        return None if value is None else (value - 32) * 5 / 9

    for _ in range(2):  # merged twice, the rows are there once
        source, target = session.table("FLAT"), session.table("SALES")
        values = {name: source[name] for name in source.schema.names} | {
            "UPDATED_AT": F.current_timestamp().cast("timestamp_ntz")
        }
        target.merge(
            source,
            target["LINE_ID"] == source["LINE_ID"],
            [F.when_matched().update(values), F.when_not_matched().insert(values)],
        )
    joined = lines.merge(orders, on="ORDER_ID").merge(cities, on="CITY_ID")
    same(
        session.table("SALES").drop("UPDATED_AT"),
        joined[["LINE_ID", "ORDER_ID", "ORDERED_AT", "CITY", "PRICE", "TEMPERATURE"]],
        ["LINE_ID"],
    )

    metrics = (
        session.table("SALES")
        .group_by(F.to_date("ORDERED_AT").alias("DAY"), F.col("CITY"))
        .agg(
            F.sum("PRICE").alias("SALES"),
            F.count_distinct("ORDER_ID").alias("ORDERS"),
            F.avg(F.call_udf("FAHRENHEIT_TO_CELSIUS", F.col("TEMPERATURE"))).alias("CELSIUS"),
        )
    )
    frame = joined.assign(DAY=joined.ORDERED_AT.dt.date, CELSIUS=(joined.TEMPERATURE - 32) * 5 / 9)
    expected = (
        frame.groupby(["DAY", "CITY"])
        .agg(SALES=("PRICE", "sum"), ORDERS=("ORDER_ID", "nunique"), CELSIUS=("CELSIUS", "mean"))
        .reset_index()
    )
    same(metrics, expected, ["DAY", "CITY"])
    month = session.sql(
        "select CITY, sum(PRICE) as SALES, ratio_to_report(sum(PRICE)) over () as SHARE from SALES group by CITY having"
        " sum(PRICE) > 0"
    )
    totals = joined.groupby("CITY").PRICE.sum().rename("SALES").reset_index()
    same(month, totals.assign(SHARE=totals.SALES / totals.SALES.sum()), ["CITY"])


def _data() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    made = np.random.default_rng(8)
    at = pd.Timestamp("2024-02-01") + pd.to_timedelta(made.integers(0, 5 * 86_400, 50), unit="s")
    orders = pd.DataFrame(
        {"ORDER_ID": range(50), "CITY_ID": made.integers(1, 4, 50), "ORDERED_AT": at.astype("datetime64[us]")}
    )
    lines = pd.DataFrame(
        {"LINE_ID": range(120), "ORDER_ID": made.integers(0, 50, 120), "PRICE": made.integers(100, 5_000, 120) / 4}
    )
    cities = pd.DataFrame(
        {"CITY_ID": [1, 2, 3], "CITY": ["Denver", "São Paulo", "Seattle"], "TEMPERATURE": [50.0, 77.0, None]}
    )
    return orders, lines, cities
