"""Train scikit-learn in a procedure, keep the model on a stage, predict by a vectorised function of shape (n, 1)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor
from snowflake.snowpark import Session
from snowflake.snowpark import functions as F
from snowflake.snowpark.types import FloatType, PandasDataFrameType, PandasSeriesType, VariantType

from tests.workloads.helpers import same

COLUMNS = ["DISTANCE", "HOUR", "PASSENGERS"]


def train(session: Session) -> dict:
    """Fit a model on the training rows and put it into the stage."""
    import os
    import tempfile

    import joblib
    from sklearn.ensemble import GradientBoostingRegressor

    frame = session.table("FARES").filter("TRAINING").sort("ID").to_pandas()
    model = GradientBoostingRegressor(n_estimators=20, random_state=0).fit(
        frame[["DISTANCE", "HOUR", "PASSENGERS"]].to_numpy(), frame["FARE"]
    )
    path = os.path.join(tempfile.mkdtemp(), "model.joblib")
    joblib.dump(model, path)
    session.file.put(path, "@MODELS", auto_compress=False, overwrite=True)
    return {
        "rows": len(frame),
        "score": float(model.score(frame[["DISTANCE", "HOUR", "PASSENGERS"]].to_numpy(), frame["FARE"])),
    }


def predict(batch):  # type: ignore[no-untyped-def]  # a type of its own would be read as SQL types
    """Predict a batch; a column of one, as some models give it."""
    import sys

    import joblib

    model = joblib.load(sys._xoptions["snowflake_import_directory"] + "model.joblib")
    return model.predict(batch.to_numpy()).reshape(-1, 1)


def run(session: Session, folder: Path) -> None:
    made = np.random.default_rng(6)
    frame = pd.DataFrame(
        {
            "ID": range(400),
            "DISTANCE": made.uniform(0.1, 20, 400).round(2),
            "HOUR": made.integers(0, 24, 400),
            "PASSENGERS": made.integers(1, 6, 400),
        }
    )
    frame["FARE"] = (3 + 2.1 * frame.DISTANCE + (frame.HOUR > 17) * 1.5 + made.normal(0, 0.5, 400)).round(2)
    frame["TRAINING"] = frame.ID % 4 > 0
    session.write_pandas(frame, "FARES", auto_create_table=True)
    session.sql("create stage MODELS").collect()
    packages = ["snowflake-snowpark-python", "scikit-learn", "pandas", "joblib"]
    session.sproc.register(train, name="TRAIN", return_type=VariantType(), packages=packages, replace=True)
    told = json.loads(session.call("TRAIN"))

    training = frame[frame.TRAINING].sort_values("ID")
    model = GradientBoostingRegressor(n_estimators=20, random_state=0).fit(training[COLUMNS].to_numpy(), training.FARE)
    assert told["rows"] == 300
    assert abs(told["score"] - model.score(training[COLUMNS].to_numpy(), training.FARE)) < 1e-9

    scored = session.udf.register(
        predict,
        name="PREDICT",
        return_type=PandasSeriesType(FloatType()),
        input_types=[PandasDataFrameType([FloatType()] * 3)],
        imports=["@MODELS/model.joblib"],
        packages=packages[1:],
        max_batch_size=64,
        replace=True,
    )
    table = session.table("FARES").select("ID", "FARE", scored(*[F.col(name) for name in COLUMNS]).alias("PREDICTED"))
    table.write.mode("overwrite").save_as_table("SCORED")
    expected = frame[["ID", "FARE"]].assign(PREDICTED=model.predict(frame[COLUMNS].to_numpy()))
    same(session.table("SCORED"), expected, ["ID"])
    error = session.table("SCORED").agg(F.avg(F.abs(F.col("FARE") - F.col("PREDICTED"))).alias("MAE"))
    same(error, pd.DataFrame({"MAE": [(expected.FARE - expected.PREDICTED).abs().mean()]}), ["MAE"])
