"""Cut clicks into sessions of at most 30 minutes without one, and measure a funnel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session, Window
from snowflake.snowpark import functions as F

from tests.workloads.helpers import same

PAGES = ["home", "search", "item", "cart", "paid"]


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(4)
    clicks = pd.DataFrame(
        {
            "USER_ID": made.integers(1, 12, 300),
            "AT": pd.Timestamp("2024-05-01")
            + pd.to_timedelta(np.sort(made.choice(600_000, 300, replace=False)), unit="s"),
            "PAGE": made.choice(PAGES, 300, p=[0.4, 0.25, 0.2, 0.1, 0.05]),
        }
    )
    session.write_pandas(clicks, "CLICKS", auto_create_table=True, use_logical_type=True)
    window = Window.partition_by("USER_ID").order_by("AT")
    pause = F.datediff("minute", F.lag("AT").over(window), F.col("AT"))
    begun = session.table("CLICKS").with_column("BEGINS", F.iff(F.coalesce(pause > 30, F.lit(True)), 1, 0))
    numbered = begun.with_column(
        "SESSION", F.sum("BEGINS").over(window.rows_between(Window.UNBOUNDED_PRECEDING, Window.CURRENT_ROW))
    )
    found = numbered.group_by("USER_ID", "SESSION").agg(
        F.count("*").alias("CLICKS"),
        F.min("AT").alias("FIRST_AT"),
        F.max(F.iff(F.col("PAGE") == "paid", 1, 0)).alias("PAID"),
        F.listagg("PAGE", ">").within_group("AT").alias("WAY"),
        F.datediff("second", F.min("AT"), F.max("AT")).alias("SECONDS"),
    )
    same(found, _sessions(clicks), ["USER_ID", "SESSION"])

    # The same numbers by CONDITIONAL_TRUE_EVENT, in SQL.
    (row,) = session.sql(
        """with NUMBERED as (
             select *, conditional_true_event(coalesce(P > 30, true)) over (partition by USER_ID order by AT) as SESSION
             from (select *, datediff(minute, lag(AT) over (partition by USER_ID order by AT), AT) as P from CLICKS)
           )
           select count(distinct USER_ID, SESSION), count_if(PAGE = 'paid'),
                  count(distinct case when PAGE = 'cart' then USER_ID end) from NUMBERED"""
    ).collect()
    carts = clicks[clicks.PAGE == "cart"].USER_ID.nunique()
    assert tuple(row) == (len(_sessions(clicks)), (clicks.PAGE == "paid").sum(), carts), row


def _sessions(clicks: pd.DataFrame) -> pd.DataFrame:
    frame = clicks.sort_values(["USER_ID", "AT"])
    minutes = frame.AT.dt.floor("min")
    pause = minutes.groupby(frame.USER_ID).diff().dt.total_seconds() / 60
    frame["SESSION"] = (pause.isna() | (pause > 30)).groupby(frame.USER_ID).cumsum()
    grouped = frame.groupby(["USER_ID", "SESSION"])
    return pd.DataFrame(
        {
            "CLICKS": grouped.size(),
            "FIRST_AT": grouped.AT.min(),
            "PAID": grouped.PAGE.agg(lambda pages: int((pages == "paid").any())),
            "WAY": grouped.PAGE.agg(">".join),
            "SECONDS": (grouped.AT.max() - grouped.AT.min()).dt.total_seconds(),
        }
    ).reset_index()
