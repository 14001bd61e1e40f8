"""Load Parquet files whose columns are lower case by INFER_SCHEMA, rename them, and aggregate.

Folders are named year=…
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F

from tests.workloads.helpers import same


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(1)
    frames = []
    session.sql("create stage RAW").collect()
    for year in (2021, 2022):
        frame = pd.DataFrame(
            {
                "order id": np.arange(year * 100, year * 100 + 40),
                "year": year - 1,  # not what the folder says
                "country": made.choice(["de", "fr", None], 40),
                "Amount": made.integers(1, 10_000, 40) / 100,
            }
        )
        frames.append(frame)
        frame.to_parquet(folder / f"orders_{year}.parquet", index=False)
        session.file.put(str(folder / f"orders_{year}.parquet"), f"@RAW/orders/year={year}", auto_compress=False)
    orders = pd.concat(frames, ignore_index=True)

    session.sql("create file format PARQUET_FILES type = parquet").collect()
    session.sql(
        "create table ORDERS using template (select array_agg(object_construct(*)) from table(infer_schema("
        "location => '@RAW/orders', file_format => 'PARQUET_FILES')))"
    ).collect()
    session.sql(
        "copy into ORDERS from @RAW/orders file_format = (format_name = 'PARQUET_FILES') match_by_column_name ="
        " case_sensitive"
    ).collect()
    table = session.table("ORDERS")
    assert set(table.columns) == {'"order id"', '"year"', '"country"', '"Amount"'}, table.columns

    renamed = table.select(
        F.col('"order id"').alias("ORDER_ID"),
        F.col('"year"').alias("YEAR"),
        F.col('"country"').alias("COUNTRY"),
        F.col('"Amount"').alias("AMOUNT"),
    )
    renamed.write.save_as_table("CLEAN")
    session.sql(
        'create view BY_SQL as select "year" as YEAR, "country" as COUNTRY, "Amount" as AMOUNT from ORDERS'
    ).collect()
    clean = orders.rename(columns=str.upper).rename(columns={"ORDER ID": "ORDER_ID"})
    same(session.table("CLEAN"), clean, ["ORDER_ID"])
    sums = (
        clean.groupby(["YEAR", "COUNTRY"], dropna=False)
        .agg(TOTAL=("AMOUNT", "sum"), N=("AMOUNT", "size"))
        .reset_index()
    )
    grouped = (
        session.table("BY_SQL").group_by("YEAR", "COUNTRY").agg(F.sum("AMOUNT").alias("TOTAL"), F.count("*").alias("N"))
    )
    same(grouped, sums, ["YEAR", "COUNTRY"])
    read = session.read.parquet("@RAW/orders").with_column_renamed('"year"', "year")
    assert sorted({row[0] for row in read.select("YEAR").collect()}) == [2020, 2021]
