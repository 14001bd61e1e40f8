"""How long will a yellow-cab trip take? From CSV files of trips to evaluated predictions.

The CSV files have the columns of `COLUMNS` (the TLC's yellow-cab trip record data dictionary, in snake case).
"""

from __future__ import annotations

import csv
import logging
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.tasks.error_histogram import error_histogram
from include.tasks.model_files import code_version, put_model
from include.tasks.time_split import split_moment

if TYPE_CHECKING:
    import pandas
    from snowflake.snowpark import DataFrame, Session

log = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[2]

COLUMNS = [
    "vendor_id",
    "pickup_datetime",
    "dropoff_datetime",
    "passenger_count",
    "trip_distance",
    "rate_code_id",
    "store_and_fwd_flag",
    "pickup_location_id",
    "dropoff_location_id",
    "payment_type",
    "fare_amount",
    "extra",
    "mta_tax",
    "tip_amount",
    "tolls_amount",
    "improvement_surcharge",
    "total_amount",
    "congestion_surcharge",
]
FEATURES = ["PICKUP_LOCATION_ID", "DROPOFF_LOCATION_ID", "TRIP_DISTANCE", "PICKUP_HOUR", "PICKUP_WEEKDAY"]
ZONES = ["PICKUP_LOCATION_ID", "DROPOFF_LOCATION_ID"]
ERRORS_UP_TO = 900.0
"""Seconds to which errors are counted apart."""
FEWEST_TRIPS = 20
"""Fewer trips than this on either side of the split are a mistake of the source or of `train_until`."""


def stage_files(session: Session, source: str, stage: str) -> dict[str, Any]:
    """Put the CSV files of a folder on the stage, in place of those of an earlier run.

    Args:
        session: an open session.
        source: the folder; relative to the project.
        stage: the stage's name.

    Returns:
        `{"files": their names, "stage": where they are now}`.

    Raises:
        FileNotFoundError: no such folder, or no CSV file in it.
        ValueError: a file with another header than `COLUMNS`.
    """
    folder = (PROJECT / source).resolve()
    if not folder.is_dir():
        raise FileNotFoundError(
            f"params.source: there is no folder {folder}. Name a folder with CSV files of trips, relative to the"
            " project or absolute."
        )
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise FileNotFoundError(
            f"params.source: no *.csv file in {folder}. Put the trips there, or name another folder."
        )
    for path in files:
        _check_header(path)
    target = f"@{stage}/trips"
    session.sql(f"REMOVE {target}").collect()
    for path in files:
        session.file.put(path.as_uri(), target, overwrite=True)
        log.info("put %s (%s bytes) to %s", path.name, f"{path.stat().st_size:,}", target)
    return {"files": [path.name for path in files], "stage": target}


def build_features(session: Session, trips: str, features: str, train_until: str | None = None) -> dict[str, Any]:
    """Make one row of features a plausible trip.

    Columns: TRIP_ID (1, 2, …; by all columns of the trip, so the same trips give the same numbers), PICKUP_DATETIME,
    FEATURES (zones, distance in miles, hour 0 to 23, weekday 0 to 6 as Snowflake counts them), TRIP_DURATION in
    seconds.

    Args:
        session: an open session.
        trips: table of `COLUMNS`.
        features: table to replace.
        train_until: ISO 8601 moment that splits past from future, or None for the end of the first 80 % of the time
            span.

    Returns:
        `{"table", "rows", "left_out": implausible trips by reason, "train_until"}`.

    Raises:
        ValueError: `train_until` is no date, or leaves too few trips on one side.
    """
    from snowflake.snowpark import Window
    from snowflake.snowpark import functions as F

    numbered = Window.order_by(*[F.col(name.upper()) for name in COLUMNS])
    made = session.table(trips).select(
        F.row_number().over(numbered).alias("TRIP_ID"),
        F.col("PICKUP_DATETIME"),
        F.col("PICKUP_LOCATION_ID"),
        F.col("DROPOFF_LOCATION_ID"),
        F.col("TRIP_DISTANCE"),
        F.hour("PICKUP_DATETIME").alias("PICKUP_HOUR"),
        F.dayofweek("PICKUP_DATETIME").alias("PICKUP_WEEKDAY"),
        F.datediff("second", F.col("PICKUP_DATETIME"), F.col("DROPOFF_DATETIME")).alias("TRIP_DURATION"),
    )
    rules = {
        "missing_zone": F.col("PICKUP_LOCATION_ID").is_not_null() & F.col("DROPOFF_LOCATION_ID").is_not_null(),
        "duration_not_1_minute_to_3_hours": F.coalesce(F.col("TRIP_DURATION").between(60, 3 * 3600), F.lit(False)),
        "distance_not_0_to_100_miles": F.coalesce(
            (F.col("TRIP_DISTANCE") > 0) & (F.col("TRIP_DISTANCE") <= 100), F.lit(False)
        ),
    }
    broken, plausible = {}, F.lit(True)
    for reason, rule in rules.items():
        # The first rule that a trip breaks is the one that counts it.
        broken[reason] = F.sum(F.iff(plausible & ~rule, 1, 0)).alias(reason.upper())
        plausible = plausible & rule
    left_out = {
        reason.lower(): count or 0 for reason, count in made.agg(*broken.values()).collect()[0].as_dict().items()
    }
    kept = made.filter(plausible)
    moment = split_moment(
        kept,
        "PICKUP_DATETIME",
        train_until,
        fewest=FEWEST_TRIPS,
        noun="trips",
        none="No plausible trip in the source: look at the durations and distances of its rows.",
    )
    kept.write.mode("overwrite").save_as_table(features)
    rows = session.table(features).count()
    log.info("%s trips are plausible; left out: %s", rows, left_out)
    return {"table": features, "rows": rows, "left_out": left_out, "train_until": moment.isoformat(sep=" ")}


def train(session: Session, features: str, stage: str, model: str, train_until: str) -> dict[str, Any]:
    """Train a model on the trips before `train_until` and put its file on the stage.

    The same trips give the same id, on any target (`put_model`).

    Args:
        session: an open session.
        features: table made by `build_features`.
        stage: the stage's name.
        model: `gradient_boosting` (boosted trees on FEATURES, absolute error) or `linear` (least squares on the two
            zones).
        train_until: ISO 8601 moment.

    Returns:
        `{"model": stage path of the file, "model_id", "rows": trips trained on, "params": `model` and `train_until`,
        "code_version"}`.

    Raises:
        ValueError: no such model.
    """
    past = _past(session, features, train_until)
    estimator = _estimator(model)
    estimator.fit(past[FEATURES], past["TRIP_DURATION"])
    kept = put_model(session, estimator, estimator.predict(past[FEATURES]), stage, model)
    return {
        "model": kept["model"],
        "model_id": kept["model_id"],
        "rows": len(past),
        "params": {"model": model, "train_until": train_until},
        "code_version": code_version(__name__),
    }


def predict_duration(batch: pandas.DataFrame, model: Any) -> Any:
    """Predicts the duration of each trip.

    Args:
        batch: FEATURES, one row a trip.
        model: what `train` put on the stage.

    Returns:
        One float a row: seconds.
    """
    return model.predict(batch[FEATURES].astype("float64"))


def evaluate(
    session: Session, features: str, predictions: str, metrics: str, model: str, target: str, train_until: str
) -> dict[str, Any]:
    """Measures the predictions on the trips from `train_until` on, beside the `linear` model's on the same trips.

    Args:
        session: an open session.
        features: table made by `build_features`.
        predictions: table of TRIP_ID and PREDICTED_SECONDS.
        metrics: table of TARGET, MODEL, MAE, MEDIAN_AE (seconds), R2, TEST_ROWS; this target's rows are replaced.
        model: name of the model that predicted.
        target: where it ran; a label only.
        train_until: ISO 8601 moment.

    Returns:
        `{"metrics": {model: {"mae", "median_ae", "r2"}}, "errors": predicted less true seconds, counted, "test_rows"}`.

    Raises:
        ValueError: there is no trip from `train_until` on.
    """
    from sklearn.metrics import mean_absolute_error, median_absolute_error, r2_score

    past = _past(session, features, train_until)
    predicted = session.table(predictions).select("TRIP_ID", "PREDICTED_SECONDS")
    future = _from(session, features, train_until).join(predicted, "TRIP_ID").order_by("TRIP_ID").to_pandas()
    if future.empty:
        raise ValueError(
            f"There is no trip from {train_until} on, to test on: the model has been trained on all of them. Bring"
            " later trips, or choose a model that was trained on earlier ones (params.model_id)."
        )
    linear = _estimator("linear").fit(past[FEATURES], past["TRIP_DURATION"])
    results = {}
    for name, seconds in (("linear", linear.predict(future[FEATURES])), (model, future["PREDICTED_SECONDS"])):
        results[name] = {
            "mae": float(mean_absolute_error(future["TRIP_DURATION"], seconds)),
            "median_ae": float(median_absolute_error(future["TRIP_DURATION"], seconds)),
            "r2": float(r2_score(future["TRIP_DURATION"], seconds)),
        }
    _replace_metrics(session, metrics, target, results, len(future))
    errors = error_histogram(future["PREDICTED_SECONDS"] - future["TRIP_DURATION"], ERRORS_UP_TO, "seconds")
    return {"metrics": results, "errors": errors, "test_rows": len(future)}


def _check_header(path: Path) -> None:
    with path.open(newline="", encoding="utf-8-sig") as file:
        header = next(csv.reader(file), [])
    if header == COLUMNS:
        return
    missing = [name for name in COLUMNS if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    found = "; ".join(
        part
        for part in (
            f"missing: {', '.join(missing)}" if missing else "",
            f"unknown: {', '.join(unknown)}" if unknown else "",
            "" if missing or unknown else "the columns are in another order",
        )
        if part
    )
    raise ValueError(f"{path}:1: wrong header ({found}). The first line must be: {','.join(COLUMNS)}")


def _past(session: Session, features: str, train_until: str) -> pandas.DataFrame:
    from snowflake.snowpark import functions as F

    moment = datetime.fromisoformat(train_until)
    past = session.table(features).filter(F.col("PICKUP_DATETIME") < F.lit(moment)).order_by("TRIP_ID")
    return past.select(*FEATURES, "TRIP_DURATION").to_pandas().astype("float64")


def _from(session: Session, features: str, train_until: str) -> DataFrame:
    from snowflake.snowpark import functions as F

    return session.table(features).filter(F.col("PICKUP_DATETIME") >= F.lit(datetime.fromisoformat(train_until)))


def _estimator(model: str) -> Any:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline

    if model == "linear":
        return make_pipeline(make_column_transformer(("passthrough", ZONES)), LinearRegression())
    if model == "gradient_boosting":
        return HistGradientBoostingRegressor(
            loss="absolute_error", learning_rate=0.06, max_iter=300, early_stopping=False, random_state=0
        )
    raise ValueError(f"params.model: there is no model {model!r}. Choose gradient_boosting or linear.")


def _replace_metrics(
    session: Session, metrics: str, target: str, results: dict[str, dict[str, float]], test_rows: int
) -> None:
    session.sql(
        f"CREATE TABLE IF NOT EXISTS {metrics} (TARGET VARCHAR, MODEL VARCHAR, MAE FLOAT, MEDIAN_AE FLOAT, R2 FLOAT,"
        " TEST_ROWS INTEGER)"
    ).collect()
    session.sql("BEGIN").collect()
    session.sql(f"DELETE FROM {metrics} WHERE TARGET = ?", params=[target]).collect()
    for model, measured in results.items():
        row = [target, model, measured["mae"], measured["median_ae"], measured["r2"], test_rows]
        session.sql(f"INSERT INTO {metrics} VALUES (?, ?, ?, ?, ?, ?)", params=row).collect()
    session.sql("COMMIT").collect()
