"""How late will a flight from New York arrive? Statistics, training, predictions and their errors.

The features come from `include.tasks.flight_features`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from include.tasks.error_histogram import error_histogram
from include.tasks.flight_features import FEATURES, NAMES, NUMBERS
from include.tasks.model_files import code_version, put_model

if TYPE_CHECKING:
    import pandas
    from snowflake.snowpark import Session

LATE = 15
"""Minutes from which on a flight is called late (as the US Department of Transportation counts)."""

ERRORS_UP_TO = 90.0
"""Minutes to which errors are counted apart."""


def month_statistics(session: Session, features: str, month: int) -> dict[str, Any]:
    """Count the flights of a month, and how late they arrived.

    Args:
        session: an open session.
        features: table made by `build_features`.
        month: 1 to 12.

    Returns:
        `{"month", "flights", "arrived", "mean_delay", "late": share of those that arrived 15 minutes late or more}`;
        None in place of what no flight tells.
    """
    from snowflake.snowpark import functions as F

    (found,) = (
        session.table(features)
        .filter(F.col("MONTH") == month)
        .agg(
            F.count("*").alias("FLIGHTS"),
            F.count("ARR_DELAY").alias("ARRIVED"),
            F.avg("ARR_DELAY").cast("float").alias("MEAN_DELAY"),
            F.avg(F.iff(F.col("ARR_DELAY") >= LATE, 1, F.iff(F.col("ARR_DELAY").is_null(), None, 0)))
            .cast("float")
            .alias("LATE"),
        )
        .collect()
    )
    return {"month": month, **{name.lower(): value for name, value in found.as_dict().items()}}


def keep_months(session: Session, months: list[dict[str, Any]], table: str) -> dict[str, Any]:
    """Put what `month_statistics` found into a table.

    Args:
        session: an open session.
        months: its result for each month.
        table: table to replace.

    Returns:
        `{"table", "rows", "latest": the month whose flights were latest}`.
    """
    session.create_dataframe(months).write.mode("overwrite").save_as_table(table)
    worst = max(months, key=lambda month: month["mean_delay"] or 0.0)
    return {"table": table, "rows": len(months), "latest": worst["month"]}


def train(session: Session, features: str, stage: str, train_until: str) -> dict[str, Any]:
    """Train boosted trees on the flights that were to leave before `train_until`, and put their file on the stage.

    The same flights give the same model on any target and any number of cores: with the absolute error each gradient is
    1 or -1, so that sums do not depend on their order. The model's id is then the same, too (`put_model`).

    Args:
        session: an open session.
        features: table made by `build_features`.
        stage: the stage's name.
        train_until: ISO 8601 moment.

    Returns:
        `{"model": stage path of the file, "model_id", "rows": flights trained on, "params": `train_until`,
        "code_version"}`.
    """
    import numpy
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    numbers_of_names = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=numpy.nan)
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        categorical_features=range(len(NAMES)),
        learning_rate=0.1,
        max_iter=100,
        early_stopping=False,
        random_state=0,
    )
    estimator = make_pipeline(
        make_column_transformer((numbers_of_names, NAMES), ("passthrough", NUMBERS), verbose_feature_names_out=False),
        trees,
    )
    past = _arrived(session, features, FEATURES, train_until, past=True)
    inputs = as_inputs(past)
    estimator.fit(inputs, past["ARR_DELAY"])
    kept = put_model(session, estimator, estimator.predict(inputs), stage)
    return {
        "model": kept["model"],
        "model_id": kept["model_id"],
        "rows": len(past),
        "params": {"train_until": train_until},
        "code_version": code_version(__name__),
    }


def predict_delay(batch: pandas.DataFrame, model: Any) -> Any:
    """Predict how late each flight will arrive.

    Args:
        batch: FEATURES, one row a flight.
        model: what `train` put on the stage.

    Returns:
        One float a row: minutes; negative of a flight that is early.
    """
    return model.predict(as_inputs(batch))


def as_inputs(rows: pandas.DataFrame) -> pandas.DataFrame:
    """Return FEATURES of rows as the model gets them: one type for all numbers, whatever a batch happens to hold."""
    return rows[FEATURES].astype(dict.fromkeys(NUMBERS, "float64"))


def evaluate(
    session: Session, features: str, predictions: str, metrics: str, target: str, train_until: str
) -> dict[str, Any]:
    """Measure the predictions on the flights from `train_until` on, beside two that anybody could make.

    `mean` predicts the mean delay of the past, `carrier_and_hour` that of the carrier's flights of the same hour of the
    day (where the past has none, the mean). Both know the flights that were trained on, and no others.

    Args:
        session: an open session.
        features: table made by `build_features`.
        predictions: table of FLIGHT_ID and PREDICTED_DELAY.
        metrics: table of TARGET, MODEL, MAE, RMSE (minutes) and TEST_ROWS; this target's rows are replaced.
        target: where it ran; a label only.
        train_until: ISO 8601 moment.

    Returns:
        `{"metrics": {model: {"mae", "rmse"}}, "errors": the trees' predicted less true minutes, counted, "better":
        whether the trees' MAE is below both others', "test_rows"}`.

    Raises:
        ValueError: no flight from `train_until` on has arrived.
    """
    past, future = (_arrived(session, features, ["CARRIER", "HOUR"], train_until, past=past) for past in (True, False))
    if future.empty:
        raise ValueError(
            f"No flight from {train_until} on has arrived, to test on: the model has been trained on all of them. Bring"
            " later flights, or choose a model that was trained on earlier ones (params.model_id)."
        )
    mean = past["ARR_DELAY"].mean()
    by_hour = past.groupby(["CARRIER", "HOUR"])["ARR_DELAY"].mean().rename("BY_HOUR")
    predicted = session.table(predictions).select("FLIGHT_ID", "PREDICTED_DELAY").to_pandas().set_index("FLIGHT_ID")
    guesses = {
        "mean": mean,
        "carrier_and_hour": future.join(by_hour, on=["CARRIER", "HOUR"])["BY_HOUR"].fillna(mean),
        "trees": future.join(predicted, on="FLIGHT_ID")["PREDICTED_DELAY"],
    }
    measured = {}
    for name, guess in guesses.items():
        errors = future["ARR_DELAY"] - guess
        measured[name] = {"mae": float(errors.abs().mean()), "rmse": float((errors**2).mean() ** 0.5)}
    _replace_metrics(session, metrics, target, measured, len(future))
    others = (measured[name]["mae"] for name in ("mean", "carrier_and_hour"))
    return {
        "metrics": measured,
        "errors": error_histogram(guesses["trees"] - future["ARR_DELAY"], ERRORS_UP_TO, "minutes"),
        "better": measured["trees"]["mae"] < min(others),
        "test_rows": len(future),
    }


def _arrived(session: Session, features: str, columns: list[str], train_until: str, *, past: bool) -> pandas.DataFrame:
    """Return FLIGHT_ID, columns and ARR_DELAY of the flights that arrived, in one order, of past or future."""
    from snowflake.snowpark import functions as F

    before = F.col("SCHEDULED") < F.lit(datetime.fromisoformat(train_until))
    arrived = session.table(features).filter(F.col("ARR_DELAY").is_not_null() & (before if past else ~before))
    rows = arrived.select("FLIGHT_ID", *columns, "ARR_DELAY").order_by("FLIGHT_ID").to_pandas()
    return rows.astype({"ARR_DELAY": "float64"})


def _replace_metrics(
    session: Session, metrics: str, target: str, measured: dict[str, dict[str, float]], test_rows: int
) -> None:
    session.sql(
        f"CREATE TABLE IF NOT EXISTS {metrics}"
        " (TARGET VARCHAR, MODEL VARCHAR, MAE FLOAT, RMSE FLOAT, TEST_ROWS INTEGER)"
    ).collect()
    session.sql("BEGIN").collect()
    session.sql(f"DELETE FROM {metrics} WHERE TARGET = ?", params=[target]).collect()
    for model, found in measured.items():
        row = [target, model, found["mae"], found["rmse"], test_rows]
        session.sql(f"INSERT INTO {metrics} VALUES (?, ?, ?, ?, ?)", params=row).collect()
    session.sql("COMMIT").collect()
