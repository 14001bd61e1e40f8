"""Events in UTC, reported by the local days and hours of New York, across a change of clocks."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
from snowflake.snowpark import Session, Window
from snowflake.snowpark import functions as F

from tests.workloads.helpers import same

ZONE = "America/New_York"


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(3)
    seconds = np.sort(made.choice(4 * 86_400, 200, replace=False))
    events = pd.DataFrame(
        {
            "ID": range(200),
            "AT_UTC": pd.Timestamp("2024-03-08") + pd.to_timedelta(seconds, unit="s"),
            "V": made.integers(1, 50, 200),
        }
    )
    events.to_csv(folder / "events.csv", index=False)
    session.sql("create table EVENTS (ID int, AT_UTC timestamp_ntz, V int)").collect()
    session.sql("create stage FILES").collect()
    session.file.put(str(folder / "events.csv"), "@FILES")
    session.sql("copy into EVENTS from @FILES file_format = (type = csv skip_header = 1)").collect()

    local = session.table("EVENTS").with_column("HERE", F.convert_timezone(F.lit(ZONE), F.col("AT_UTC"), F.lit("UTC")))
    here = events.AT_UTC.dt.tz_localize("UTC").dt.tz_convert(ZONE).dt.tz_localize(None)
    same(local, events.assign(HERE=here), ["ID"])
    daily = local.group_by(F.to_date("HERE").alias("DAY")).agg(
        F.sum("V").alias("V"), F.min(F.hour("HERE")).alias("FIRST_HOUR")
    )
    frame = events.assign(DAY=here.dt.date, HOUR=here.dt.hour)
    same(daily, frame.groupby("DAY").agg(V=("V", "sum"), FIRST_HOUR=("HOUR", "min")).reset_index(), ["DAY"])

    # Gaps between events: local clocks jump by an hour at two o'clock on 10 March, instants do not.
    window = Window.order_by("AT_UTC")
    gaps = local.select("ID", F.datediff("second", F.lag("AT_UTC").over(window), F.col("AT_UTC")).alias("GAP"))
    same(gaps, pd.DataFrame({"ID": events.ID, "GAP": events.AT_UTC.diff().dt.total_seconds()}), ["ID"])
    (row,) = session.sql(
        f"""select datediff(hour, convert_timezone('UTC', '{ZONE}', '2024-03-10 06:30:00'::timestamp_ntz),
                            convert_timezone('UTC', '{ZONE}', '2024-03-10 07:30:00'::timestamp_ntz)),
                   '2024-03-10 01:30:00 -0500'::timestamp_tz = '2024-03-10 06:30:00 +0000'::timestamp_tz"""
    ).collect()
    assert tuple(row) == (2, True), row

    # The session's zone decides what a TIMESTAMP_LTZ shows.
    session.sql(f"alter session set timezone = '{ZONE}'").collect()
    (shown,) = session.sql(
        """select to_varchar('2024-07-01 12:00:00 +0000'::timestamp_ltz, 'YYYY-MM-DD HH24:MI'),
                  '2024-07-01 12:00:00 +0000'::timestamp_ltz::date"""
    ).collect()
    assert tuple(shown) == ("2024-07-01 08:00", datetime.date(2024, 7, 1)), shown
    session.sql("alter session unset timezone").collect()
    slices = (
        session.table("EVENTS")
        .group_by(F.call_builtin("time_slice", F.col("AT_UTC"), 6, "HOUR").alias("SLICE"))
        .agg(F.count("*").alias("N"))
    )
    same(
        slices,
        events.assign(SLICE=events.AT_UTC.dt.floor("6h")).groupby("SLICE").size().rename("N").reset_index(),
        ["SLICE"],
    )
